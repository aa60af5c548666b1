"""The variants of a study: each point of its design as a scenario, or what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from line_sim.errors import ScenarioError
from line_sim.scenario import Scenario
from line_sim.scenario.dump import overrides_of
from line_sim.scenario.load import load_each
from line_sim.study.design.costs import cost_of
from line_sim.study.design.points import Settings, points_of
from line_sim.study.design.study import Study
from line_sim.units import counted

MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Variant:
    """A point of a design as a scenario; it counts from 1. `cost` is None where nothing has a price."""

    number: int
    settings: Settings
    scenario: Scenario
    cost: float | None

    @property
    def words(self) -> str:
        """Its settings in a line."""
        return settings_text(self.settings)


def settings_text(settings: Mapping[str, object]) -> str:
    """Write settings on a line: `line.camera.units=2, line.camera.deadline=100 ms`."""
    return ", ".join(overrides_of(settings))


def short_names(keys: Sequence[str]) -> list[str]:
    """Return the shortest ends of key paths that tell them apart: `units`, or `a.buffer` and `b.buffer`."""
    ends = [[".".join(key.split(".")[-n:]) for n in range(1, key.count(".") + 2)] for key in keys]
    return [
        next((end for end in mine if sum(end in other for other in ends) == 1), mine[-1]) for mine in ends
    ]


def short_texts(texts: Sequence[str], widest: int) -> dict[str, str]:
    """Return for each text one of at most `widest` characters that tells it apart from the others.

    What is too long is cut behind its beginning. Those that are alike then begin where they differ, and are
    numbered where they are alike even so.
    """
    every = list(dict.fromkeys(texts))
    short = {text: _cut(text, widest) for text in every}
    for alike in _alike(short):
        same = _beginning(alike)
        begun = max(same.rfind(sign) for sign in _ENDS_OF_WORDS) + 1
        short |= {text: _cut(f"...{text[begun:]}", widest) for text in alike}
    numbers = {text: f"... #{place}" for place, text in enumerate(every, 1)}
    for alike in _alike(short):
        short |= {text: text[: widest - len(numbers[text])] + numbers[text] for text in alike}
    return short


_ENDS_OF_WORDS = "{[:,/ "


def _cut(text: str, widest: int) -> str:
    return text if len(text) <= widest else f"{text[: widest - 3]}..."


def _beginning(texts: Sequence[str]) -> str:
    """Return what all of the texts begin with."""
    first, last = min(texts), max(texts)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(sign for sign, _ in same)


def _alike(short: Mapping[str, str]) -> list[list[str]]:
    """Return the texts of which the short ones are the same."""
    found: dict[str, list[str]] = {}
    for text, cut in short.items():
        found.setdefault(cut, []).append(text)
    return [texts for texts in found.values() if len(texts) > 1]


def variants_of(study: Study) -> tuple[Variant, ...]:
    """Return every variant of a study.

    Raises ScenarioError for points that are no scenario, or ask a real server: all of them at once, each
    mistake once with the points that have it.
    """
    variants: list[Variant] = []
    wrong: dict[str, list[str]] = {}
    loaded = load_each(study.path)
    for number, settings in enumerate(points_of(study), start=1):
        try:
            scenario = loaded((*study.overrides, *overrides_of(settings)))
            variants.append(_variant(study, number, settings, scenario))
        except ScenarioError as error:
            for line in str(error).splitlines():
                wrong.setdefault(line, []).append(f"{number} ({settings_text(settings)})")
    if wrong:
        raise ScenarioError("\n".join(_told(wrong, len(variants))))
    return tuple(variants)


def _variant(study: Study, number: int, settings: Settings, scenario: Scenario) -> Variant:
    if scenario.live:
        raise ScenarioError(
            f"{scenario.name}: it asks a real server, whose chance no two variants can share; model its"
            " gateway ('line-sim calibrate' measures one), or run each variant with 'line-sim run'"
        )
    try:
        return Variant(number, settings, scenario, cost_of(scenario, study.cost))
    except LookupError as error:
        raise ScenarioError(f"cost.{error.args[0]}: the scenario has no number there") from None


def _told(wrong: Mapping[str, list[str]], good: int) -> Iterator[str]:
    lines = list(wrong.items())
    for message, points in lines[:MOST_TOLD]:
        yield f"{_listed(points)}: {message}"
    if len(lines) > MOST_TOLD:
        yield f"... and {counted(len(lines) - MOST_TOLD, 'more mistakes')}"
    if good:
        yield f"({counted(good, 'other points')} had no mistake; nothing was run)"


def _listed(points: Iterable[str]) -> str:
    first, *others = points
    more = f" and {counted(len(others), 'other points')}" if others else ""
    return f"point {first}{more}"
