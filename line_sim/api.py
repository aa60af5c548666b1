"""Running scenarios from Python, and looking at what a run left.

import line_sim

run = line_sim.run("scenarios/second_camera.yaml", overrides={"line.camera.units": 2})
run.numbers["throughput"]["uph"]
run.calls["latency_s"].quantile(0.99)       # a pandas frame; needs the extra line-sim[frames]
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from line_sim.analysis.growth.words import in_these
from line_sim.engine.choice import EngineWish
from line_sim.errors import RunFileError
from line_sim.figures.catalogue import CATALOGUE, AnyFigure
from line_sim.figures.folds import Share
from line_sim.figures.names import value_at
from line_sim.line.steps import Observer
from line_sim.recording.whole import by_report, read_object
from line_sim.scenario import Scenario, dump, load, loads
from line_sim.scenario.dump import overrides_of
from line_sim.simulation import simulate

if TYPE_CHECKING:
    import pandas as pd

FRAMES = "pandas is needed for this: pip install 'line-sim[frames]'"


@dataclass(frozen=True)
class Run:
    """The folder of a run, and its numbers.

    `numbers` are those of `summary.json`, under the same names. The tables are read when they are
    first asked for.
    """

    folder: Path
    numbers: Mapping[str, Any]

    @cached_property
    def items(self) -> "pd.DataFrame":
        """The parts, a row each. Times are seconds, a time that is not known is NaN."""
        return self._frame("items")

    @cached_property
    def visits(self) -> "pd.DataFrame":
        """The stays at stations, a row a part and station."""
        return self._frame("visits")

    @cached_property
    def calls(self) -> "pd.DataFrame":
        """The inference calls, a row each."""
        return self._frame("calls")

    @cached_property
    def breakdowns(self) -> "pd.DataFrame":
        """The outages, a row each."""
        return self._frame("breakdowns")

    @cached_property
    def latency(self) -> "pd.DataFrame":
        """The latency report, a row a station, quantity, population and statistic."""
        return self._frame("latency")

    def _frame(self, name: str) -> "pd.DataFrame":
        try:
            import pandas as pd  # noqa: PLC0415 - the simulator itself stays free of it
        except ImportError as error:
            raise ImportError(FRAMES) from error
        words = {"label": "string", "defect": "string", "name": "string"}
        return pd.read_csv(self.folder / f"{name}.csv", dtype=words, keep_default_na=False, na_values=[""])

    def __repr__(self) -> str:
        return f"<Run of {', '.join(f'{name}: {value}' for name, value in self.facts())}>"

    def _repr_html_(self) -> str:
        """A small table, as a notebook shows it."""
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in self.facts()
        )
        return f"<table>{rows}</table>"

    def facts(self) -> list[tuple[str, str]]:
        """Return the figures that a reader wants first, and whether to believe them."""
        numbers = self.numbers
        known = [(figure, value_at(numbers, figure.place)) for figure in CATALOGUE if figure.tile]
        figures = [
            (figure.title.lower(), _figure(figure, value, numbers))
            for figure, value in known
            if value is not None
        ]
        audit = "passed" if numbers["audit"]["passed"] else "FAILED"
        return [
            ("scenario", str(numbers["scenario"])),
            *figures,
            ("audit", audit),
            ("folder", str(self.folder)),
        ]


def run(
    scenario: Scenario | Mapping[str, Any] | str | Path,
    *,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    narrate: Callable[[str], None] = lambda _: None,
    observers: Sequence[Observer] = (),
    engine: EngineWish = "auto",
) -> Run:
    """Run a scenario - a file, a mapping of its keys, or a `Scenario` - and return what it left.

    `overrides` maps key paths to values, such as `{"line.camera.deadline": "150 ms", "seed": 3}`.
    The files go to `out`, new or empty, by default `results/<name>-<time>`. `narrate` is told what is
    being done, `observers` of the steps of the line that they take. `engine` is "simpy", "compiled" or
    "auto": compiled where that is quicker and nobody observes. Raises ScenarioError for a wrong scenario and
    for a line that cannot be compiled, GatewayError when its server cannot be used.
    """
    chosen = _scenario(scenario, overrides or {})
    folder = Path(out) if out is not None else None
    result = simulate(chosen, folder, narrate=narrate, observers=observers, engine=engine)
    return read(result.folder)


def read(folder: str | Path) -> Run:
    """Open the folder of a run. Raises RunFileError where it has no numbers that can be read."""
    path = Path(folder) / "summary.json"
    again = by_report(Path(folder))
    opened = Run(Path(folder), read_object(path, again))
    try:
        opened.facts()
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise RunFileError(f"{path}: no summary of a run ({error!r:.80}); {again}") from error
    return opened


def _scenario(scenario: Scenario | Mapping[str, Any] | str | Path, overrides: Mapping[str, Any]) -> Scenario:
    """Read, or write out and read again, so that overrides are checked as those of the command line."""
    written = overrides_of(overrides)
    match scenario:
        case str() | Path():
            return load(scenario, written)
        case Scenario():
            return loads(dump(scenario), "scenario", written) if written else scenario
        case _:
            text = yaml.safe_dump(dict(scenario), sort_keys=False, allow_unicode=True)
            return loads(text, "scenario", written, folder=Path.cwd())


def _only_these(numbers: Mapping[str, Any]) -> str:
    """Say of a figure of a line that has not settled that it is one of these parts."""
    settled = (numbers.get("steady_state") or {}).get("uph_settled")
    return "" if settled is not False else f" {in_these(numbers['items']['arrived'])}"


def _figure(figure: AnyFigure, value: float, numbers: Mapping[str, Any]) -> str:
    """Write a figure with what makes it believable: its interval, or what it is a share of."""
    match figure.fold, figure.unit:
        case Share(among=among), _:
            count = value_at(numbers, figure.counted) or 0
            return f"{count:,.0f}, {value:.1%} of the {among.words}"
        case _, "share":
            return f"{value:.1%}{_only_these(numbers)}"
        case _, "UPH":
            ci = numbers["throughput"]["uph_ci"]
            only = _only_these(numbers)
            return f"{value:,.0f} UPH{only}" + (f" (95 %: {ci[0]:,.0f} to {ci[1]:,.0f})" if ci else "")
        case _, "s":
            return f"{value:,.3g} s"
        case _:
            return f"{value:,.1f}"
