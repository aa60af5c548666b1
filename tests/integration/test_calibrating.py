"""`line-sim calibrate` against real servers of known law over loopback, however busy the machine is."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import grpc
import pytest
from commands import line_sim
from law_server import law_server
from stub_rest import RestServer, answer
from stub_server import Server

from line_sim.errors import CalibrationError, GatewayError, RunFileError, ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.scenario.gateways.calibration_files import read_calibration
from line_sim.study.calibration.calibrate import Around, Calibrated, calibrate
from line_sim.study.calibration.measuring.load import Usage, all_processors
from line_sim.study.calibration.measuring.measure import How
from line_sim.study.calibration.request import Server as Asked
from line_sim.study.calibration.request import request_of

QUICK = How(2, 3.0)


def machine(then: float, *first: float) -> Callable[[Any], Callable[[], Usage]]:
    """Invent a machine: at each look 10 s have gone by, so much of its time in others' hands."""

    def usage(target: Any) -> Callable[[], Usage]:
        looks, used, shares = count(), [0.0], iter(first)

        def read() -> Usage:
            used[0] += 10 * next(shares, then) * all_processors()
            return Usage(10.0 * next(looks), used[0], 0.0, 0.0)

        return read

    return usage


def calibrated(target: str, out: Path, how: How = QUICK, **around: Any) -> Calibrated:
    """Calibrate a server over gRPC on a machine said to be at rest, for as long as that needs just now."""
    told = {"usage": machine(0.0), **around}
    try:
        return calibrate(request_of(Asked(target=target), how, name="A server"), out, Around(**told))
    except ScenarioError as error:
        enough = 1.3 * float(re.findall(r"give at least (\d+) seconds", str(error))[0])
        return calibrated(target, out, replace(how, seconds=enough), **around)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "places", "keeps"),
    [
        (["--places", "1"], 1, False),
        (["--places", "1", "--keeps"], 1, True),
        (["--places", "99", "--keeps"], 100, True),
    ],
    ids=["FIFO", "FIFO that goes on", "sharing that goes on"],
)
def test_what_a_server_does_is_found(law: list[str], places: int, keeps: bool, tmp_path: Path) -> None:
    """Whether calls wait or share, and whether work goes on for nobody; the files read back."""
    with law_server("--mean", "0.06", "--cv", "0.05", *law) as target:
        found = calibrated(target, tmp_path / "server.yaml", How(2, 15.0, takt=0.09))
    assert found.found.best.places == places
    assert found.found.law.keeps_computing is keeps
    read = read_calibration(found.out)
    assert read.model.after_deadline == ("keeps_computing" if keeps else "stops")
    assert (read.model.sharing is None) is (places == 1)
    assert read.measured.calls == found.found.observed.calls
    assert len(read.cold) == 3
    assert read.measured.target == target
    assert found.page.exists()
    for size, stretches in ((2, "burst"), (2, "loop"), (1, "takt")):
        assert any(found.found.observed.of(stretches, size))


@pytest.fixture
def server() -> Iterator[Server]:
    """A stub that answers at once."""
    stub = Server()
    stub.start()
    yield stub
    stub.stop()


def test_a_busy_machine_is_refused_before_the_first_round(server: Server, tmp_path: Path) -> None:
    """With the share, the limit and the way out; nothing is written."""
    with pytest.raises(CalibrationError, match=r"others took 30\.0% .* above 7% .*--any-load"):
        calibrated(f"127.0.0.1:{server.port}", tmp_path / "s.yaml", usage=machine(0.3))
    assert not list(tmp_path.iterdir())


def test_a_machine_that_gets_busy_is_refused(server: Server, tmp_path: Path) -> None:
    """Rounds that others disturb are done anew three times, and that is told."""
    told: list[str] = []
    with pytest.raises(CalibrationError, match=r"in 4 rounds others took 20\.0%"):
        calibrated(
            f"127.0.0.1:{server.port}",
            tmp_path / "s.yaml",
            usage=machine(0.2, 0.0, 0.0),
            narrate=told.append,
        )
    assert sum("done anew" in line for line in told) == 3
    assert not list(tmp_path.iterdir())


