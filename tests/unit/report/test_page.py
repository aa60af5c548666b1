"""The page of a run: all of it told, from the files alone, whatever anybody called things."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from pages import INSPECTED, Reading, kill, made_again, page_in, run_of
from PIL import Image
from recorded import CAMERA, call, item, run, visit

from line_sim.analysis.summary.summarise import summarise
from line_sim.layout import Layout, Place, RunPlan
from line_sim.recording.run_columns import columns_of
from line_sim.report.page.compose import Contents, page
from line_sim.scenario import Scenario
from line_sim.simulation import report_again, simulate

HOSTILE = "<script>alert(1)</script>&\"2\" '1' \N{SNOWMAN}${x}{{7*7}}</style>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with timeouts, outages, escapes and overkill."""
    return run_of(tmp_path_factory.mktemp("page") / "run")


def test_everything_that_a_run_came_to_is_on_it(folder):
    """The sentence, output, machines, latency, parts, quality, audit, scenario and versions."""
    read = Reading(page_in(folder))
    assert read.mistakes == []
    assert len(read.identities) == len(set(read.identities))
    summary = json.loads((folder / "summary.json").read_text())
    for words in (
        *(f"{summary['throughput']['uph']:,.0f} UPH", "12,000 UPH", "With answers at once"),
        *("The answers' typical time", "Timeouts", "Parts sent to review"),
        *("Where the machines' time went", "Moments worth a look", "deadline 400 ms", "schedule slip"),
        *("Escapes", "Overkill by the model", "First-pass yield", "conservation", "12 checks"),
        *("line-sim", "scenario.yaml", "a line to look at", "camera 1, part"),
    ):
        assert words in read.text, words
    assert "partial" not in read.text
    assert summary["held_back_by"]["sentence"] in read.text
    assert f"{summary['held_back_by']['station']} (bottleneck)" in read.text
    assert "What would help most" in read.text
    assert read.text.index("What would help most") < read.text.index("With answers at once")


def test_it_asks_nothing_of_the_network_and_runs_no_script_but_its_own(folder):
    """No address, no handler in an element; the policy names the very script that is there."""
    html = page_in(folder)
    elements = Reading(html).elements
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    linked = [
        attributes[name] for _, attributes in elements for name in ("src", "href") if name in attributes
    ]
    assert all(link.startswith(("#", "data:image/jpeg;base64,")) for link in linked)
    policy = next(a["content"] for tag, a in elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


def test_what_a_scenario_and_a_server_say_is_text_and_nothing_else(tmp_path):
    """A scenario, a label and a server's words may be anything; the page shows them as they are."""
    inspection = {**INSPECTED["line"][1], "ship_when": {"labels": [f"L{HOSTILE}"], "score_at_least": 0.5}}
    changes = {"name": HOSTILE, "line": [{**INSPECTED["line"][0], "station": "P & Q"}, inspection]}
    folder = run_of(tmp_path / "run", changes)
    info = json.loads((folder / "run.json").read_text())
    info["servers"] = {f"C{HOSTILE}": {f"K{HOSTILE}": f"V{HOSTILE}"}}
    (folder / "run.json").write_text(json.dumps({**info, "reason": f"R{HOSTILE}"}))
    html = made_again(folder)
    read = Reading(html)
    assert read.mistakes == []
    for name in (HOSTILE, "P & Q", *(f"{letter}{HOSTILE}" for letter in "LCKVR")):
        assert name in read.text
    assert [tag for tag, _ in read.elements].count("script") == 2
    assert "<script>alert" not in html
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1]
    assert f"L{HOSTILE}" in json.loads(data)["gantt"]["labels"]


def test_stations_may_be_called_anything():
    """The names that a scenario allows are tame; the page does not count on that."""
    press, camera = Place(f"P{HOSTILE}"), replace(CAMERA, name=f"C{HOSTILE}", units=2)
    layout = Layout((press, camera), run=RunPlan("x"))
    visits = [visit(1, press.name, 0, 0, 1, 2), visit(1, camera.name, 2, 2, 4, 4, unit=2)]
    records = run([item(1, 0, 4)], visits, [call(1, 3, 0.1, "timed_out", camera.name)])
    scenario = Scenario.model_validate(INSPECTED)
    summary = summarise(records, layout, ended="completed")
    read = Reading(page(Contents(summary, columns_of(records, layout), scenario, "version: 1", {})))
    assert read.mistakes == []
    assert press.name in read.text
    assert f"{camera.name} 1, part 1" in read.text
    tips = [attributes["data-tip"] for _, attributes in read.elements if "data-tip" in attributes]
    assert any(tip.startswith(f"{press.name}, working") for tip in tips)


