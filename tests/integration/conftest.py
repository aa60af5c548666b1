"""Tiny SavedModels, and a server that serves one of them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from line_sim.inspection.embedded import EmbeddedServer

MAKE_MODELS = Path(__file__).with_name("make_tiny_models.py")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the SavedModels `tiny/1` and `tiny/2` in a process of its own: this one never loads TensorFlow."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run(
        [sys.executable, str(MAKE_MODELS), str(folder)], check=True, timeout=300, capture_output=True
    )
    return folder


@pytest.fixture(scope="session")
def server(models: Path) -> Iterator[EmbeddedServer]:
    """One server with `tiny/1`, for all tests that only ask."""
    base = models / "only_version_1"
    shutil.copytree(models / "tiny" / "1", base / "1")
    with EmbeddedServer("tiny", base) as running:
        yield running


@pytest.fixture
def base(models: Path, tmp_path: Path) -> Path:
    """A model folder with version 1, for a test to change."""
    shutil.copytree(models / "tiny" / "1", tmp_path / "tiny" / "1")
    return tmp_path / "tiny"
