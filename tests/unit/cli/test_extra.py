"""Without the extra `line-sim[server]`: what needs it says so, and all else is done."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from commands import DEFAULT, MODELLED, ROOT

from line_sim.cli.group import run_command_line
from line_sim.errors import GatewayError
from line_sim.inspection.extra import PACKAGES, refuse_without_extra

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DISTRIBUTIONS = {
    "PIL": "pillow",
    "google": "protobuf",
    "grpc": "grpcio",
    "prometheus_client": "prometheus-client",
    "pydantic_core": "pydantic",
    "yaml": "pyyaml",
}
"""What is imported by another name than it is installed by."""
NEEDS = "needs TensorFlow, which is not installed: pip install 'line-sim[server]'"
ELSEWHERE = "; or ask a server that runs elsewhere: --target HOST:PORT"


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Be where nothing of the extra is installed; gives a folder to work in."""
    for package in PACKAGES:
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(requirements: list[str]) -> set[str]:
    """Return the packages' names without versions and extras."""
    return {re.split(r"[<>=\[]", one)[0] for one in requirements}


@pytest.mark.parametrize(
    "arguments",
    [["export"], ["export", "--force"], ["serve", "--model_base_path=/m"], ["compare-inference", "part.jpg"]],
)
def test_a_command_of_the_server_says_what_to_install(
    light: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, and nothing is begun."""
    assert run_command_line(arguments) == 3
    assert capsys.readouterr() == ("", f"Error: 'line-sim {arguments[0]}' {NEEDS}\n")


def test_a_run_on_the_embedded_server_names_three_ways_out(
    light: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Install the extra, ask a server elsewhere, or model one; no folder is made."""
    assert run_command_line(["run", str(DEFAULT)]) == 3
    said = capsys.readouterr().err
    modelled = "; or model one: --set 'line.camera.gateway={modelled: {service: 120 ms}}'\n"
    assert said == f"Error: camera: the embedded server {NEEDS}{ELSEWHERE}{modelled}"
    assert list(light.iterdir()) == []


def test_check_shows_the_line_first(light: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What needs no server is told; the exit code is that of the run that would follow."""
    assert run_command_line(["check", str(DEFAULT)]) == 3
    told = capsys.readouterr()
    assert "Limits" in told.out
    assert NEEDS in told.err


def test_confirm_does_not_predict_what_it_could_not_hold_against_a_run(
    light: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A prediction takes its time; the way out is told before it."""
    calibration = ROOT / "scenarios" / "servers" / "embedded-float32.yaml"
    assert run_command_line(["confirm", str(DEFAULT), "--calibrated", str(calibration), "--out", "out"]) == 3
    assert NEEDS in capsys.readouterr().err
    assert list(light.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["classify", "--metadata", "--target", "embedded"], ["calibrate", "--target", "embedded", "--quiet"]],
)
def test_a_question_to_the_embedded_server_is_refused(
    light: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written."""
    assert run_command_line(arguments) == 3
    assert capsys.readouterr().err == f"Error: the embedded server {NEEDS}{ELSEWHERE}\n"
    assert list(light.iterdir()) == []


def test_a_modelled_line_needs_nothing_of_it(light: Path) -> None:
    """Neither to be checked nor to be run."""
    for command in (["check"], ["run", "--items", "5", "--out", "out", "--quiet"]):
        assert run_command_line([*command, str(DEFAULT), "--set", MODELLED]) == 0


def test_half_of_the_extra_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where TensorFlow is there and others are not."""
    for package in ("h5py", "uvicorn"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(GatewayError, match=r"^export needs h5py, uvicorn, which is not installed: pip "):
        refuse_without_extra("export")


def test_a_bare_package_that_stands_in_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the embedded server has one of TensorFlow: no record says where such a one came from."""
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    refuse_without_extra("export")


def test_the_extra_is_what_is_looked_for() -> None:
    """All of it but setuptools, which is there for tensorflow-hub, and what the base has, too."""
    wanted = names(PROJECT["optional-dependencies"]["server"]) - {"setuptools"}
    wanted -= names(PROJECT["dependencies"])
    assert {name.lower() for name in PACKAGES.values()} == wanted


def imports(module: Path) -> set[str]:
    """Return the packages that a module imports from, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_the_simulator_imports_its_base_dependencies_only() -> None:
    """And these where an extra is installed; what else it imported would be missing in a light one."""
    used = set().union(*map(imports, (ROOT / "line_sim").rglob("*.py")))
    foreign = used - set(sys.stdlib_module_names) - {"line_sim", ""}
    needed = {DISTRIBUTIONS.get(name, name) for name in foreign}
    assert needed == names(PROJECT["dependencies"]) | {"distributed", "llvmlite", "numba", "pandas"}
