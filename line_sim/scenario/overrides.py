"""Overrides of a scenario: `line.1.deadline=150ms`, with the value read as YAML."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from line_sim.errors import ScenarioError
from line_sim.scenario.document import Document, Mistake, Place, Spot, key_text, read_yaml
from line_sim.scenario.fields import Key
from line_sim.scenario.secrets import shown_override

_PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[[^\[\]]+\])*")
_PART = re.compile(r"[^.\[\]]+(?=[.\[]|$)|(?<=\[)[^\[\]]+(?=\])")
_WIDEST = 400
_EXAMPLE = "line.1.deadline=150ms"


class _WrongPathError(Exception):
    """The key path of an override leads nowhere; the text says where it stops."""


class _Step(NamedTuple):
    """Where the path has got to."""

    key: Key
    holder: Any


def apply_overrides(document: Document, overrides: Sequence[str]) -> list[Mistake]:
    """Write the overrides into the document, in order, and return what is wrong with them.

    A value of a key path stands at the override that wrote it last. `null` makes an optional key absent.
    """
    mistakes = []
    for number, text in enumerate(overrides):
        place = Place((1, number, 0), f"--set {cut(shown_override(text))}")
        try:
            _apply(document, text, place)
        except _WrongPathError as wrong:
            mistakes.append(Mistake(place, str(wrong)))
        except ScenarioError as error:
            mistakes.append(Mistake(place, str(error).removeprefix(f"{place.text}: ")))
    return mistakes


def value_at(data: Any, path: str) -> Any:
    """Return what stands at a key path of a scenario's plain data. Raises KeyError where nothing does."""
    if not _PATH.fullmatch(path):
        raise KeyError(path)
    for part in _PART.findall(path):
        if isinstance(data, list | tuple):
            data = dict(_entries(data)).get(part)
        else:
            data = data.get(part) if isinstance(data, dict) else None
        if data is None:
            raise KeyError(path)
    return data


def resolved(data: Any, path: str) -> Key:
    """Return where a key path leads in a scenario's plain data: an entry of a list by its place.

    `line.camera.units` and `line[1].units` lead to the same place. Beyond what is there names stay names.
    """
    key: list[str | int] = []
    for part in _PART.findall(path):
        if isinstance(data, list | tuple):
            key.append(dict(_places(data)).get(part, part))
            data = dict(_entries(data)).get(part)
        else:
            key.append(part)
            data = data.get(part) if isinstance(data, dict) else None
    return tuple(key)


def _places(data: Sequence[Any]) -> Iterator[tuple[str, int]]:
    for place, entry in enumerate(data):
        name = _name_of(entry)
        yield from [(str(place), place), *([] if name is None else [(name, place)])]


def _entries(data: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for part, place in _places(data):
        yield part, data[place]


def _apply(document: Document, text: str, place: Place) -> None:
    path, equals, written = text.partition("=")
    if not equals or not _PATH.fullmatch(path.strip()):
        raise _WrongPathError(f"write KEY=VALUE with the key path in dots, such as {_EXAMPLE}")
    *parents, last = _PART.findall(path.strip())
    step = _Step((), document.data)
    for part in parents:
        step = _down(document, step, part, place)
    key = (*step.key, _entry(document, step, last))
    value = read_yaml(written, f"--set {cut(path)}", place, key)
    _forget(document, key)
    document.spots.update(value.spots)
    document.mistakes.extend(value.mistakes)
    document.unusable.update(value.unusable)
    step.holder[key[-1]] = value.data
    _touch(document, key, place)


def _down(document: Document, step: _Step, part: str, place: Place) -> _Step:
    """Go one part of the path down, making the mapping that is not there yet."""
    entry = _entry(document, step, part)
    key = (*step.key, entry)
    if isinstance(step.holder, dict) and step.holder.get(str(entry)) is None:
        step.holder[str(entry)] = {}
        document.spots[key] = Spot(place, place, "{}")
    return _Step(key, step.holder[entry])


def _entry(document: Document, step: _Step, part: str) -> str | int:
    if isinstance(step.holder, dict):
        return part
    if isinstance(step.holder, list):
        return _index(step, part)
    shown = document.spots[step.key].shown
    raise _WrongPathError(f"{key_text(step.key)} is {shown} and has no {cut(part)} in it; set it as a whole")


def _index(step: _Step, part: str) -> int:
    count, name = len(step.holder), key_text(step.key)
    if part.isascii() and part.isdigit() and int(part[:9]) < count:
        return int(part)
    names = [_name_of(entry) for entry in step.holder]
    if part in names:
        return names.index(part)
    listed = cut(", ".join(known for known in names if known))
    reach = f"{count} entries (0 to {count - 1})" if count else "no entries"
    raise _WrongPathError(f"{name} has {reach}{': ' if listed else ''}{listed}; there is no {cut(part)}")


def cut(text: str) -> str:
    """Return a text as it is typed, but on one line, and never a page of it."""
    line = "".join(sign if sign.isprintable() else _escaped(sign) for sign in text[: _WIDEST + 1])
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def _name_of(entry: object) -> str | None:
    name = (entry.get("station") or entry.get("inspection")) if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def _forget(document: Document, key: Key) -> None:
    """Drop what was known of a value that is about to be replaced."""
    for old in [old for old in document.spots if old[: len(key)] == key]:
        del document.spots[old]
    document.unusable.difference_update([old for old in document.unusable if old[: len(key)] == key])


def _touch(document: Document, key: Key, place: Place) -> None:
    """Write again what all that holds the new value looks like."""
    for length in range(len(key) - 1, -1, -1):
        above, data = key[:length], document.data
        for part in above:
            data = data[part]
        document.spots[above] = document.spots[above]._replace(shown=document.flow(above, data))
        document.touched[above] = place
