"""One run tells every figure once: whoever tells it tells the same number.

Lines with two inspections, every `on_no_result`, a warm-up, breakdowns and full buffers: there the rooms
of the house used to tell different stories. Another view of a run is one more entry in VIEWS.
"""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Reading
from rich.console import Console
from strategies import Written, breakdowns, buffers, inspection_entries, rates, reviews, station_entries

from line_sim.figures.catalogue import CATALOGUE, MAIN, WIP
from line_sim.figures.folds import Share
from line_sim.figures.live import LiveShares
from line_sim.figures.names import figures_of
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.recording.reader import read_run
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.report.words import average, percent, rate, uph
from line_sim.scenario import Scenario
from line_sim.simulation import report_again, simulate
from line_sim.study.comparison.folders import compare_folders
from line_sim.study.replications.files import Table, read_object, read_study
from line_sim.study.replications.replicate import perform
from line_sim.units import SECOND


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
    """Return the figures as summary.json has them."""
    return figures_of(read_object(folder / "summary.json"), layout_of(scenario))


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


def of_live_count(folder: Path, scenario: Scenario) -> dict[str, float | None]:
    """Return the shares as they are counted record by record, from where the warm-up ends."""
    records, layout = read_run(folder), layout_of(scenario)
    cameras = {place.name for place in layout.inspections}
    inspected_at: dict[int, int] = {}
    for visit in records.visits:
        if visit.station in cameras and visit.finished_at is not None:
            inspected_at[visit.item_id] = max(visit.finished_at, inspected_at.get(visit.item_id, 0))
    counted = LiveShares(round(read_object(folder / "summary.json")["window"]["from_s"] * SECOND))
    for call in records.calls:
        counted.add_call(call)
    for item in records.items:
        counted.add_item(item, inspected_at.get(item.item_id))
    shares = (figure.name for figure in CATALOGUE if isinstance(figure.fold, Share))
    return {name: counted.rate(name).value for name in shares}


VIEWS = {
    "report": of_report_again,
    "compare": of_compare,
    "replications.csv": of_replications,
    "live count": of_live_count,
}
"""Each view of a run that tells numbers: from its folder and scenario to its figures by name."""


@settings(max_examples=25, deadline=None)
@given(twice_inspected())
def test_every_view_of_a_run_tells_the_same_figures(written):
    """To the last digit, where they are numbers; as it is written, where they are words."""
    scenario = Scenario.model_validate(written)
    with TemporaryDirectory() as place:
        folder = Path(place) / "run"
        result = simulate(scenario, folder)
        told = of_summary(folder, scenario)
        for name, view in VIEWS.items():
            figures = view(folder, scenario)
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
        of = f"{counted.count:,} of {counted.n:,} {share.among.words}"
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
