"""What pydantic found wrong, said in the house's words: the place, the value, and the way out."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.document import Document, Mistake, key_text
from line_sim.scenario.doubts import doubts
from line_sim.scenario.fields import ONE_OF, Key, Record
from line_sim.scenario.model import Scenario
from line_sim.scenario.rules import broken_rules
from line_sim.scenario.secrets import HIDDEN, is_secret
from line_sim.scenario.times import CONSTANT

_REQUIREMENTS = {
    "greater_than": "it must be greater than {gt}",
    "greater_than_equal": "it must be {ge} or more",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be {le} or less",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "finite_number": "it must be a finite number",
    "string_type": "it must be text; put it in quotes if that is what it is",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must have at most {max_length} characters",
    "bool_type": "it must be true or false",
    "literal_error": "it must be {expected}",
    "tuple_type": "it must be a list",
    "dict_type": "it must be a mapping",
    "too_short": "it must have at least one entry",
    "too_long": "it must have at most {max_length} entries",
}
_ELSEWHERE: dict[object, str] = {
    "crew": "is only for a station; cameras need nobody, and the reviewers are units of their own"
}
"""Keys that stand only somewhere else, and what to do about it."""


def mistakes_of(error: ValidationError, document: Document) -> list[Mistake]:
    """Return every mistake of a scenario that does not validate, each once and in no order.

    The rules between the parts are asked as well: pydantic leaves them out as long as a part is wrong.
    """
    from_rules = [_rule(document, key, message) for key, message, _ in broken_rules(document.data)]
    found = [*mistakes_in(error, document), *from_rules]
    return list(dict.fromkeys(mistake for mistake in found if mistake is not None))


def mistakes_in(error: ValidationError, document: Document, root: type[Record] = Scenario) -> list[Mistake]:
    """Return what a model by itself says of a file that does not validate, each once and in no order."""
    found = (_mistake(details, document, root) for details in error.errors(include_url=False))
    return list(dict.fromkeys(mistake for mistake in found if mistake is not None))


def doubts_of(document: Document) -> list[Mistake]:
    """Return what is asked about of a scenario that validates."""
    told = (_rule(document, key, message) for key, message in doubts(document.data))
    return [mistake for mistake in told if mistake is not None]


def known_keys(loc: Key, root: type[Record] = Scenario) -> list[str]:
    """Return the keys that a mapping at this place of the models may have."""
    records: list[type[Record]] = [root]
    for step in loc:
        if isinstance(step, str) and step != CONSTANT:
            records = list(_step(records, step)) or records  # a name, or a tag of no record
    named = (each for record in records for each in record.model_fields.items())
    return list(dict.fromkeys(field.alias or name for name, field in named))


def _step(records: list[type[Record]], step: str) -> Iterator[type[Record]]:
    for record in records:
        if step in _tags(record):
            yield record
        elif step in record.model_fields:
            yield from _records(record.model_fields[step].annotation)


def _tags(record: type[Record]) -> list[str]:
    return [record.kind] if issubclass(record, Distribution) else [f"<{key}>" for key in record.model_fields]


def _records(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for argument in get_args(annotation):
        yield from _records(argument)


def _written_key(loc: Key) -> Key:
    """Return the key path as the user wrote it: without the tags that tell forms apart."""
    upto = loc.index(CONSTANT) if CONSTANT in loc else len(loc)
    return tuple(step for step in loc[:upto] if not str(step).startswith(("<", "[key]")))


def _mistake(details: ErrorDetails, document: Document, root: type[Record]) -> Mistake | None:
    kind, loc = details["type"], details["loc"]
    if kind == "extra_forbidden":
        return _unknown_key((*_written_key(loc[:-1]), loc[-1]), known_keys(loc[:-1], root), document)
    key = _written_key(loc)
    if kind == "too_short" and details["input"]:
        return None  # pydantic counts only the entries without a mistake
    if kind == "missing":
        return _rule(document, key, "is missing")
    if kind.startswith(ONE_OF):
        unknown = _nearly_one_of(key, details["input"], kind.removeprefix(ONE_OF).split(), document)
        return unknown or _rule(document, key, details["msg"])
    return _rule(document, key, requirement(details, root))


def requirement(details: ErrorDetails, root: type[Record]) -> str:
    """Say what a value that a model refused must be; `root` is that model."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in ("model_type", "model_attributes_type"):
        return f"it must be a mapping with keys such as {', '.join(known_keys(details['loc'], root)[:4])}"
    if kind == "literal_error":
        context = {"expected": str(context["expected"]).replace("'", "")}
    context = {name: _plain(value) for name, value in context.items()}
    return _REQUIREMENTS[kind].format(**context) if kind in _REQUIREMENTS else details["msg"]


def _plain(value: object) -> object:
    """Write a limit as a person would: 1, 0.000001, 1,000,000."""
    if isinstance(value, float):
        value = int(value) if value.is_integer() else f"{value:.6f}".rstrip("0")
    return f"{value:,}" if isinstance(value, int) else value


def _nearly_one_of(key: Key, value: object, kinds: list[str], document: Document) -> Mistake | None:
    """Return the mistake of a mapping that has a misspelt key in place of one of the kinds."""
    if not isinstance(value, Mapping) or any(kind in value for kind in kinds):
        return None
    names = {written: str(written).partition(":")[0] for written in value}
    misspelt = [written for written, name in names.items() if get_close_matches(name, kinds, 1)]
    return _unknown_key((*key, misspelt[0]), kinds, document) if misspelt else None


def _unknown_key(key: Key, known: list[str], document: Document) -> Mistake:
    if key[-1] in _ELSEWHERE:
        return Mistake(document.nearest(key).key, f"{key_text(key)} {_ELSEWHERE[key[-1]]}")
    name, colon, value = str(key[-1]).partition(":")
    meant = get_close_matches(name, known, 1) if colon else []
    if meant:  # YAML takes {mean:200ms} for one word
        behind = HIDDEN if is_secret((*key[:-1], meant[0])) else value
        message = f"is one word to YAML; write '{meant[0]}: {behind}', with a blank behind the colon"
        return Mistake(document.nearest(key).key, f"{key_text(key)} {message}")
    near = get_close_matches(str(key[-1]), known, 1)
    way_out = f"did you mean '{near[0]}'?" if near else f"the keys here are {', '.join(known)}"
    return Mistake(document.nearest(key).key, f"{key_text(key)} is an unknown key; {way_out}")


def _rule(document: Document, key: Key, message: str) -> Mistake | None:
    """Put the place and the value before a message; None where the value itself could not be read."""
    if key in document.unusable:
        return None
    spot = document.nearest(key)
    subject = key_text(key) or "the scenario"
    if message.startswith("is "):
        return Mistake(spot.value, f"{subject} {message}")
    if key not in document.spots:
        return Mistake(spot.value, f"{subject}: {message}")
    return Mistake(document.touched.get(key, spot.value), f"{subject} is {spot.shown}; {message}")


def placed(document: Document, key: Key, message: str) -> list[Mistake]:
    """Return a mistake that no model finds, at its place; nothing where the value could not even be read."""
    found = _rule(document, key, message)
    return [] if found is None else [found]


def in_order(mistakes: list[Mistake], most: int = 50) -> str:
    """Write mistakes by their place in the file, one a line, the first 50 of them."""
    lines = [f"{place.text}: {text}" for place, text in sorted(mistakes)]
    more = [f"... and {len(lines) - most} more mistakes"] if len(lines) > most else []
    return "\n".join(lines[:most] + more)
