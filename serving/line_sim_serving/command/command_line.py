"""What all groups of flags need: their error, and values beyond numbers and text."""

import argparse


class CommandLineError(Exception):
    """The command line cannot be used; the text says which flag, and what is allowed."""


class FatalFlagsError(CommandLineError):
    """Flags that do not go together; the text is TensorFlow Serving's own."""


def add_bool(parser: argparse._ActionsContainer, name: str, default: bool, text: str) -> None:
    """Add a flag that may stand bare (`--name`) or with a value (`--name=false`)."""
    parser.add_argument(f"--{name}", type=as_bool, nargs="?", const=True, default=default, help=text)


def as_bool(text: str) -> bool:
    """Read a truth value as TensorFlow Serving's flags write it."""
    if text.lower() in {"true", "1", "yes"}:
        return True
    if text.lower() in {"false", "0", "no"}:
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")


def at_least_one(text: str) -> int:
    """Read a number of things of which there must be one."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


def channel_arguments(text: str) -> tuple[tuple[str, int | str], ...]:
    """Read `key=value,key=value`; a value that reads as an integer is one."""
    pairs: list[tuple[str, int | str]] = []
    for part in filter(None, text.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise argparse.ArgumentTypeError(f"{part!r} is not key=value")
        pairs.append((key, int(value) if value.lstrip("-").isdigit() else value))
    return tuple(pairs)
