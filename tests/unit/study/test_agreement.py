"""One run tells every figure once: whoever tells it tells the same number.

Lines with two inspections, every `on_no_result`, a warm-up, breakdowns and full buffers: there the rooms
of the house used to tell different stories. Another view of a run is one more entry in VIEWS.
"""

from io import StringIO
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Reading
from prometheus_client import generate_latest
from rich.console import Console
from scraping import samples_of
from strategies import Written, breakdowns, buffers, inspection_entries, rates, reviews, station_entries

from line_sim.dashboard.framing import frame_of
from line_sim.figures.catalogue import CATALOGUE, MAIN, UPH, WIP
from line_sim.figures.folds import Share
from line_sim.figures.names import figures_of, value_at
from line_sim.figures.statistics.rates import Rate
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.live.state import LiveState
from line_sim.metrics.serving import registry_of
from line_sim.recording.whole import read_object
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.report.words import average, percent, rate, uph
from line_sim.scenario import Scenario
from line_sim.simulation import report_again, simulate
from line_sim.study.comparison.folders import compare_folders
from line_sim.study.replications.files import Table, read_study
from line_sim.study.replications.replicate import perform
from line_sim.units import noun


@st.composite
def twice_inspected(draw: st.DrawFn) -> Written:
    """Return a line with two inspections that differ in what they do without an answer."""
    fallbacks = draw(st.lists(st.sampled_from(["review", "ship", "scrap", "stop"]), min_size=2, max_size=2))
    first, second = (
        draw(inspection_entries(name)) | {"on_no_result": fallback}
        for name, fallback in zip(("front", "back"), fallbacks, strict=True)
    )
    press = draw(station_entries("press", st.sampled_from([1, 2, {"exponential": {"mean": 1}}])))
    between = {"station": "turn", "cycle": 1, "buffer": draw(buffers), "breakdowns": draw(breakdowns)}
    return {
        "version": 1,
        "name": "two looks",
        "seed": draw(st.integers(0, 2**32)),
        "run": {
            "items": draw(st.integers(50, 150)),
            "warm_up": draw(st.sampled_from([0, 10, 60, "auto"])),
        },
        "arrivals": {
            "every": {"exponential": {"mean": draw(st.sampled_from([1, 3]))}},
            "on_full": draw(st.sampled_from(["wait", "lose"])),
        },
        "product": {"defect_rate": draw(rates)},
        "line": [press, first, between, second],
        "review": draw(reviews),
    }


def of_summary(folder: Path, scenario: Scenario) -> dict[str, float | None]:
    """Return the figures as summary.json has them, and of each share its count and of how many."""
    numbers = read_object(folder / "summary.json")
    counts = {}
    for figure in CATALOGUE:
        if isinstance(figure.fold, Share):
            beside = figure.counted[:-1]
            counts[f"{figure.name}, count"] = value_at(numbers, figure.counted)
            counts[f"{figure.name}, n"] = value_at(numbers, (*beside, figure.fold.among.name))
    return {**figures_of(numbers, layout_of(scenario)), **counts}


def of_report_again(folder: Path, _: Scenario) -> dict[str, float | None]:
    """Return the figures as `line-sim report` makes them again from the files."""
    summary = report_again(folder).summary
    return {figure.name: summary.figures.of(figure).value for figure in CATALOGUE}


def of_compare(folder: Path, _: Scenario) -> dict[str, float | None]:
    """Return the column of a comparison of the run with itself; it leaves out what 20 batches cannot tell."""
    return {row.kpi: row.one for row in compare_folders(folder, folder).rows}


def of_replications(folder: Path, scenario: Scenario) -> dict[str, float | None]:
    """Return what replications.csv says of the first replication, which is this very run."""
    study = folder.parent / "study"
    study.mkdir()
    Table(study).add(perform(1, Interrupt(), scenario=scenario, folder=study))
    return read_study(study)[scenario.seed]