def test_a_killed_run_says_that_it_is_partial(folder, tmp_path):
    """What its files kept is told: also parts without a story, and the row that was torn off."""
    half = tmp_path / "half"
    shutil.copytree(folder, half)
    kill(half, rows=40)
    read = Reading(made_again(half))
    assert read.mistakes == []
    assert "This page is partial: the run was killed before it ended." in read.text
    assert "The last row of a file was torn off" in read.text
    assert report_again(half).summary.counts.on_line > 0


def test_killed_before_anything_happened(folder, tmp_path):
    """Only headers, no run.json: still a page, which says what it has not."""
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare)
    for name in ("items.csv", "visits.csv", "calls.csv", "breakdowns.csv"):
        (bare / name).write_bytes((bare / name).read_bytes().splitlines(keepends=True)[0])
    (bare / "run.json").unlink()
    read = Reading(made_again(bare))
    assert read.mistakes == []
    for words in ("This page is partial", "No part was on a machine.", "no time has passed", "no run.json"):
        assert words in read.text


def test_a_line_without_an_inspection_is_shown_without_one(tmp_path):
    """No latency, no throttle, no thumbnails; machines and parts all the same."""
    read = Reading(page_in(run_of(tmp_path / "run", {"line": INSPECTED["line"][:1], "review": None})))
    assert read.mistakes == []
    assert "Nothing on this line waits for an inference." in read.text
    assert "How long the answers took" not in read.text
    assert "Escapes" not in read.text
    assert "Where the machines' time went" in read.text


def test_the_same_files_give_the_same_bytes(folder, tmp_path):
    """Made twice, and from a copy elsewhere: no time of making, no path, no order of a set."""
    before = page_in(folder)
    copy = tmp_path / "elsewhere"
    shutil.copytree(folder, copy)
    assert made_again(copy) == made_again(folder) == before


def test_escapes_and_overkill_are_seen_with_their_scores(folder):
    """Each has a picture that can be read, a text for who cannot see it, the answer and its fate."""
    elements = Reading(page_in(folder)).elements
    pictures = [attributes for tag, attributes in elements if tag == "img"]
    assert pictures
    for attributes in pictures:
        assert re.match(r"Part \d+, truly (good|defective)", attributes["alt"])
    told = json.loads((folder / "summary.json").read_text())["quality"]["n"]
    escapes = [a for a in pictures if "truly defective" in a["alt"]]
    assert 0 < len(escapes) <= 12
    assert len(escapes) == min(told["escapes"], 12)
    assert all("shipped" in a["alt"] for a in escapes)
    raw = base64.b64decode(pictures[0]["src"].partition(",")[2])
    assert raw.startswith(b"\xff\xd8")


def test_pictures_of_a_folder_are_shown_while_they_are_there(tmp_path):
    """A run's folder outlives the pictures it was made with; the page then says that they are gone."""
    shots = tmp_path / "shots"
    for state in ("good", "defective"):
        (shots / state).mkdir(parents=True)
        Image.new("RGB", (40, 30), "white").save(shots / state / "one.png")
    product = {"defect_rate": 0.3, "images": {"folder": str(shots)}}
    folder = run_of(tmp_path / "run", {"product": product})
    assert any(tag == "img" for tag, _ in Reading(page_in(folder)).elements)
    shutil.rmtree(shots)
    read = Reading(made_again(folder))
    assert not any(tag == "img" for tag, _ in read.elements)
    assert "are not at hand any more" in read.text


@pytest.mark.slow
def test_ten_thousand_parts_stay_far_under_six_megabytes(tmp_path):
    """Every visit and every call of 10,000 parts is in the page, and it can still be mailed."""
    scenario = {**INSPECTED, "run": {"items": 10_000}, "arrivals": {"every": "500 ms"}}
    folder = simulate(Scenario.model_validate(scenario), tmp_path / "run").folder
    html = made_again(folder)
    assert len(html.encode()) < 2_000_000
    assert "the chart ends at" not in html


def test_a_simulator_that_draws_no_page_does_not_load_what_draws_it():
    """Templates are for those who want a page: the library and the command line start without."""
    modules = "line_sim, line_sim.simulation, line_sim.cli, line_sim.cli.run, line_sim.cli.report"
    loaded = "{'jinja2', 'markupsafe', 'line_sim.report.page.compose'} & set(sys.modules)"
    code = f"import sys, {modules}; loaded = {loaded}; sys.exit(str(loaded) if loaded else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
