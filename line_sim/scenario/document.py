"""YAML text as plain data that knows, for every key path, where its value stands and how it was written.

The dialect is YAML without its surprises: only true and false are bools, so that a station may be
called `no`; there are no dates, no sexagesimal or octal numbers, no tags, no merge keys.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from line_sim.errors import ScenarioError
from line_sim.scenario.fields import Key
from line_sim.scenario.secrets import HIDDEN, METADATA, is_secret, shown_name

MOST_CHARACTERS = 256 * 1024
_MOST_NODES = 40_000
_DEEPEST = 40
_WIDEST = 60
_READ = 1_000  # a text may stand at thousands of places by aliases

_BOOL, _INT, _FLOAT, _NULL, _TEXT = (
    f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "null", "str")
)
FORMS = {
    _BOOL: re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    _INT: re.compile(r"[-+]?[0-9]{1,40}\Z"),
    _FLOAT: re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
    ),
    _NULL: re.compile(r"(?:~|null|Null|NULL|)\Z"),
}
"""What is read as something else than text, by tag."""

_TAGGED = re.compile(r"(?:&\S+\s+)?!")
"""How a value with a tag begins, with an anchor before it or without one."""

_ALIAS = re.compile(r"alias '.*'", re.DOTALL)

FIRST_CHARACTERS = [*"+-.0123456789tTfF~nN", ""]


class _Loader(yaml.SafeLoader):
    """Sees a bool, number or nothing only in what `FORMS` allows."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _form in FORMS.items():
    _Loader.add_implicit_resolver(_tag, _form, FIRST_CHARACTERS)


class Place(NamedTuple):
    """Where something stands: in the file, or in an override; places sort as they are read."""

    order: tuple[int, int, int]
    text: str


class Mistake(NamedTuple):
    """One line of an error: where, and what is wrong with which value."""

    place: Place
    text: str


class Spot(NamedTuple):
    """Where a key and its value stand, and the value as the user wrote it, shortened."""

    key: Place
    value: Place
    shown: str


@dataclass(frozen=True)
class Document:
    """Plain data, the spot of every key path in it, and the mistakes that the YAML itself has.

    `unusable` are the key paths whose value could not be read: no more needs to be said of them.
    `touched` are the mappings and lists that an override has changed, with its place.
    """

    data: Any
    spots: dict[Key, Spot]
    mistakes: list[Mistake] = field(default_factory=list)
    unusable: set[Key] = field(default_factory=set)
    touched: dict[Key, Place] = field(default_factory=dict)

    def copy(self) -> "Document":
        """Return one that may be written into without changing this one."""
        return Document(
            deepcopy(self.data),
            dict(self.spots),
            list(self.mistakes),
            set(self.unusable),
            dict(self.touched),
        )

    def nearest(self, key: Key) -> Spot:
        """Return the spot of the key path, or of what would hold it."""
        while key not in self.spots:
            key = key[:-1]
        return self.spots[key]

    def flow(self, key: Key, data: dict[str, Any] | list[Any]) -> str:
        """Write a mapping or list on one line, its values as the user wrote them."""
        if key[-1:] == (METADATA,) and isinstance(data, dict):
            return shorten(f"{{{', '.join(f'{shown_name(part)}: {HIDDEN}' for part in data)}}}")
        if is_secret(key):
            return HIDDEN
        if isinstance(data, dict):
            return shorten(f"{{{', '.join(f'{part}: {self.spots[(*key, part)].shown}' for part in data)}}}")
        return shorten(f"[{', '.join(self.spots[(*key, index)].shown for index in range(len(data)))}]")


def shorten(text: str) -> str:
    """Write a value on one line of at most 60 characters."""
    line = " ".join(text[:_READ].split())
    if len(text) > _READ:
        line = line.ljust(_WIDEST + 1)
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..."


def key_text(key: Key) -> str:
    """Write a key path as in messages: `line[1].deadline`."""
    parts = [
        f"[{part}]" if isinstance(part, int) else f".{_shown_part(above, part)}"
        for above, part in zip((None, *key), key, strict=False)
    ]
    return "".join(parts).removeprefix(".")


def _shown_part(above: object, part: str) -> str:
    secret = above == METADATA or part.startswith(f"{METADATA}:")  # as one word, without its blank
    return shown_name(part) if secret else shorten(part)


def file_place(name: str, line: int, column: int) -> Place:
    """Return a place in a file; line and column count from 1."""
    return Place((0, line, column), f"{name}:{line}:{column}")


def read_yaml(text: str, name: str, override: Place | None = None, key: Key = ()) -> Document:
    """Read one YAML document; `override` is the place of everything in it when it is no file.

    The value's key path begins with `key`. Raises ScenarioError where the text is no YAML at all, or
    more than a scenario can be.
    """
    node = _compose(text, name, override)
    reading = _Reading(text, name, override)
    start = override or file_place(name, 1, 1)
    data = reading.value(node, key, start) if node is not None else None
    reading.document.spots.setdefault(key, Spot(start, start, "empty"))
    return Document(data, reading.document.spots, reading.document.mistakes, reading.document.unusable)


