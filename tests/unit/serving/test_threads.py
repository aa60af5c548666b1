"""Who computes: the thread that runs an operation does its share."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from line_sim_serving.__main__ import main
from line_sim_serving.limits.memory import CAP
from line_sim_serving.models.settings import CALLER_COMPUTES, let_callers_compute

ROOT = Path(__file__).parents[3]


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment say nothing, and be afterwards as it was."""
    monkeypatch.setenv(CALLER_COMPUTES, "")
    monkeypatch.delenv(CALLER_COMPUTES)


@pytest.mark.usefixtures("unset")
def test_callers_compute_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset it is turned on; whoever has set it is obeyed."""
    let_callers_compute()
    assert os.environ[CALLER_COMPUTES] == "true"
    monkeypatch.setenv(CALLER_COMPUTES, "false")
    let_callers_compute()
    assert os.environ[CALLER_COMPUTES] == "false"


@pytest.mark.usefixtures("unset")
def test_the_embedded_server_starts_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is settled by the time the server, and TensorFlow with it, begins."""
    seen = []
    stand_in = SimpleNamespace(serve=lambda *_: seen.append(os.environ[CALLER_COMPUTES]) or 0)
    monkeypatch.setitem(sys.modules, "line_sim_serving.server", stand_in)  # the real one brings TensorFlow
    monkeypatch.setenv(CAP, "1")
    assert main(["--model_base_path=/nowhere"]) == 0
    assert seen == ["true"]


def test_the_real_server_s_image_starts_so() -> None:
    """The image of TensorFlow Serving has the same setting."""
    assert f"ENV {CALLER_COMPUTES}=true" in (ROOT / "serving" / "Dockerfile").read_text().splitlines()
