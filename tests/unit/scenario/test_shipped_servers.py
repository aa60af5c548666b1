"""The servers that are shipped: every file reads, serves a line, and is what the recorded data make."""

import subprocess
import sys

import pytest
from commands import ROOT, line_sim

from line_sim.scenario import Scenario, loads
from line_sim.scenario.gateways.calibration_files import calibration_of, calibration_text, read_calibration
from line_sim.study.lean import figures_in, summary_of

SERVERS = ROOT / "scenarios" / "servers"
FILES = sorted(SERVERS.glob("*.yaml"))
README = (SERVERS / "README.md").read_text(encoding="utf-8")
BENCH = ROOT / "benchmarks" / "gpu"


def line(file: str, cameras: int) -> Scenario:
    """Return a line of so many cameras that always have a part."""
    return loads(
        f"""
        version: 1
        name: Cameras
        run: {{items: 2000}}
        arrivals: {{saturated: true}}
        line:
          - inspection: camera
            units: {cameras}
            buffer: {cameras}
            acquisition: {{exponential: {{mean: 20 us}}}}
            gateway: {{calibrated: servers/{file}}}
        review: {{units: 1, time: 1 ms}}
        """,
        folder=ROOT / "scenarios",
    )


def test_there_are_some() -> None:
    """The folder is not empty."""
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_reads_is_small_and_tells_how_it_was_measured(file) -> None:
    """It holds its measurements and its errors, and the README has it."""
    calibration = read_calibration(file)
    assert calibration_of(calibration_text(calibration)) == calibration
    assert file.stat().st_size < 100_000
    assert calibration.measured.calls
    assert calibration.blocks.alone
    assert {"throughput", "p50", "p95", "noise"} <= set(calibration.held_out)
    assert f"`{file.name}`" in README


@pytest.mark.parametrize("cameras", [1, 4, 12])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_line_gets_the_pace_that_the_file_tells(file, cameras: int) -> None:
    """Cameras that always have a part get mu(n) / E[S] answers a second; a lone one pays for the way, too."""
    model = read_calibration(file).model
    way = model.overhead if cameras == 1 else 0
    pace = model.capacity(cameras) * 1e9 / (model.alone.mean_ns + way)
    assert figures_in(summary_of(line(file.name, cameras)))["uph"] / 3600 == pytest.approx(pace, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_short_run_passes_its_audit(file, tmp_path) -> None:
    """The scenario that asks one, for half a second of its line, with each of them."""
    asks = f"line.camera.gateway={{calibrated: {file}}}"
    options = (
        "--items",
        "300",
        "--set",
        "run.warm_up=0 s",
        "--set",
        asks,
        "--quiet",
        "--out",
        tmp_path / "run",
    )
    done = line_sim("run", ROOT / "scenarios" / "gpu_server.yaml", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert line_sim("audit", tmp_path / "run", cwd=tmp_path).returncode == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[str, dict[str, bytes]]:
    """Run the script on the recorded data; give what it prints and the files that it writes."""
    folder = tmp_path_factory.mktemp("servers")
    done = subprocess.run(
        [sys.executable, BENCH / "calibration.py", "--out", folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.skipif(not (BENCH / "data").is_dir(), reason="the recorded data are in the repository alone")
def test_the_recorded_data_make_the_very_same_bytes(made) -> None:
    """What the script writes is what lies here."""
    _, files = made
    assert files == {file.name: file.read_bytes() for file in FILES if not file.stem.startswith("embedded")}


@pytest.mark.slow
@pytest.mark.skipif(not (BENCH / "data").is_dir(), reason="the recorded data are in the repository alone")
def test_the_table_of_the_readme_is_the_scripts(made) -> None:
    """Those that were refused stand there as well, with their numbers."""
    rows = [row for row in made[0].splitlines() if row.startswith("|")]
    assert len(rows) > 2 + len(FILES)
    assert "\n".join(rows) in README


@pytest.mark.slow
@pytest.mark.skipif(not (BENCH / "data").is_dir(), reason="the recorded data are in the repository alone")
def test_the_readme_tells_how_far_batching_is_off() -> None:
    """The numbers for which no server that puts calls together is shipped."""
    command = [sys.executable, BENCH / "batching.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout in README
