"""A run's folder, damaged anywhere: it is reported on, or told with its file, and nothing else."""

import csv
import io
import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from fuzzing import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from line_sim import api
from line_sim.errors import RunFileError, ScenarioError
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.scenario import load
from line_sim.simulation import audit_again, report_again, simulate
from line_sim.study.comparison.folders import compare_folders
from line_sim.study.comparison.text import comparison_json, comparison_text

SCENARIO = """\
version: 1
name: Small line
seed: 3
run: {items: 40}
arrivals: {every: 1 s}
product: {defect_rate: 0.3}
line:
  - station: press
    cycle: {exponential: {mean: 700 ms}}
    breakdowns: {up: {exponential: {mean: 9 s}}, repair: 1 s}
  - inspection: camera
    buffer: 1
    deadline: 400 ms
    gateway: {modelled: {service: {gamma: {mean: 250 ms, cv: 0.6}}}}
review: {time: 2 s, buffer: 2}
"""
TABLES = ("items.csv", "visits.csv", "calls.csv", "breakdowns.csv")
FILES = (*TABLES, "run.json", "summary.json", "scenario.yaml")


class Long(str):
    """A text that is not written out where a failure is told."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{str(self[:9])!r}... ({len(self)})"


FIELDS = st.sampled_from(
    [
        *(
            "",
            "-1",
            "0",
            "1",
            "2",
            "999999999",
            "9" * 19,
            "9" * 400,
            "1e5",
            "1e999999",
            "nan",
            "inf",
            "-0.000000001",
        ),
        *("9223372036.854775807", "6307200000.000000000", "6307200000.000000001", "9999999999.999999999"),
        *(
            "good",
            "press",
            "camera",
            "review",
            "nobody",
            "=1+1",
            "\ud7ff",
            "a\r\nb",
            '"',
            "answered",
            "on_line",
        ),
        *("x" * 300, Long("x" * 140_000), "\0", "\u2028"),
    ]
) | st.integers(-(2**70), 2**70).map(str)
SETTINGS = st.sampled_from(
    [
        *(0, 1, 3, 10_000, 10**6, 10**9, 0.5, 1e-6, 100, True, "1 ns", "1 us", "876000 h", "auto", "stop"),
        *({"saturated": True}, {"items": 10**9}, {"duration": "876000 h"}, {"duration": "1 ns"}),
        *({"gamma": {"mean": "1 ns", "cv": 100}}, {"lognormal": {"mean": "876000 h", "cv": 100}}),
        *({"modelled": {"service": 0}}, {"grpc": {"target": "h:1"}}, {"replay": {"calls": "calls.csv"}}),
    ]
)
"""What a scenario may well say, but not that of this run."""

KEYS = st.sampled_from(["a", "press", "units"])
VALUES = st.recursive(
    st.sampled_from([None, True, 0, -1, 1e308, 2**63, 2**70, 10**400, "", "x", "completed", 0.1]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A folder that nobody has damaged."""
    made = tmp_path_factory.mktemp("whole")
    (made / "t.yaml").write_text(SCENARIO)
    return simulate(load(made / "t.yaml"), made / "run").folder


