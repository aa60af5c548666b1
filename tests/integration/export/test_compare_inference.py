"""The real comparison: all ways to ask the exported model say the same."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.server]

MODEL = Path("models/inception_v3")
WAYS = [
    "eager",
    "predict",
    "tf.function",
    "frozen float32",
    "frozen bfloat16",
    "SavedModel",
    "server, gRPC",
    "server, REST",
]


@pytest.mark.skipif(
    not list(MODEL.glob("*/assets.extra/unfrozen.npz")), reason="needs a model of 'line-sim export'"
)
def test_all_ways_say_the_same_of_a_picture(tmp_path: Path) -> None:
    """In single precision every way gives eager's label and, but for rounding, its score."""
    noise = np.random.default_rng(3).integers(0, 255, (64, 64, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG")
    (tmp_path / "part.jpg").write_bytes(buffer.getvalue())
    command = ["compare-inference", str(tmp_path / "part.jpg"), "--model", str(MODEL), "--rounds", "2"]
    result = subprocess.run(
        [sys.executable, "-m", "line_sim.cli", *command, "--json", str(tmp_path / "found.json")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    ways = json.loads((tmp_path / "found.json").read_text())["ways"]
    assert [way["name"] for way in ways] == WAYS
    assert all(len(way["latencies"]) == 2 for way in ways)
    single = [way for way in ways if way["name"] in WAYS[:4]]
    assert all(way["agreed"] == way["asked"] for way in single), single
    assert all(way["largest_difference"] < 1e-3 for way in single), single
    served = [way for way in ways if way["name"] in WAYS[5:]]
    assert len({way["label"] for way in served}) == 1, served
    assert max(way["score"] for way in served) - min(way["score"] for way in served) < 1e-4, served
