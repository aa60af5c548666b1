"""Rendered flanges: the same part gives the same picture, and a defect is all that a defect changes."""

import hashlib
import io
import os
import subprocess
import sys

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from line_sim.pictures.rendered.flange import SIZE, RenderedFlanges

KINDS = RenderedFlanges(seed=1).defect_kinds

HASHES = """
import hashlib
from line_sim.pictures.rendered.flange import RenderedFlanges
source = RenderedFlanges(seed=7)
for item, kind in ((3, "stain"), (1, ""), (2, "chip")):
    state = "defective" if kind else "good"
    print(item, hashlib.sha256(source.picture(item, state, kind)).hexdigest())
"""


def difference(item: int, kind: str, seed: int = 7) -> npt.NDArray[np.int16]:
    """Return how much each pixel of a flange changes with a defect, (320, 320)."""
    source = RenderedFlanges(seed)
    changed = source.pixels(item, kind).astype(np.int16) - source.pixels(item, "").astype(np.int16)
    return np.abs(changed).max(axis=2)


def test_five_kinds_of_defect_are_known() -> None:
    """A scenario draws the kind of a defective part from these, so their names and order are fixed."""
    assert KINDS == ("stain", "scratch", "pits", "missing_bore", "chip")


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_a_picture_is_a_jpeg_of_the_size_of_a_real_cameras(kind: str) -> None:
    """320 x 320 in colour, and 10 to 30 kB, so that a request weighs what it does on a real line."""
    jpeg = RenderedFlanges(seed=7).picture(5, "defective" if kind else "good", kind)
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (SIZE, SIZE))
    assert 10_000 < len(jpeg) < 30_000


def test_a_part_has_one_picture_whoever_asks_and_whenever() -> None:
    """Another process with another hash seed, asked in another order, renders the same bytes."""
    source = RenderedFlanges(seed=7)
    here = {
        str(item): hashlib.sha256(source.picture(item, "defective" if kind else "good", kind)).hexdigest()
        for item, kind in ((1, ""), (2, "chip"), (3, "stain"))
    }
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    elsewhere = subprocess.run(
        [sys.executable, "-c", HASHES], env=environment, capture_output=True, text=True, check=True
    )
    assert dict(line.split() for line in elsewhere.stdout.splitlines()) == here


def test_parts_and_seeds_differ() -> None:
    """No two of 20 parts, of two seeds, look the same."""
    pictures = {RenderedFlanges(seed).picture(item, "good", "") for seed in (1, 2) for item in range(10)}
    assert len(pictures) == 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_defect_changes_its_place_and_nothing_else(kind: str) -> None:
    """The flange, its pose, the light and the noise belong to the item; the defect is added to them."""
    for item in range(5):
        changed = difference(item, kind) > 0
        assert 0.001 < changed.mean() < 0.08


@pytest.mark.parametrize("kind", KINDS)
def test_a_defect_can_be_seen(kind: str) -> None:
    """Every defect has at least 40 pixels that stand out ten times as far as the sensor's noise."""
    assert min((difference(item, kind) > 20).sum() for item in range(10)) >= 40


@pytest.mark.parametrize("kind", KINDS)
def test_defects_vary_in_place_and_size(kind: str) -> None:
    """Twelve parts show the same kind of defect in many places; a bolt hole can be missing in only six."""
    spots = [np.argwhere(difference(item, kind) > 20).mean(axis=0) for item in range(12)]
    places = {tuple((spot // 20).astype(int)) for spot in spots}
    assert len(places) >= (4 if kind == "missing_bore" else 8)


@pytest.mark.parametrize(
    ("state", "defect"), [("good", "stain"), ("defective", ""), ("defective", "dent"), ("bad", "")]
)
def test_impossible_parts_are_refused(state: str, defect: str) -> None:
    """A good part has no defect and a defective one has a known one; the message lists those."""
    with pytest.raises(ValueError, match="stain, scratch, pits, missing_bore, chip"):
        RenderedFlanges(seed=7).picture(1, state, defect)
