"""Thumbnails of the parts that went wrong, drawn again from the source of the run's pictures."""

import base64
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from line_sim.errors import PictureError, ScenarioError
from line_sim.figures.catalogue import ESCAPE_RATE, OVERKILL_LATENCY, OVERKILL_MODEL, Figure
from line_sim.figures.folds import Share
from line_sim.pictures.opening import pictures_of
from line_sim.pictures.source import PictureSource
from line_sim.recording.run_columns import Items, RunColumns
from line_sim.scenario import Scenario
from line_sim.truth import DEFECTIVE, GOOD

_KINDS: tuple[tuple[Figure[Share], str], ...] = (
    (ESCAPE_RATE, "Defective parts that were shipped, the highest score first."),
    (OVERKILL_MODEL, "Good parts stopped by an answer, the highest score first."),
    (OVERKILL_LATENCY, "Good parts that took the fallback, the first ones of the run."),
)
MOST_OF_A_KIND = 12
SIDE = 160  # pixels: sharp at 80 on a phone's screen
JPEG_QUALITY = 72


class Thumbnail(NamedTuple):
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


class GallerySection(NamedTuple):
    """The mistakes, and what to know of their pictures."""

    galleries: tuple[Gallery, ...]
    note: str


def gallery_section(scenario: Scenario, run: RunColumns) -> GallerySection:
    """Return the escapes and the overkill of the whole run, the surest mistakes first."""
    source, note = _source(scenario)
    galleries = []
    for (figure, meaning), parts in zip(_KINDS, _parts(run), strict=True):
        chosen = parts.sorted_by(np.nan_to_num(-parts.score, nan=1.0), parts.item).stretch(0, MOST_OF_A_KIND)
        shown = tuple(_thumbnails(chosen, run, source))
        galleries.append(Gallery(figure.title, meaning, len(parts), shown))
    return GallerySection(tuple(galleries), note)


def _parts(run: RunColumns) -> list[Items]:
    """Return the parts of every kind of mistake, all looked for in one look at the run's."""
    looks = [[figure.fold.which.of(items) for figure, _ in _KINDS] for items in run.items.pieces()]
    return [run.items.where(np.concatenate(masks)) for masks in zip(*looks, strict=True)]


def _source(scenario: Scenario) -> tuple[PictureSource | None, str]:
    """Return where the pictures come from, and what a reader must know of them."""
    note = "" if scenario.live else "No network looked at these pictures: the inference was not a live one."
    try:
        return pictures_of(scenario), note
    except (ScenarioError, OSError):
        words = dict.fromkeys(images.words for images in scenario.product.images_of_variants)
        return None, f"{' or '.join(words)} are not at hand any more."


def _thumbnails(items: Items, run: RunColumns, source: PictureSource | None) -> Iterator[Thumbnail]:
    """Yield what is to be seen and said of some parts."""
    goods, reviewed, shipped, scrapped = items.good, items.reviewed, items.shipped, items.scrapped
    for row, (item, score) in enumerate(zip(items.item.tolist(), items.score.tolist(), strict=True)):
        defect, label, outcome = (
            run.words[int(codes[row])] for codes in (items.defect, items.label, items.outcome)
        )
        state = GOOD if goods[row] else DEFECTIVE
        truth = f"defective: {defect.replace('_', ' ')}" if defect else state
        said = (
            f"{label}, {score:.3f}" if not math.isnan(score) else f"no answer ({outcome.replace('_', ' ')})"
        )
        fate = "shipped" if shipped[row] else "scrapped" if scrapped[row] else "on the line"
        if reviewed[row] and fate != "on the line":
            fate += " after review"
        described = f"Part {item}, truly {truth}; answer: {said}; {fate}"
        picture = _data_uri(source, partial(_picture_of, item, state, defect))
        yield Thumbnail(item, picture, described, truth, said, fate)


def _picture_of(item: int, state: str, defect: str, source: PictureSource) -> bytes:
    return source.picture(item, state, defect)


def _data_uri(source: PictureSource | None, take: Callable[[PictureSource], bytes]) -> str:
    """Return a picture small enough to carry, nothing where it cannot be had any more."""
    if source is None:
        return ""
    from line_sim.pictures.files.decoding import decoding, opened  # noqa: PLC0415 - most lines have no pictures

    small = io.BytesIO()
    try:
        jpeg = take(source)
        with decoding():
            whole = opened(io.BytesIO(jpeg))
            whole.draft("RGB", (2 * SIDE, 2 * SIDE))  # a line scan need not be decoded whole for this
            picture = whole.convert("RGB")
            picture.thumbnail((SIDE, SIDE))
            picture.save(small, format="JPEG", quality=JPEG_QUALITY, optimize=True)
    except (PictureError, ValueError):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(small.getvalue()).decode('ascii')}"
