"""Scenarios made to break the loader: each is told in one message, in little time and memory."""

# ruff: noqa: E501 - each message stands on one line, as a user reads it

import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import load, loads

GOOD = """\
version: 1
name: Test line
run: {items: 3}
arrivals: {every: 1 s}
line:
  - station: press
    cycle: {gamma: {mean: 1 s, cv: 0.5}}
    buffer: 1
  - inspection: camera
    deadline: 200 ms
    gateway: {rest: {target: "h:1"}}
review: {time: 4 s}
"""
LONG = "a" * 150
MISTAKES = [
    ('target: "h:1"', f"model_version: {2**63}", f"11:37: line[1].gateway.rest.model_version is {2**63}; it must be less than 9,223,372,036,854,775,808"),
    ("h:1", "a..b:1", '11:30: line[1].gateway.rest.target is "a..b:1"; it must be embedded or HOST:PORT, such as localhost:8500 or [::1]:8500, or unix:PATH of a socket'),
    ("h:1", f"{LONG}:1", f'11:30: line[1].gateway.rest.target is "{LONG[:56]}...; it must be embedded or HOST:PORT, such as localhost:8500 or [::1]:8500, or unix:PATH of a socket'),
    ("h:1", f"{'a.' * 128}a:1", f'11:30: line[1].gateway.rest.target is "{"a." * 28}...; it must have at most 200 characters'),
    ("cv: 0.5", "cv: 1e-300", "7:36: line[0].cycle.gamma.cv is 1e-300; it must be 0.000001 or more (a time that hardly varies is the duration itself)"),
    ("cv: 0.5", "cv: 1e300", "7:36: line[0].cycle.gamma.cv is 1e300; it must be 100 or less"),
    ("items: 3", "items: 1000000001", "3:14: run.items is 1000000001; it must be 1,000,000,000 or less"),
    ("items: 3", f"items: {10**39}", f"3:14: run.items is {10**39}; it must be 1,000,000,000 or less"),
    ("buffer: 1", "buffer: 1000001", "8:13: line[0].buffer is 1000001; it must be 1,000,000 or less"),
    ("buffer: 1", "units: 10001", "8:12: line[0].units is 10001; it must be 10,000 or less"),
    ("items: 3", "items: 3, clock: realtime, pace: 1e-300", "3:40: run.pace is 1e-300; it must be 0.000001 or more"),
    ("200 ms", "25 h", "10:15: line[1].deadline is 25 h; it must be at most 24 h where a real server answers"),
    ('"h:1"', '"h:1", connect_timeout: 1000 h', "11:54: line[1].gateway.rest.connect_timeout is 1000 h; it must be at most 24 h"),
    ("deadline: 200 ms", "units: 1001", "10:12: line[1].units is 1001; with it more than 1,000 units of the line wait for real servers"),
    ("buffer: 1", "units: 10000\n  - {station: b, cycle: 1 s, units: 10000}", "10:5: line[2] holds units; "),
    ('target: "h:1"', "model_base_path: ~nobody-of-this-name/x", "11:39: line[1].gateway.rest.model_base_path is ~nobody-of-this-name/x; it leads nowhere: Could not determine home directory."),
    ('target: "h:1"', f"model_base_path: {'a/' * 600}", f"11:39: line[1].gateway.rest.model_base_path is {('a/' * 29)[:57]}...; it must have at most 1,000 characters"),
]  # fmt: skip


def told(text: str) -> str:
    """Return what is wrong with a text; "" if nothing is."""
    try:
        loads(text, "t.yaml", folder=Path("/tmp"))  # noqa: S108 - nothing is written there
    except ScenarioError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("good", "bad", "message"), MISTAKES, ids=[message[:60] for _, _, message in MISTAKES]
)
def test_every_value_has_its_limits(good, bad, message):
    """What the line or a library below could not bear is refused at its place."""
    assert told(GOOD) == ""
    expected = f"t.yaml:{message}"
    found = told(GOOD.replace(good, bad, 1)).splitlines()
    if "holds units" in message:  # the camera's one unit is the one too many
        expected = "t.yaml:10:5: line[2].units: with it the line has more than 20,000 units"
        assert any("more than 20,000 units" in line for line in found), (expected, found)
        return
    assert expected in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: &a |\n  " + "long text " * 10_000 + "\nb: [" + "*a, " * 15_000 + "]",
            "t.yaml:1:1: a is an unknown key",
        ),
        (
            "a: &a {" + "k: 1, " * 9_000 + "}\nb: [" + "*a, " * 9_000 + "]",
            "there are more than 40,000 keys and values, aliases counted as what they stand for",
        ),
        ("a: &a [" + "1, " * 200 + "]\nb: &b [" + "*a, " * 200 + "]\nc: [" + "*b, " * 200 + "]", "more than 40,000"),
        (GOOD + "".join(f"k{number}: 1\n" for number in range(15_000)), "t.yaml:13:1: k0 is an unknown key"),
        (GOOD + f"? {'k' * 200_000}\n: 1\n", f"t.yaml:13:3: {'k' * 57}... is an unknown key"),
        (
            GOOD.replace("review", "".join(f"  - {{station: s{n}, cycle: 1}}\n" for n in range(1000)) + "review"),
            "it must have at most 1,000 entries",
        ),
        (GOOD.replace("items: 3", f"items: {'9' * 200_000}"), "it must be a whole number"),
        (GOOD.replace("1 s}", f"{'9' * 200_000} s}}", 1), "it is not a duration"),
        (GOOD.replace("1 s}", f"1e{'9' * 200_000}}}", 1), "it must be a finite number of seconds"),
    ],
    ids=["long alias", "doubles", "bomb", "keys", "key", "stations", "digits", "seconds", "exponent"],
)  # fmt: skip
def test_what_is_too_much_is_told_in_one_message(text, message):
    """Neither aliases nor length make the loader work for more than it reads, nor talk without end."""
    tracemalloc.start()
    found = told(text)
    assert tracemalloc.get_traced_memory()[1] < 400 * 1024 * 1024
    tracemalloc.stop()
    assert message in found
    assert len(found) < 20_000


def test_only_files_are_scenarios(tmp_path):
    """A pipe is not waited for, a device not read."""
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device")):
        with pytest.raises(ScenarioError, match=f"cannot be read: it is {what}, not a file"):
            load(path)


def test_an_override_is_told_shortly():
    """An override of a megabyte is no message of a megabyte."""
    with pytest.raises(ScenarioError) as caught:
        loads(GOOD, "t.yaml", [f"line.{'x' * 1_000_000}=1", f"name={'x' * 200_000}"])
    assert len(str(caught.value)) < 2_000


def test_an_override_is_told_on_one_line():
    """Whatever line ends and signs are in it."""
    with pytest.raises(ScenarioError) as caught:
        loads(GOOD, "t.yaml", ["run='\n\n\x1b '", "a\nb=1"])
    assert len(str(caught.value).splitlines()) == 2
    assert str(caught.value).startswith("--set run='\\n\\n\\x1b '")


def test_numbers_of_any_length_are_numbers():
    """Python's own limit on digits stays out of it."""
    assert sys.get_int_max_str_digits() < 200_000
    assert "it must be a whole number" in told(GOOD.replace("items: 3", f"items: {'9' * 5_000}"))
