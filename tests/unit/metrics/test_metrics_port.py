"""Who may have the port of a run's metrics, and what the command says of it."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import line_sim
from scraping import SCENARIO, WRITTEN, scrape, value

from line_sim.cli import commands
from line_sim.cli.terminal.metering import metered
from line_sim.errors import ScenarioError
from line_sim.layout import layout_of
from line_sim.live.state import LiveState
from line_sim.metrics.serving import serving


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_port_in_use_is_one_clear_error(taken: int, tmp_path: Path) -> None:
    """Exit code 2, the option and the port in one line, and no folder is left behind."""
    scenario = tmp_path / "line.yaml"
    scenario.write_text(json.dumps(WRITTEN))
    done = line_sim("run", scenario, "--metrics-port", str(taken), "--out", "run", "--quiet", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"Error: --metrics-port is {taken}; it cannot be opened at 127.0.0.1 (Address already in use): "
        "choose a free port, or 0 for any, and an address of this machine\n"
    )
    assert not (tmp_path / "run").exists()


def test_the_port_is_free_again_after_the_run() -> None:
    """Also after a run that failed: the next one can have it at once."""
    state = LiveState(layout_of(SCENARIO))
    with pytest.raises(RuntimeError, match="the line broke"), serving(state, 0, "127.0.0.1") as port:
        raise RuntimeError("the line broke")
    with serving(state, port, "127.0.0.1") as again:
        assert value(scrape(again), "parts_arrived_total") == 0
        with pytest.raises(ScenarioError), serving(state, again, "127.0.0.1"):
            pass


def test_the_command_says_where_its_metrics_are(tmp_path: Path) -> None:
    """A run with a free port of the system's choice goes as any other, and tells the port."""
    scenario = tmp_path / "line.yaml"
    scenario.write_text(json.dumps(WRITTEN))
    done = line_sim("run", scenario, "--metrics-port", "0", "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"metrics for Prometheus at http://127\.0\.0\.1:\d+/metrics$", done.stdout, re.MULTILINE)


def test_several_runs_share_no_port(tmp_path: Path) -> None:
    """With --replications it is refused: nobody could say whose metrics they were."""
    scenario = tmp_path / "line.yaml"
    scenario.write_text(json.dumps(WRITTEN))
    arguments = ["run", str(scenario), "--replications", "2", "--metrics-port", "0"]
    shown = CliRunner().invoke(commands, arguments)
    assert shown.exit_code == 2
    assert "--metrics-port is for one run" in shown.output


def test_without_the_option_nobody_counts(tmp_path: Path) -> None:
    """Off costs nothing: nobody is told of any step, and prometheus_client is never loaded."""
    with metered(LiveState(layout_of(SCENARIO)), None, None, lambda _: None) as counts:
        assert counts == ()
    scenario = tmp_path / "line.yaml"
    scenario.write_text(json.dumps(WRITTEN))
    script = (
        "import sys; from line_sim.cli import commands; "
        f"commands.main(['run', {str(scenario)!r}, '--quiet', '--out', 'run'], standalone_mode=False); "
        "print([name for name in sys.modules if name.startswith(('prometheus', 'line_sim.metrics'))])"
    )
    done = run_python(script, tmp_path)
    assert done == "[]\n"


def run_python(script: str, cwd: Path) -> str:
    """Run a script in a process of its own and return what it printed."""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