def _compose(text: str, name: str, override: Place | None) -> yaml.Node | None:
    if len(text) > MOST_CHARACTERS:
        raise ScenarioError(f"{name} is larger than {MOST_CHARACTERS // 1024} KiB; that is no scenario")
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = file_place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"the character U+{ord(text[error.position]):04X} may not stand in a YAML file"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = file_place(name, mark.line + 1, mark.column + 1) if mark else file_place(name, 1, 1)
        message = f"this is no YAML: {', '.join(part for part in (error.context, error.problem) if part)}"
        if mark and METADATA in f"{name}{text[: mark.index]}":  # a value with an asterisk is an alias' name
            message = _ALIAS.sub("alias", message)
    except RecursionError:
        place, message = file_place(name, 1, 1), f"values are nested deeper than {_DEEPEST} levels"
    raise ScenarioError(f"{(override or place).text}: {message}")


class _Reading:
    """One pass over a node tree."""

    def __init__(self, text: str, name: str, override: Place | None) -> None:
        self.document = Document(None, {})
        self._text, self._name, self._override = text, name, override
        self._nodes = 0

    def value(self, node: yaml.Node, key: Key, key_place: Place) -> Any:
        self._check_size(node, key)
        data, shown = self._read(node, key)
        told = HIDDEN if is_secret(key) and not isinstance(data, dict) else shorten(shown)
        self.document.spots[key] = Spot(key_place, self._place(node), told)
        return data

    def _read(self, node: yaml.Node, key: Key) -> tuple[Any, str]:
        if _TAGGED.match(self._text, node.start_mark.index):
            return self._refuse(node, key)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, key)
        if isinstance(node, yaml.MappingNode) and node.tag == _Loader.DEFAULT_MAPPING_TAG:
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode) and node.tag == _Loader.DEFAULT_SEQUENCE_TAG:
            return self._sequence(node, key)
        return self._refuse(node, key)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> tuple[dict[str, Any], str]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            self._check_size(key_node, key)
            place = self._place(key_node)
            if _TAGGED.match(self._text, key_node.start_mark.index):
                self._refuse(key_node, key)
            elif not isinstance(key_node, yaml.ScalarNode):
                self._mistake(place, key, "a key must be one word")
            elif key_node.value in data:
                first = self.document.spots[(*key, key_node.value)].key.text
                self._mistake(place, (*key, key_node.value), f"stands here twice; the first is {first}")
            else:
                data[key_node.value] = self.value(value_node, (*key, key_node.value), place)
        return data, self.document.flow(key, data)

    def _sequence(self, node: yaml.SequenceNode, key: Key) -> tuple[list[Any], str]:
        data = [
            self.value(entry, (*key, index), self._place(entry)) for index, entry in enumerate(node.value)
        ]
        return data, self.document.flow(key, data)

    def _scalar(self, node: yaml.ScalarNode, key: Key) -> tuple[Any, str]:
        written = self._text[node.start_mark.index : node.end_mark.index] or "empty"
        if node.tag == _TEXT:
            return node.value, written
        if node.tag not in FORMS or not FORMS[node.tag].match(node.value):
            return self._refuse(node, key)
        return _SCALARS[node.tag](node.value), written

    def _refuse(self, node: yaml.Node, key: Key) -> tuple[None, str]:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        told = HIDDEN if is_secret(key) else tag
        self._mistake(self._place(node), key, f"the tag {told} is not allowed here; write the plain value")
        self.document.unusable.add(key)
        return None, tag

    def _mistake(self, place: Place, key: Key, message: str) -> None:
        separator = " " if message.startswith("stands") else ": "
        self.document.mistakes.append(Mistake(place, f"{key_text(key)}{separator if key else ''}{message}"))

    def _place(self, node: yaml.Node) -> Place:
        mark = node.start_mark
        return self._override or file_place(self._name, mark.line + 1, mark.column + 1)

    def _check_size(self, node: yaml.Node, key: Key) -> None:
        if len(key) > _DEEPEST:
            raise ScenarioError(f"{self._place(node).text}: values are nested deeper than {_DEEPEST} levels")
        self._nodes += 1  # each time that an alias leads to it
        if self._nodes > _MOST_NODES:
            message = (
                f"there are more than {_MOST_NODES:,} keys and values, aliases counted as what they stand for"
            )
            raise ScenarioError(f"{self._place(node).text}: {message}")


_SCALARS: dict[str, Callable[[str], object]] = {
    _BOOL: lambda text: text.lower() == "true",
    _INT: int,
    _FLOAT: lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
    _NULL: lambda text: None,  # noqa: ARG005 - every spelling means nothing
}