def of_live_screen(state: LiveState) -> dict[str, float | None]:
    """Return the figures of the screen's last frame; one that is rare is not there where it is 0."""
    frame = frame_of(state)
    told: dict[str, float | None] = {UPH.name: frame.uph}
    for share in frame.shares:
        told[share.name] = Rate(share.count, share.n).value
        told[f"{share.name}, count"], told[f"{share.name}, n"] = share.count, share.n
    return told


def of_metrics(state: LiveState) -> dict[str, float | None]:
    """Return the figures of the page that Prometheus reads."""
    page = samples_of(generate_latest(registry_of(state)).decode())
    return {
        dict(labels)["figure"]: None if isnan(told) else told
        for (_, labels), told in page.items()
        if "figure" in dict(labels)
    }


VIEWS = {
    "report": of_report_again,
    "compare": of_compare,
    "replications.csv": of_replications,
}
"""Each view of a run that tells numbers: from its folder and scenario to its figures by name."""

LIVE_VIEWS = {"live screen": of_live_screen, "metrics": of_metrics}
"""The views of the line's state at its end; a warm-up that is to be found they do not know."""


@settings(max_examples=25, deadline=None)
@given(twice_inspected())
def test_every_view_of_a_run_tells_the_same_figures(written):
    """To the last digit, where they are numbers; as it is written, where they are words."""
    scenario = Scenario.model_validate(written)
    with TemporaryDirectory() as place:
        folder = Path(place) / "run"
        state = LiveState(layout_of(scenario))
        result = simulate(scenario, folder, observers=(state,))
        told = of_summary(folder, scenario)
        views = {name: view(folder, scenario) for name, view in VIEWS.items()}
        if scenario.run.warm_up != "auto":
            views |= {name: view(state) for name, view in LIVE_VIEWS.items()}
        for name, figures in views.items():
            assert figures == {key: told[key] for key in figures}, name
        words = expected_words(result.summary)
        page = Reading(write_page(result).read_text(encoding="utf-8")).text
        assert [text for text in words["page"] if text not in page] == []
        text = screen(result.summary)
        assert [text_of for text_of in words["text"] if text_of not in text] == []


def expected_words(summary):
    """Return what the page and the text must say of the figures."""
    words = {"page": [], "text": []}
    for figure, share, counted in summary.figures.shares():
        if counted.value is None:
            continue
        of = f"{counted.count:,} of {counted.n:,} {noun(counted.n, share.among.words)}"
        words["page"].append(f"{figure.title} {figure.meaning} {of} {percent(counted.value)}")
        part = f"{figure.by} {percent(counted.value)} ({counted.count:,})"
        words["text"].append(part if figure.part_of else f"{figure.short} {rate(counted, share.among.words)}")
    for figure, measured in summary.figures.averages():
        mean, _ = average(measured, figure.unit)
        words["text"].append(f"{figure.short} {mean} on average")
        if figure.tile:
            words["page"].append(f"{figure.title} {mean} on average")
        if figure is WIP and summary.counts.arrived > summary.counts.lost:
            words["page"].append(f"On average {measured.value:,.1f} parts were on the line")
    output = summary.throughput.uph
    if output is not None:
        words["page"].append(f"Output {uph(output)}")
        words["text"].append(f"output {uph(output)}")
    return words


def screen(summary):
    """Return the summary as a wide terminal shows it, with single blanks."""
    console = Console(file=StringIO(), width=200, color_system=None)
    console.print(summary_text(summary))
    return " ".join(console.file.getvalue().split())


def test_nothing_is_left_out_of_the_comparison():
    """A run of each tells every main figure but what the waiting costs, which takes replays."""
    names = {figure.name for figure in MAIN}
    with TemporaryDirectory() as place:
        folder = Path(place) / "run"
        written = {
            "version": 1,
            "name": "one look",
            "run": {"items": 200},
            "arrivals": {"every": 1},
            "product": {"defect_rate": 0.1},
            "line": [{"inspection": "camera", "gateway": {"modelled": {"service": 0.5}}}],
            "review": {"time": 0.1},
        }
        simulate(Scenario.model_validate(written), folder)
        assert {row.kpi for row in compare_folders(folder, folder).rows} == names - {"loss"}
