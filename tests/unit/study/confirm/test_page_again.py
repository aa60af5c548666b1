"""The page of a confirmation made again: the same from its confirm.json, and what is damaged is named."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_confirmations import STATES
from pages import Reading

from line_sim.cli.group import run_command_line
from line_sim.errors import RunFileError
from line_sim.study.confirm.files import confirmation_json
from line_sim.study.confirm.keeping import keep
from line_sim.study.confirm.page import write_confirm_page

NUMBERS = json.loads(json.dumps(confirmation_json(STATES["noisy"])))
"""What is damaged below."""


def written(folder: Path, numbers: object) -> Path:
    """Leave these numbers in a folder."""
    (folder / "confirm.json").write_text(json.dumps(numbers), encoding="utf-8")
    return folder


def changed(place: str, *value: Any) -> Any:
    """Return the numbers with another value at a place of keys, or without what is there: `kpis/uph/unit`."""
    numbers = json.loads(json.dumps(NUMBERS))
    *above, last = [int(key) if key.isdigit() else key for key in place.split("/")]
    inner = numbers
    for key in above:
        inner = inner[key]
    if value:
        (inner[last],) = value
    else:
        del inner[last]
    return numbers


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_report_makes_the_same_page_again(state, tmp_path, capsys):
    """Byte for byte, also of one that was interrupted, failed or killed half-way."""
    keep(replace(state, folder=tmp_path))
    page = tmp_path / "confirm.html"
    before = page.read_bytes()
    assert Reading(before.decode()).mistakes == []
    page.unlink()
    assert run_command_line(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"Page: {page}\n"
    assert page.read_bytes() == before


def test_a_page_needs_no_more_than_its_file(tmp_path):
    """An older file does not tell the held-out errors, a later one tells more: both have their page."""
    write_confirm_page(written(tmp_path, changed("calibration/held_out")))
    older = Reading((tmp_path / "confirm.html").read_text(encoding="utf-8")).text
    write_confirm_page(written(tmp_path, changed("kpis/uph/more", {"of": [1]})))
    later = Reading((tmp_path / "confirm.html").read_text(encoding="utf-8")).text
    assert "not told" in older.partition("its held-out errors")[2][:20]
    assert "mean +0.4 %, p50 +0.3 %" in later


def test_the_workbook_is_for_runs(tmp_path, capsys):
    """Of a confirmation there is none, which is said."""
    assert run_command_line(["report", str(written(tmp_path, NUMBERS)), "--xlsx"]) == 2
    assert "--xlsx" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({}, "scenario is missing"),
        ({"scenario": "a line", "seed": 1}, "ended is missing"),
        ([], "not a JSON object"),
        (changed("kpis", []), "kpis is a list; it must be a mapping"),
        (changed("kpis/uph/margin/size"), "kpis.uph.margin.size is missing"),
        (changed("kpis/uph/margin/size", 0), "kpis.uph.margin.size is 0; it must be greater than 0"),
        (changed("kpis/uph/margin/in", "%"), 'in is "%"; it must be points or share of predicted'),
        (changed("kpis/uph/margin", 1), "margin is 1; it must be a mapping with keys such as size, in"),
        (changed("kpis/uph/verdict", "fine"), 'kpis.uph.verdict is "fine"; it must be equivalent, different'),
        (changed("kpis/uph/predicted/mean", "1,000"), 'predicted.mean is "1,000"; it must be a number'),
        (changed("kpis/uph/live/values/1", True), "kpis.uph.live.values[1] is true; it must be a number"),
        (changed("kpis/uph/live/values", [1]), "kpis.uph.live.values must have a value for each run of live"),
        (changed("live/0/parts", -1), "live[0].parts is -1; it must be 0 or more"),
        (changed("ended", "soon"), 'ended is "soon"; it must be under way, all done, interrupted or failed'),
        (changed("warnings", "none"), 'warnings is "none"; it must be a list'),
        (changed("latency/shares", []), "latency.shares is a list; it must have at least one entry"),
        (
            changed("latency/stations/camera/predicted_low/3"),
            "latency.stations.camera must have a time for each of latency.shares",
        ),
        (
            changed("latency/stations/camera/live/2"),
            "latency.stations.camera.live must have a list for each run of live",
        ),
        (changed("kpis/timeout_rate/predicted/ci_high", 1e308), "its numbers cannot be drawn"),
    ],
)
def test_a_damaged_file_is_told_of(numbers, words, tmp_path, capsys):
    """In a line with what is wrong where, and the way out: exit code 4, and the page that was there stays."""
    (tmp_path / "confirm.html").write_text("as it was")
    assert run_command_line(["report", str(written(tmp_path, numbers))]) == 4
    (told,) = capsys.readouterr().err.splitlines()
    assert f"{tmp_path / 'confirm.json'}: " in told
    assert words in told
    assert "confirm again" in told
    assert (tmp_path / "confirm.html").read_text() == "as it was"


def places(value: Any, above: tuple[str, ...] = ()) -> list[str]:
    """Return every place below the top."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    own = ["/".join(above)] if above else []
    return own + [place for key, part in inside for place in places(part, (*above, str(key)))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(places(NUMBERS)), ANYTHING)
def test_whatever_stands_somewhere_there_is_a_page_or_a_message(tmp_path_factory, place, value):
    """Never a traceback, and never half a page."""
    folder = written(tmp_path_factory.mktemp("any"), changed(place, value))
    with suppress(RunFileError):
        page = write_confirm_page(folder)
        assert Reading(page.read_text(encoding="utf-8")).mistakes == []