def places(value: object, key: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield every key path of a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield (*key, part)
        yield from places(inner, (*key, part))


@st.composite
def damages(draw: st.DrawFn) -> tuple[str, str, tuple[object, ...]]:
    """Return a file, a kind of damage, and what it needs to know."""
    name = draw(st.sampled_from(FILES))
    kinds = ["bytes", "cut", "double", "swap"]
    kinds += ["field", "field", "field", "row"] if name.endswith(".csv") else []
    kinds += ["value", "value", "value", "text"] if name.endswith(".json") else []
    kinds += ["setting"] * 4 if name == "scenario.yaml" else []
    kind = draw(st.sampled_from(kinds))
    where = draw(st.integers(0, 10**6)), draw(st.integers(0, 20))
    if kind == "field":
        return name, kind, (*where, draw(FIELDS))
    if kind == "value":
        return name, kind, (*where, draw(VALUES))
    if kind == "setting":
        return name, kind, (*where, draw(SETTINGS))
    if kind == "text":
        texts = [
            Long("[" * 100_000),
            '{"ended": 1e999999}',
            Long('{"a": ' + "9" * 5000 + "}"),
            "NaN",
            "null",
            "[]",
            '{"started": {}}',
            "",
        ]
        return name, kind, (draw(st.sampled_from(texts)),)
    return name, kind, (*where, draw(st.binary(min_size=1, max_size=4)))


def with_another(content: Any, place: int, value: object) -> Any:
    """Return what a file holds with one value in it changed."""
    keys = list(places(content))
    *way, last = keys[place % len(keys)]
    reduce(lambda inner, part: inner[part], way, content)[last] = value
    return content


def damage(path: Path, kind: str, how: tuple) -> None:
    """Damage a file; one that is past it already stays as it is."""
    with suppress(
        ValueError, TypeError, IndexError, ZeroDivisionError, RecursionError, csv.Error, yaml.YAMLError
    ):
        _damage(path, kind, how)


def _damage(path: Path, kind: str, how: tuple) -> None:
    data = path.read_bytes()
    match kind, how:
        case "text", (text,):
            path.write_text(text)
        case "field", (row, column, field):
            rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
            chosen = rows[row % len(rows)]
            chosen[column % len(chosen)] = field
            text = io.StringIO(newline="")
            csv.writer(text).writerows(rows)
            path.write_bytes(text.getvalue().encode(errors="surrogatepass"))
        case "value", (place, _, value):
            path.write_text(json.dumps(with_another(json.loads(data), place, value)))
        case "setting", (place, _, value):
            path.write_text(yaml.safe_dump(with_another(yaml.safe_load(data), place, value)))
        case "row", (row, other, _):
            lines = data.splitlines(keepends=True)
            lines[row % len(lines)] = lines[other % len(lines)]
            path.write_bytes(b"".join(lines))
        case "cut", (place, _, _):
            path.write_bytes(data[: place % (len(data) + 1)])
        case "double", _:
            path.write_bytes(data + data)
        case "swap", (place, other, _):
            name = FILES[other % len(FILES)]
            path.write_bytes((path.parent / name).read_bytes())
        case _, (place, length, new):
            at = place % (len(data) + 1)
            path.write_bytes(data[:at] + new + data[at + length :])


def told(path: Path, use) -> None:
    """Use a folder; an error must be one message that names a file in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            use()
    except (RunFileError, ScenarioError) as error:
        message = str(error)
    else:
        return
    assert str(path) in message.splitlines()[0], message[:500]
    assert len(message) < 20_000


@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(st.lists(damages(), min_size=1, max_size=2))
@example([("run.json", "text", ('{"ended": null, "ended_at_s": null, "started": {}}',))])
@example([("run.json", "text", (Long("[" * 100_000),))])
@example([("run.json", "text", ('{"ended": "completed", "ended_at_s": 1e999999}',))])
@example([("summary.json", "value", (1864, 0, 10**400))])
@example([("calls.csv", "field", (5, 11, "9" * 19))])
@example([("calls.csv", "field", (5, 10, "9" * 19))])
@example([("calls.csv", "field", (5, 4, "-1"))])
@example([("calls.csv", "field", (5, 5, "-0.000000001"))])
def test_a_damaged_folder_is_told(whole, tmp_path_factory, done):
    """report, audit, compare and read answer with figures or with the file that is wrong."""
    folder = tmp_path_factory.mktemp("damaged") / "run"
    shutil.copytree(whole, folder)
    for name, kind, how in done:
        damage(folder / name, kind, how)
    told(folder, lambda: str(api.read(folder)))
    told(folder, lambda: [str(check) for check in audit_again(folder).values()])
    told(folder, lambda: [comparison_text(found := compare_folders(whole, folder)), comparison_json(found)])

    def report() -> None:
        result = report_again(folder)
        summary_text(result.summary)
        write_page(result)
        str(api.read(folder))

    told(folder, report)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["missing", "pipe", "device", "folder", "circle"])
def test_what_is_no_file_is_told(whole, tmp_path, name, kind):
    """Nobody waits for a pipe in a run's folder, nor reads a device."""
    folder = tmp_path / "run"
    shutil.copytree(whole, folder)
    path = folder / name
    path.unlink()
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "circle":
            path.symlink_to(path)
    told(folder, lambda: audit_again(folder))
    told(folder, lambda: str(api.read(folder)))
    told(folder, lambda: compare_folders(whole, folder))
    told(folder, lambda: write_page(report_again(folder)))


def test_a_link_that_is_planted_leads_nothing_out_of_the_folder(whole, tmp_path):
    """Neither a foreseeable name beside a file nor the file's own name is followed."""
    folder, outside = tmp_path / "run", tmp_path / "outside"
    shutil.copytree(whole, folder)
    outside.write_text("mine")
    for name in ("summary.json", "latency.csv", "report.html"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(outside)
        (folder / f"{name}.part").symlink_to(outside)
    write_page(report_again(folder))
    assert outside.read_text() == "mine"
    assert not any((folder / name).is_symlink() for name in ("summary.json", "latency.csv", "report.html"))
    assert not [path for path in folder.glob(".*.part") if not path.is_symlink()]


def test_the_fuzzer_does_what_it_says(whole):
    """The folder is one of a run, and Python's limit on digits is what the damage goes beyond."""
    assert {path.name for path in whole.iterdir()} >= set(FILES)
    assert sys.get_int_max_str_digits() < 5_000
    assert re.search("camera", (whole / "calls.csv").read_text())
