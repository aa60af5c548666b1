"""Thumbnails of the parts that went wrong, drawn again from the source of the run's pictures."""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from line_sim.analysis.columns import BoolArray
from line_sim.errors import ScenarioError
from line_sim.inspection.images.flange import RenderedFlanges
from line_sim.inspection.images.folder import PictureFolder
from line_sim.inspection.images.source import PictureSource
from line_sim.report.page.rows import Rows
from line_sim.scenario import Scenario
from line_sim.scenario.model import Folder

MOST_OF_A_KIND = 12
SIDE = 160  # pixels: sharp at 80 on a phone's screen
JPEG_QUALITY = 72


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A part and what was said of it; `picture` is a data URI, empty where there is no picture."""

    item: int
    picture: str
    described: str
    truth: str
    answer: str
    fate: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """Parts of one kind of mistake: `told` of them are shown, or said to be none."""

    title: str
    meaning: str
    count: int
    thumbnails: tuple[Thumbnail, ...]


@dataclass(frozen=True, slots=True)
class GallerySection:
    """The mistakes, and what to know of their pictures."""

    galleries: tuple[Gallery, ...]
    note: str


def gallery_section(scenario: Scenario, rows: Rows) -> GallerySection:
    """Return the escapes and the overkill of the whole run, the surest mistakes first."""
    source, note = _source(scenario)
    items = rows.columns.items
    escaped = items.shipped & ~items.good
    overkill = items.good & items.evaluated & (items.reviewed | items.scrapped)

    def gallery(title: str, meaning: str, which: BoolArray) -> Gallery:
        chosen = np.flatnonzero(which)
        scores = np.array([-1.0 if s is None else s for s in items.score[chosen].tolist()])
        chosen = chosen[np.argsort(-scores, kind="stable")][:MOST_OF_A_KIND]
        shown = tuple(_thumbnail(rows, row, source) for row in chosen.tolist())
        return Gallery(title, meaning, int(which.sum()), shown)

    return GallerySection(
        (
            gallery("Escapes", "Defective parts that were shipped, the highest score first.", escaped),
            gallery(
                "Overkill by the model",
                "Good parts stopped by an answer, the highest score first.",
                overkill & items.answered,
            ),
            gallery(
                "Overkill for want of an answer",
                "Good parts that took the fallback, the first ones of the run.",
                overkill & ~items.answered,
            ),
        ),
        note,
    )


def _source(scenario: Scenario) -> tuple[PictureSource | None, str]:
    """Return where the pictures come from, and what a reader must know of them."""
    images = scenario.product.images
    note = "" if scenario.live else "No network looked at these pictures: the inference was not a live one."
    if not isinstance(images, Folder):
        return RenderedFlanges(scenario.seed), note
    try:
        return PictureFolder(Path(images.folder), scenario.seed), note
    except (ScenarioError, OSError):
        return None, f"The pictures in {images.folder} are not at hand any more."


def _thumbnail(rows: Rows, row: int, source: PictureSource | None) -> Thumbnail:
    items = rows.columns.items
    item, score, defect = int(items.item[row]), items.score[row], rows.defects[row]
    state = "good" if items.good[row] else "defective"
    truth = f"defective: {defect.replace('_', ' ')}" if defect else state
    outcome = str(items.outcome[row]).replace("_", " ")
    answer = f"{items.label[row]}, {score:.3f}" if score is not None else f"no answer ({outcome})"
    fate = "shipped" if items.shipped[row] else "scrapped" if items.scrapped[row] else "on the line"
    fate = f"{fate} after review" if items.reviewed[row] and not items.on_line[row] else fate
    described = f"Part {item}, truly {truth}; answer: {answer}; {fate}"
    picture = _data_uri(source, lambda known: known.picture(item, state, defect))
    return Thumbnail(item, picture, described, truth, answer, fate)


def _data_uri(source: PictureSource | None, take: Callable[[PictureSource], bytes]) -> str:
    """Return a picture small enough to carry, nothing where it cannot be had any more."""
    if source is None:
        return ""
    small = io.BytesIO()
    try:
        with Image.open(io.BytesIO(take(source))) as whole:
            picture = whole.convert("RGB")
            picture.thumbnail((SIDE, SIDE))
            picture.save(small, format="JPEG", quality=JPEG_QUALITY, optimize=True)
    except (OSError, ValueError):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(small.getvalue()).decode('ascii')}"
