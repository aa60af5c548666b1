"""A study as it is written: a file, options of the command line, or both, every value with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from line_sim.errors import ScenarioError
from line_sim.scenario.document import Document, Mistake, Place, Spot, read_yaml, shorten
from line_sim.scenario.dump import overrides_of
from line_sim.scenario.fields import Key
from line_sim.scenario.load import length_of, text_of
from line_sim.scenario.mistakes import in_order, mistakes_in
from line_sim.study.design.levels import read_typed
from line_sim.study.design.study_file import StudyFile, looks_like_a_study


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside a study file, or in place of one; it comes before what the file says.

    `over` are `KEY=1,2,3` or `KEY=100ms..400ms/7` as they are typed, or keys and values; `until` are
    `uph=1%`; `overrides` come behind those of the file.
    """

    over: Mapping[str, Any] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    seed: int | None = None
    items: int | None = None
    replications: int | None = None
    until: Mapping[str, Any] = field(default_factory=dict)
    design: str | None = None
    points: int | None = None
    cost: Mapping[str, float] = field(default_factory=dict)


def is_study(path: Path) -> bool:
    """Whether a file is a study. Raises ScenarioError where it cannot be read or is no YAML."""
    return looks_like_a_study(read_yaml(text_of(path, str(path)), str(path)).data)


def study_document(path: Path, asked: Asked = Asked()) -> Document:
    """Read a study's file, or begin one on a scenario's; write in what was asked for beside it."""
    document = read_yaml(text_of(path, str(path)), str(path))
    if not looks_like_a_study(document.data):
        document = _of_scenario(path, document)
    if isinstance(document.data.get("over", {}), dict):
        document.mistakes.extend(_write_over(document, asked.over))
    _write_others(document, asked)
    return document


def _of_scenario(path: Path, scenario: Document) -> Document:
    """Return a study of a scenario's file that asks nothing yet."""
    name = scenario.data.get("name") if isinstance(scenario.data, dict) else None
    title = name if isinstance(name, str) and name.strip() else path.stem
    begun = Document({}, {(): Spot(_typed(0, "the study"), _typed(0, "the study"), "empty")})
    _put(begun, ("study",), title, _typed(0, str(path)))
    _put(begun, ("scenario",), str(path.absolute()), _typed(0, str(path)))
    return begun


def checked(document: Document, folder: Path) -> StudyFile:
    """Return the study that is written. Raises ScenarioError with every mistake at its place."""
    try:
        file = StudyFile.model_validate(document.data, context={"folder": folder, "read_files": True})
    except ValidationError as error:
        found = mistakes_in(error, document, StudyFile)
        raise ScenarioError(in_order([*document.mistakes, *found])) from None
    if document.mistakes:
        raise ScenarioError(in_order(document.mistakes))
    return file


def _write_over(document: Document, over: Mapping[str, Any]) -> list[Mistake]:
    mistakes = []
    for number, (key, values) in enumerate(over.items()):
        place = _typed(number, f"--over {key}")
        try:
            levels = read_typed(values) if isinstance(values, str) else values
        except ValueError as error:
            mistakes.append(Mistake(place, f"{shorten(str(values))}: {error}"))
            levels = [0]  # no more needs to be said of it
        _put(document, ("over", key), levels, place, str(values))
    return mistakes


def _write_others(document: Document, asked: Asked) -> None:
    """Write in what the options say; they stand for no more than one key each."""
    for name in ("seed", "design", "points"):
        if (value := getattr(asked, name)) is not None:
            _put(document, (name,), value, _typed(1, f"--{name}"))
    if asked.cost:
        _put(document, ("cost",), dict(asked.cost), _typed(1, "cost"))
    if asked.replications is not None and not asked.until:
        _put(document, ("replications",), asked.replications, _typed(2, "--replications"))
    elif asked.until:
        until = {"until": dict(asked.until)}
        most = {} if asked.replications is None else {"most": asked.replications}
        _put(document, ("replications",), until | most, _typed(2, "--until"))
    if added := (*asked.overrides, *length_of(asked.items)):
        _put(document, ("set",), [*_set_so_far(document.data), *added], _typed(3, "--set"))


def _set_so_far(data: Mapping[str, Any]) -> Sequence[Any]:
    match data.get("set"):
        case Mapping() as settings:
            return overrides_of({str(key): value for key, value in settings.items()})
        case list() as settings:
            return settings
        case _:
            return []


def _put(document: Document, key: Key, value: Any, place: Place, shown: str = "") -> None:
    """Write a value into a document, and forget what stood there."""
    holder = document.data
    for part in key[:-1]:
        holder = holder.setdefault(part, {}) if isinstance(holder.get(part, {}), dict) else {}
    holder[key[-1]] = value
    for old in [old for old in document.spots if old[: len(key)] == key]:
        del document.spots[old]
    for length in range(1, len(key)):
        document.spots.setdefault(key[:length], Spot(place, place, "{}"))
    document.spots[key] = Spot(place, place, shorten(shown or str(value)))


def _typed(order: int, text: str) -> Place:
    return Place((1, order, 0), text)
