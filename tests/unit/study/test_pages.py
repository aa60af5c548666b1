"""The pages of comparisons and replications: said from the files, the same whenever they are made."""

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest
from click.testing import CliRunner
from pages import Reading, run_of
from study_pages import HOSTILE, compared, replicated, scenario, slower

from line_sim.cli.compare import compare
from line_sim.cli.report import report
from line_sim.errors import RunFileError, ScenarioError
from line_sim.scenario import dump
from line_sim.study.pages.again import made_again, study_in
from line_sim.study.pages.drawn_run import pair_to_draw
from line_sim.study.pages.pairs import shares_in
from line_sim.study.replications.precision import Goal


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """Two lines compared over four runs of each."""
    return compared(tmp_path_factory.mktemp("pages") / "both", scenario(), slower())


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Twelve replications until UPH is known well enough."""
    return replicated(tmp_path_factory.mktemp("pages") / "runs", scenario(), 12, (Goal("uph", 0.5),))


def read(path):
    """Read a page, which must be well-formed, each id once on it."""
    found = Reading(path.read_text(encoding="utf-8"))
    assert found.mistakes == []
    assert len(found.identities) == len(set(found.identities))
    return found


def told(path):
    """Return the data that a page's charts are drawn from, by name."""
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1])[
        "charts"
    ]


def test_a_comparison_says_what_differs_and_what_came_of_it(comparison):
    """The keys, both lines, every figure with its difference and interval, the method, what to beware of."""
    page = read(comparison)
    data = json.loads((comparison.parent / "comparison.json").read_text())
    assert data["changes"]
    for change in data["changes"]:
        for word in change.values():
            assert word in page.text
    for name, row in data["kpis"].items():
        assert name in page.text
        assert len(row["a_values"]) == len(row["b_values"]) == 4
    for words in (
        data["method"],
        "Output over time",
        "How long the answers took",
        "Where the machines' time went",
    ):
        assert words in page.text
    assert all(note in page.text for note in data["notes"])


def test_both_lines_are_drawn_with_what_differs_marked(comparison):
    """The camera stands out in both, nothing else does."""
    charts = told(comparison)
    for side, units in (("a", "2 cameras"), ("b", "1 camera")):
        boxes = {box["name"]: box for box in charts[f"line-{side}"]["boxes"]}
        assert {name for name, box in boxes.items() if box.get("changed")} == {"camera"}
        assert units in boxes["camera"]["lines"]
        assert list(boxes) == ["parts", "press", "camera", "shipped", "review"]


def test_both_stand_on_the_same_axes(comparison):
    """Each chart holds A and B, and its axis is one for both."""
    charts = told(comparison)
    for name, spec in charts.items():
        match spec["kind"]:
            case "lines":
                assert [series["name"] for series in spec["series"]] == ["A", "B"], name
            case "rows" if name.startswith("kpi-"):
                assert [bar["name"] for bar in spec["bars"]] == ["A", "B"], name
                assert not spec["own"]


def test_the_output_over_time_is_that_of_the_rows(comparison):
    """What all whole stretches shipped is what the run shipped in them."""
    pair = pair_to_draw(comparison.parent / "a", comparison.parent / "b")
    for folder, series in zip(pair, told(comparison)["rates"]["series"], strict=True):
        lines = [line.split(",") for line in (folder / "items.csv").read_text().splitlines()[1:]]
        left = [float(line[4]) for line in lines if line[12] == "shipped"]
        points = series["points"]
        stretch = points[1]["x"] - points[0]["x"]
        for before, after in pairwise(points):
            seen = sum(before["x"] <= moment < after["x"] for moment in left)
            assert before["y"] == pytest.approx(seen * 3600 / stretch)


def test_states_add_up_to_all_of_a_machines_time(comparison):
    """Of every station of both runs."""
    for folder in pair_to_draw(comparison.parent / "a", comparison.parent / "b"):
        shares = shares_in(json.loads((folder / "summary.json").read_text()))
        assert set(shares) == {"press", "camera", "review"}
        assert all(sum(parts.values()) == pytest.approx(1) for parts in shares.values())


