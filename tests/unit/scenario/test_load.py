"""A scenario file becomes a scenario, and a file that is none is refused without a hang."""

# ruff: noqa: E501 - each message stands on one line, as a user reads it

import itertools
from pathlib import Path

import pytest
from commands import CONTRACT, DEFAULT

from line_sim.errors import ScenarioError
from line_sim.scenario import (
    Constant,
    Empirical,
    Exponential,
    Folder,
    GrpcGateway,
    Inspection,
    Station,
    load,
    loads,
)
from line_sim.units import MILLISECOND, MINUTE, SECOND

LINE = """\
version: 1
name: Test line
run: {items: 3}
arrivals: {every: 1 s}
line:
  - station: press
    cycle: 180 ms
"""

ALIASES = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in itertools.pairwise("abcdefgh"))


def refusal(text: str) -> str:
    """Load a text that is no scenario and return the message."""
    with pytest.raises(ScenarioError) as caught:
        loads(text, "t.yaml")
    return str(caught.value)


def write(folder: Path, text: str | bytes, name: str = "line.yaml") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_scenario_of_the_contract() -> None:
    """A line as users write it is read as it is meant."""
    scenario = load(CONTRACT)
    camera = scenario.inspections[0]
    assert (scenario.name, scenario.seed, scenario.run.items) == ("Flange line", 20231015, 300)
    assert [entry.name for entry in scenario.line] == ["press", "camera", "pack"]
    assert scenario.arrivals.every == Constant(value="250 ms")
    assert camera.deadline == 200 * MILLISECOND
    assert isinstance(camera.gateway, GrpcGateway)
    assert camera.gateway.grpc.embedded
    assert scenario.live
    assert scenario.clock == "coupled"
    press = scenario.line[0]
    assert isinstance(press, Station)
    assert press.breakdowns is not None
    assert press.breakdowns.up == Exponential(mean="20 min")
    assert press.breakdowns.up.mean_ns == 20 * MINUTE


def test_the_default_scenario_is_a_fast_line_whose_people_have_time() -> None:
    """Stations and picture keep the takt, the picture's time leaves little for an answer, nothing fails."""
    scenario = load(DEFAULT)
    press, camera, pack = scenario.line
    assert isinstance(press, Station)
    assert isinstance(pack, Station)
    assert isinstance(camera, Inspection)
    assert isinstance(camera.gateway, GrpcGateway)
    assert scenario.arrivals.every is not None
    takt, picture = scenario.arrivals.every.mean_ns, camera.acquisition.mean_ns
    assert max(press.cycle.mean_ns, pack.cycle.mean_ns, picture) < takt < picture + 20 * MILLISECOND
    assert press.breakdowns is pack.breakdowns is None
    assert scenario.review is not None
    sent, looked_at = (
        scenario.product.defect_rate / takt,
        scenario.review.units / scenario.review.time.mean_ns,
    )
    assert sent < 0.6 * looked_at
    assert camera.gateway.grpc.embedded


def test_what_is_left_out_has_the_documented_default() -> None:
    """A line without inspection runs on the virtual clock, without buffers, each station with one unit."""
    scenario = loads(LINE)
    assert scenario.clock == "virtual"
    assert scenario.seed == 0
    assert scenario.review is None
    station = scenario.line[0]
    assert (station.buffer, station.units) == (0, 1)


@pytest.mark.parametrize(
    ("gateway", "deadline"), [("grpc: {}", 5 * SECOND), ("modelled: {service: 1 s}", None)]
)
def test_every_live_call_has_a_deadline(gateway: str, deadline: int | None) -> None:
    """A live gateway without a deadline gets 5 s; a modelled answer may be waited for as long as it takes."""
    text = f"{LINE}  - {{inspection: camera, gateway: {{{gateway}}}}}\nreview: {{time: 1 s}}\n"
    assert loads(text).inspections[0].deadline == deadline


@pytest.mark.parametrize("word", ["on", "no", "yes", "Off", "y", "1e", "2020-01-01", "0x10", "1:30"])
def test_yaml_has_no_surprises(word: str) -> None:
    """Words that other readers of YAML take for bools, dates and sexagesimal numbers are words."""
    assert loads(LINE.replace("press", word)).line[0].name == word


def test_an_anchor_may_be_used_twice() -> None:
    """Aliases repeat a value, and a mistake in it is told for each place that uses it."""
    text = LINE.replace("180 ms", "&c {exponential: {mean: 1 s}}") + "  - {station: pack, cycle: *c}\n"
    scenario = loads(text)
    assert scenario.line[0] == scenario.line[1].model_copy(update={"station": "press"})
    assert refusal(text.replace("1 s}}", "0}}")).splitlines() == [
        "t.yaml:7:36: line[0].cycle.exponential.mean is 0; it must be greater than 0",
        "t.yaml:7:36: line[1].cycle.exponential.mean is 0; it must be greater than 0",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.yaml:1:1: the file is empty; a scenario has the keys version, name, run, arrivals, line"),
        (
            "# later\n",
            "t.yaml:1:1: the file is empty; a scenario has the keys version, name, run, arrivals, line",
        ),
        ("- 1\n", "t.yaml:1:1: this is [1]; a scenario has the keys version, name, run, arrivals, line"),
        (
            "a: [1\nb: 2",
            "t.yaml:2:2: this is no YAML: while parsing a flow sequence, expected ',' or ']', but got ':'",
        ),
        ("a: b: c", "t.yaml:1:5: this is no YAML: mapping values are not allowed here"),
        ("a: *x", "t.yaml:1:4: this is no YAML: found undefined alias 'x'"),
        ("a: 1\nb: \x07", "t.yaml:2:4: the character U+0007 may not stand in a YAML file"),
        ("a: &a [*a]", "t.yaml:1:4: values are nested deeper than 40 levels"),
        ("[" * 5000, "t.yaml:1:1: values are nested deeper than 40 levels"),
        (
            "a: &a [1]\n" + ALIASES,
            "t.yaml:1:8: there are more than 40,000 keys and values, aliases counted as what they stand for",
        ),
        ("x" * 300_000, "t.yaml is larger than 256 KiB; that is no scenario"),
        (
            "--- {a: 1}\n--- {b: 1}\n",
            "t.yaml:2:1: this is no YAML: expected a single document in the stream, but found another document",
        ),
    ],
    ids=[
        "empty",
        "comment",
        "list",
        "syntax",
        "colon",
        "alias",
        "control",
        "loop",
        "deep",
        "bomb",
        "huge",
        "two",
    ],
)
def test_what_is_no_scenario_is_refused(text: str, message: str) -> None:
    """No text makes the loader hang or fail in any other way than with one clear message."""
    assert refusal(text) == message


