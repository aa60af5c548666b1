"""Tiny SavedModels, and a server that serves one of them."""

import ctypes
import gc
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_calls import RestClient, RestServer, free_port, model_config

from line_sim.inspection.servers.embedded import EmbeddedServer

MAKE_MODELS = Path(__file__).with_name("make_tiny_models.py")


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what an export keeps for the next one out of the home of who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module", autouse=True)
def _given_back() -> Iterator[None]:
    """Give freed memory back to the system when a module is done.

    By itself glibc keeps what TensorFlow's threads have freed: one or two gigabytes a module of exports,
    beside the other workers and the commands that they run, of which an export takes 9 GB itself.
    """
    yield
    gc.collect()
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):  # musl has none
        library.malloc_trim(0)


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
    shutil.copytree(models / "tiny" / "1", base / "1", dirs_exist_ok=True)
    with EmbeddedServer("tiny", base) as running:
        yield running


@pytest.fixture
def base(models: Path, tmp_path: Path) -> Path:
    """A model folder with version 1, for a test to change."""
    shutil.copytree(models / "tiny" / "1", tmp_path / "tiny" / "1")
    return tmp_path / "tiny"


@pytest.fixture(scope="session")
def rest(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestServer]:
    """One server of two models with its REST port open and all of that port's options on."""
    shutil.copytree(models / "tiny" / "1", models / "only_version_1" / "1", dirs_exist_ok=True)
    folder = tmp_path_factory.mktemp("rest")
    (folder / "models.config").write_text(model_config(models))
    (folder / "monitoring.config").write_text("prometheus_config { enable: true path: '/metrics' }")
    port = free_port()
    arguments = [
        f"--model_config_file={folder / 'models.config'}",
        f"--monitoring_config_file={folder / 'monitoring.config'}",
        "--allow_version_labels_for_unavailable_models",
        f"--rest_api_port={port}",
        "--rest_api_timeout_in_ms=5000",
        "--rest_api_enable_cors_support",
    ]
    with EmbeddedServer("tiny", models / "only_version_1", arguments=arguments) as running:
        yield RestServer(running, RestClient(port))