def test_the_pair_that_is_drawn_shares_its_seed(comparison):
    """Run n of both; where no seed is common, any pair will do; where there are no runs, none is drawn."""
    a, b = comparison.parent / "a", comparison.parent / "b"
    one, other = pair_to_draw(a, b)
    assert one.name == other.name
    assert pair_to_draw(a / "replication-001", b / "replication-002") == (
        a / "replication-001",
        b / "replication-002",
    )
    assert pair_to_draw(a / "nothing", b) is None


def test_replications_say_every_figure_and_every_run(study):
    """Means, intervals, seeds, why it ended; a line for each run."""
    page = read(study)
    data = json.loads((study.parent / "replications.json").read_text())
    for name in data["kpis"]:
        assert name in page.text, name
    for run in data["replications"]:
        assert run["folder"] in page.text
        assert str(run["seed"]) in page.text
    assert f"{data['reason'][1:]}." in page.text
    assert f"over {len(data['replications'])} replications" in page.text


def test_running_means_end_at_the_mean(study):
    """With the interval that the table has, or with none where that is more than the runs' own scatter."""
    data, charts = json.loads((study.parent / "replications.json").read_text()), told(study)
    titles = {"Output": "uph", "Flow time": "flow_time", "Escapes": "escape_rate"}
    seen = set()
    for name, spec in charts.items():
        if not name.startswith("running-") or spec["series"][0]["name"] not in titles:
            continue
        kpi = titles[spec["series"][0]["name"]]
        seen.add(kpi)
        last, row, factor = (
            spec["series"][0]["points"][-1],
            data["kpis"][kpi],
            100 if kpi == "escape_rate" else 1,
        )
        assert last["x"] == len(data["replications"])
        assert last["y"] == pytest.approx(row["mean"] * factor)
        if "low" in last:
            assert (last["low"], last["high"]) == pytest.approx(
                (row["ci_low"] * factor, row["ci_high"] * factor)
            )
    assert seen == set(titles.values())
    bars = charts["figures"]["bars"]
    assert all(len(bar["dots"]) == len(data["replications"]) for bar in bars)


def test_runs_that_have_a_page_are_linked_to(tmp_path):
    """By a relative address; a run without one is only named."""
    page = replicated(tmp_path / "a study's #1", scenario(), 2)
    assert not [link for link in links(page) if "report.html" in link]
    CliRunner().invoke(report, [str(page.parent / "replication-002")], catch_exceptions=False)
    CliRunner().invoke(report, [str(page.parent)], catch_exceptions=False)
    assert [link for link in links(page) if "report.html" in link] == ["replication-002/report.html"]


def links(page):
    """Return every address on a page."""
    return [str(attributes["href"]) for _, attributes in read(page).elements if "href" in attributes]


def test_report_makes_the_same_page_again(comparison, study):
    """Byte for byte, from the files alone."""
    for page in (comparison, study):
        before = page.read_bytes()
        page.unlink()
        done = CliRunner().invoke(report, [str(page.parent)], catch_exceptions=False)
        assert (done.exit_code, done.output) == (0, f"Page: {page}\n")
        assert page.read_bytes() == before


def test_names_are_text_wherever_they_stand(tmp_path):
    """A scenario may be called what it wants."""
    for page in (
        compared(tmp_path / "both", scenario(name=HOSTILE), slower(name=HOSTILE), 2),
        replicated(tmp_path / "runs", scenario(name=HOSTILE), 2),
    ):
        found = read(page)
        assert [tag for tag, _ in found.elements].count("script") == 2
        assert "alert(1)" in found.text


def test_two_single_runs_are_compared_side_by_side(tmp_path):
    """Without intervals of their own, as there is one run of each; links to their pages lead there."""
    one = run_of(tmp_path / "one")
    other = run_of(tmp_path / "other", {"arrivals": {"every": "350 ms"}})
    page = tmp_path / "sub" / "both.html"
    page.parent.mkdir()
    done = CliRunner().invoke(compare, [str(one), str(other), "--html", str(page)], catch_exceptions=False)
    assert done.output.endswith(f"Page:  {page}\n")
    found = read(page)
    assert "arrivals.every" in found.text
    assert "One run of each, on the same axes." in found.text
    assert {"../one/report.html", "../other/report.html"} <= set(links(page))
    boxes = {box["name"]: box for box in told(page)["line-b"]["boxes"]}
    assert boxes["parts"]["changed"]