def test_a_key_that_is_no_word_is_refused() -> None:
    """A list as a key is legal YAML and means nothing here."""
    assert "t.yaml:8:3: a key must be one word" in refusal(LINE + "? [a, b]\n: 1\n").splitlines()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, a folder, no UTF-8: the message says which, and where the bad byte is."""
    cases = {
        tmp_path / "none.yaml": "cannot be read: No such file or directory",
        tmp_path: "cannot be read: Is a directory",
    }
    for path, message in cases.items():
        with pytest.raises(ScenarioError) as caught:
            load(path)
        assert str(caught.value) == f"{path} {message}"
    latin = write(tmp_path, "version: 1\nname: Prüfung\n".encode("latin-1"))
    with pytest.raises(ScenarioError) as caught:
        load(latin)
    assert str(caught.value) == f"{latin}:2:9: byte 0xFC is not UTF-8; save the file as UTF-8 text"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """Files saved by Windows editors mean the same, and their mistakes have the same place."""
    text = "\ufeff" + LINE.replace("\n", "\r\n")
    assert load(write(tmp_path, text)) == loads(LINE)
    path = write(tmp_path, text.replace("180 ms", "-1"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:7:12: line[0].cycle is -1; it must be 0 or more"


def test_paths_are_beside_the_scenario(tmp_path: Path) -> None:
    """A folder of pictures and a file of times are found from the scenario's folder, wherever one is."""
    (tmp_path / "parts").mkdir()
    write(tmp_path, "part,cycle\n1,0.25\n2,300 ms\n\n", "times.csv")
    cycle = LINE.replace("180 ms", "{empirical: {file: times.csv, column: cycle}}")
    path = write(tmp_path, cycle + "product: {images: {folder: parts}}\n")
    scenario = load(path)
    time = scenario.line[0].cycle if isinstance(scenario.line[0], Station) else None
    assert isinstance(time, Empirical)
    assert time.file == str(tmp_path / "times.csv")
    assert list(time.values) == [250 * MILLISECOND, 300 * MILLISECOND]
    assert time.mean_ns == 275 * MILLISECOND
    assert scenario.product.images == Folder(folder=str(tmp_path / "parts"))


def test_old_results_load_without_the_files_they_name(tmp_path: Path) -> None:
    """A report needs the scenario and not its pictures; only asking for the missing times fails."""
    cycle = LINE.replace("180 ms", "{empirical: {file: gone.csv, column: cycle}}")
    path = write(tmp_path, cycle + "product: {images: {folder: gone}}\n")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value).splitlines() == [
        f"{path}:7:31: line[0].cycle.empirical.file is gone.csv; {tmp_path}/gone.csv cannot be read: No such file or directory",
        f"{path}:8:28: product.images.folder is gone; there is no folder {tmp_path}/gone",
    ]
    station = load(path, read_files=False).line[0]
    assert isinstance(station, Station)
    with pytest.raises(ValueError, match=r"gone\.csv has not been read"):
        _ = station.cycle.mean_ns


@pytest.mark.parametrize(
    ("table", "part", "message"),
    [
        ("a,b\n1,2\n", "column", "is cycle; it is no column of {file}; it has a, b"),
        ("", "column", "is cycle; it is no column of {file}; it has none"),
        ("cycle\n0\n0 s\n", "column", "is cycle; no time in this column of {file} is above 0"),
        (
            "cycle\n1\nfast\n",
            "file",
            "is t.csv; {file}:3: 'fast' is not a duration; write 250 ms, 1.5 s, 20 min, 2 h or a number of seconds",
        ),
        ("cycle\n1\n-2\n", "file", "is t.csv; {file}:3 has -2; times must be 0 or more"),
        ("a,cycle\n1,2\n3\n", "file", "is t.csv; {file}:3 has no value in this column"),
        (b"cycle\n\xff\n", "file", "is t.csv; {file} is not UTF-8 text"),
    ],
    ids=["column", "empty", "zero", "word", "negative", "short", "bytes"],
)
def test_measured_times_are_checked_when_the_scenario_is_loaded(
    tmp_path: Path, table: str | bytes, part: str, message: str
) -> None:
    """A file of times that cannot be used is a mistake in the scenario, at the key that names it."""
    times = write(tmp_path, table, "t.csv")
    path = write(tmp_path, LINE.replace("180 ms", "{empirical: {file: t.csv, column: cycle}}"))
    with pytest.raises(ScenarioError) as caught:
        load(path)
    place = f"{path}:7:{31 if part == 'file' else 46}"
    assert str(caught.value) == f"{place}: line[0].cycle.empirical.{part} {message.format(file=times)}"
