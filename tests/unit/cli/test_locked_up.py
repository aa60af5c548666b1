"""A line that locks up, from the command line: exit code 6, who waits for whom, and all of it written."""

import csv
import json

import pytest
from commands import line_sim

CIRCLE = "press waits for room at camera, camera at review, review at press"
SCENARIO = """\
version: 1
name: Full circle
run: {items: 9}
arrivals: {saturated: true}
product: {defect_rate: 1}
line:
  - {station: press, cycle: 1 s}
  - {inspection: camera, gateway: {modelled: {service: 0}}}
review: {time: 3 s, rework: {to: press, at_most: 9, defect_rate: 1}}
"""


@pytest.fixture
def locked(tmp_path):
    """Run a line on which everything is to be repaired, without room; return what it said, and its folder."""
    (tmp_path / "t.yaml").write_text(SCENARIO, encoding="utf-8")
    return line_sim("run", "t.yaml", "--no-live", "--out", "mine", cwd=tmp_path), tmp_path / "mine"


def rows(path):
    """Return the rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_is_told_with_its_circle_and_an_exit_code_of_its_own(locked):
    """On the terminal, in run.json and on the page."""
    said, folder = locked
    assert said.returncode == 6
    assert CIRCLE in said.stdout + said.stderr
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (info["ended"], info["reason"]) == ("deadlocked", CIRCLE)
    assert CIRCLE in (folder / "report.html").read_text(encoding="utf-8")


def test_nothing_of_it_is_missing(locked):
    """Three parts are on the line, finished where they stand since 2, 3 and 4 s; the audit passes."""
    _, folder = locked
    assert [(item["item_id"], item["disposition"]) for item in rows(folder / "items.csv")] == [
        *(("1", "on_line"), ("2", "on_line"), ("3", "on_line")),
    ]
    held = {
        visit["station"]: (visit["item_id"], float(visit["finished_at"]))
        for visit in rows(folder / "visits.csv")
        if not visit["left_at"]
    }
    assert held == {"review": ("1", 4), "camera": ("2", 2), "press": ("3", 3)}
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["audit"]["passed"]


def test_nobody_is_told_to_run_it_longer(locked):
    """It would end in the same moment; what is told is what lets it run on."""
    _, folder = locked
    (warning,) = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["warnings"]
    assert "the line locked up" in warning
    assert "(press, camera, review, press) more room" in warning


def test_it_is_compared_with_no_line_that_goes_on(locked):
    """What it would make with one camera more, with answers at once or in the long run: nobody knows."""
    said, folder = locked
    labels = {line[:11].strip() for line in said.stdout.splitlines()}
    assert not {"one more", "no waiting", "long run"} & labels
    numbers = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert numbers["throttle"]["uph_without_inference"] is None
    assert numbers["throttle"]["what_if"] == {}
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "In the long run" not in page
    assert "With one more camera" not in page


def test_it_is_reported_again_as_it_was(locked):
    """From its files, to the byte."""
    _, folder = locked
    before = (folder / "summary.json").read_bytes()
    assert line_sim("report", "mine", cwd=folder.parent).returncode == 0
    assert (folder / "summary.json").read_bytes() == before


def test_replications_that_lock_up_are_made_and_named(tmp_path):
    """With the same exit code: their figures are of lines that have come to a stand."""
    (tmp_path / "t.yaml").write_text(SCENARIO, encoding="utf-8")
    said = line_sim("run", "t.yaml", "--replications", "2", "--jobs", "1", "--out", "mine", cwd=tmp_path)
    assert said.returncode == 6
    assert "! the line locked up in replication-001, replication-002" in said.stdout
    assert (tmp_path / "mine" / "replications.json").exists()