def test_folders_of_replications_are_compared_without_running_them(tmp_path):
    """Their runs are read for the dots and for the pair that is drawn."""
    a = replicated(tmp_path / "a", scenario(), 3).parent
    b = replicated(tmp_path / "b", slower(), 3).parent
    page = tmp_path / "compare.html"
    CliRunner().invoke(compare, [str(a), str(b), "--html", str(page), "--quiet"], catch_exceptions=False)
    read(page)
    assert len(told(page)["kpi-0"]["bars"][0]["dots"]) == 3


def test_scenarios_leave_their_page_in_the_folder_of_the_runs(tmp_path):
    """Or where --html says."""
    files = [tmp_path / name for name in ("a.yaml", "b.yaml")]
    for file, line in zip(files, (scenario(), slower()), strict=True):
        file.write_text(dump(line), encoding="utf-8")
    often = ["--replications", "2", "--jobs", "1", "--quiet"]
    CliRunner().invoke(
        compare, [*map(str, files), *often, "--out", str(tmp_path / "x")], catch_exceptions=False
    )
    read(tmp_path / "x" / "compare.html")
    where = ["--out", str(tmp_path / "y"), "--html", str(tmp_path / "here.html")]
    CliRunner().invoke(compare, [*map(str, files), *often, *where], catch_exceptions=False)
    read(tmp_path / "here.html")
    assert not (tmp_path / "y" / "compare.html").exists()


def test_a_line_against_itself_differs_by_exactly_nothing(tmp_path):
    """And no key is listed."""
    page = read(compared(tmp_path / "same", scenario(), scenario(), 2))
    assert "B ships exactly as many as A" in page.text
    assert "The scenarios do not differ." in page.text


@pytest.mark.parametrize("damage", ["{}", '{"kpis": 3}', "[", '{"kpis": {"uph": {}}}'])
def test_a_damaged_file_is_told_of(tmp_path, comparison, study, damage):
    """With its place and a way out, whatever is wrong with it."""
    for page in (comparison, study):
        folder = tmp_path / page.stem
        shutil.copytree(page.parent, folder)
        kind = study_in(folder)
        (folder / kind).write_text(damage)
        with pytest.raises(RunFileError, match="again"):
            made_again(folder, kind, xlsx=False)


def test_replications_have_a_workbook_and_comparisons_none(tmp_path, comparison, study):
    """Which is said."""
    folder = tmp_path / "runs"
    shutil.copytree(study.parent, folder)
    done = CliRunner().invoke(report, [str(folder), "--xlsx"], catch_exceptions=False)
    assert done.output == f"Page: {folder / 'replications.html'}\nWorkbook: {folder / 'summary.xlsx'}\n"
    first = (folder / "summary.xlsx").read_bytes()
    made_again(folder, "replications.json", xlsx=True)
    assert (folder / "summary.xlsx").read_bytes() == first
    with pytest.raises(ScenarioError, match="--xlsx"):
        made_again(comparison.parent, "comparison.json", xlsx=True)


def test_a_run_has_a_workbook_where_one_is_wanted(tmp_path):
    """And none where it is not."""
    folder = run_of(tmp_path / "run")
    CliRunner().invoke(report, [str(folder)], catch_exceptions=False)
    assert not (folder / "summary.xlsx").exists()
    done = CliRunner().invoke(report, [str(folder), "--xlsx"], catch_exceptions=False)
    assert done.output.endswith(f"Workbook: {folder / 'summary.xlsx'}\n")
    assert (folder / "summary.xlsx").read_bytes()[:2] == b"PK"


def test_who_draws_nothing_does_not_load_what_draws():
    """Comparing and replicating are imported without templates and without the writer of workbooks."""
    modules = (
        "line_sim.study.comparison.scenarios, line_sim.study.replications.replicate, line_sim.cli.compare"
    )
    loaded = "{'jinja2', 'markupsafe', 'xlsxwriter', 'line_sim.study.pages'} & set(sys.modules)"
    code = f"import sys, {modules}; loaded = {loaded}; sys.exit(str(loaded) if loaded else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