def test_a_round_that_was_disturbed_is_done_anew(tmp_path: Path) -> None:
    """One bad round is forgotten and counted."""
    with law_server("--mean", "0.03") as target:
        how = How(2, 8.0, takt=0.05)
        found = calibrated(target, tmp_path / "s.yaml", how, usage=machine(0.01, 0.0, 0.0, 0.0, 0.5))
    assert found.found.observed.repeated == 1
    assert all(one.foreign == pytest.approx(0.01) for one in found.found.observed.rounds)
    assert read_calibration(found.out).measured.foreign_load == pytest.approx(0.01)


def test_a_stop_leaves_nothing(server: Server, tmp_path: Path) -> None:
    """Half a protocol fits no model."""
    interrupt = Interrupt()
    narrate = lambda text: interrupt.wish() if "rounds of" in text else None  # noqa: E731 - short is clear here
    with pytest.raises(KeyboardInterrupt):
        calibrated(f"127.0.0.1:{server.port}", tmp_path / "s.yaml", interrupt=interrupt, narrate=narrate)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_asked_about_twice(server: Server, tmp_path: Path) -> None:
    """A calibration that is there is refused before the server is even reached."""
    (tmp_path / "s.yaml").touch()
    with pytest.raises(RunFileError, match="it is there already"):
        calibrated(f"127.0.0.1:{server.port}", tmp_path / "s.yaml")
    assert not server.requests


def test_calls_that_fail_again_and_again_end_it(server: Server, tmp_path: Path) -> None:
    """A server that refuses all but the first calls cannot be measured; its status is told."""
    numbers, healthy = count(), server.predict

    def predict(request: Any, context: grpc.ServicerContext) -> bytes:
        if next(numbers) > 60:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "full")
        return healthy(request, context)

    server.predict = predict
    with pytest.raises(GatewayError, match="RESOURCE_EXHAUSTED"):
        calibrated(f"127.0.0.1:{server.port}", tmp_path / "s.yaml")
    assert not list(tmp_path.iterdir())


def test_rest_is_measured_as_well(tmp_path: Path) -> None:
    """The same protocol over kept HTTP connections, with metadata that is written nowhere."""
    server, one_at_a_time = RestServer(), threading.Lock()

    def predict(body: Any) -> tuple[int, Any]:
        with one_at_a_time:
            time.sleep(0.03)
        return answer()

    server.predict = predict
    server.start()
    try:
        options = {"metadata": {"x-api-key": "a-secret-key"}}
        asked = Asked("rest", options, f"127.0.0.1:{server.port}")
        request = request_of(asked, How(2, 20.0), name="Over REST")
        found = calibrate(request, tmp_path / "s.yaml", Around(usage=machine(0.0)))
    finally:
        server.stop()
    assert found.calibration.measured.server["server"] == "rest"
    assert server.headers[-1]["x-api-key"] == "a-secret-key"
    assert not any("a-secret-key" in path.read_text() for path in tmp_path.iterdir())


def test_the_command_says_what_is_wrong(server: Server, tmp_path: Path) -> None:
    """2 for options that do not go together, 3 for no server, 4 for a file that is there."""
    target = f"127.0.0.1:{server.port}"
    nobody = line_sim("calibrate", "--target", "127.0.0.1:1", "--out", "s.yaml", cwd=tmp_path)
    assert nobody.returncode == 3
    both = line_sim("calibrate", "--target", target, "--set", "seed=2", cwd=tmp_path)
    assert both.returncode == 2
    assert "say --scenario, too" in both.stderr
    (tmp_path / "there.yaml").touch()
    there = line_sim("calibrate", "--target", target, "--out", "there.yaml", cwd=tmp_path)
    assert there.returncode == 4


@pytest.mark.slow
def test_the_command_measures_at_a_lines_takt(tmp_path: Path) -> None:
    """Server, takt and pictures of a scenario; the summary and the files."""
    with law_server("--mean", "0.05") as target:
        (tmp_path / "line.yaml").write_text(
            "version: 1\nname: A line\nrun: {items: 5}\narrivals: {every: 150 ms}\n"
            f"line: [{{inspection: camera, gateway: {{grpc: {{target: '{target}'}}}}}}]\n"
            "review: {time: 1 s}\n"
        )
        options = ("--scenario", "line.yaml", "--seconds", "40", "--in-flight", "2", "--any-load")
        done = line_sim("calibrate", *options, "--out", "s.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "lone calls every 150 ms" in done.stdout
    assert "File: s.yaml" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"line.yaml", "s.yaml", "s.html"}
