"""A picture file as a person sees it: upright, opaque, grey or RGB of eight bits a sample."""

import io
from functools import partial

import numpy as np
import numpy.typing as npt
from PIL import Image

from line_sim.errors import PictureError
from line_sim.pictures.files.decoding import opened
from line_sim.pictures.files.depth import Deep, band_of, bands, bits_of, deep, eight_bits
from line_sim.pictures.files.headers import TURNS, orientation_of

PAPER = 255
"""The grey of what is behind a transparent picture: white."""


def as_seen(content: bytes) -> Image.Image:
    """Return a picture of mode L or RGB; within `decoding`.

    Raises PictureError, besides what Pillow raises, for what nobody can see without being told more.
    """
    picture = opened(io.BytesIO(content))
    turn = TURNS.get(orientation_of(picture))
    samples = deep(content)
    flat = _opaque_of(samples) if samples else _eight_bit(picture)
    return flat if turn is None else flat.transpose(turn)


def _eight_bit(picture: Image.Image) -> Image.Image:
    picture.load()
    match picture.mode:
        case "F":
            return _of_fractions(picture)
        case "LAB":
            raise PictureError("its colours are CIELAB; save it as grey or RGB")
        case "LA" | "La" | "PA" | "RGBA" | "RGBa":
            return _opaque(picture.convert("LA" if picture.mode in {"LA", "La"} else "RGBA"))
        case _ if "transparency" in picture.info:
            return _opaque(picture.convert("RGBA"))
        case "1" | "L":
            return picture if picture.mode == "L" else picture.convert("L")
        case mode:
            return picture if mode == "RGB" else picture.convert("RGB")


def _of_fractions(picture: Image.Image) -> Image.Image:
    """Show real numbers from 0 to 1; of others nobody knows which is white."""
    flat = Image.new("L", picture.size)
    for top, band in bands(picture.size, partial(band_of, picture)):
        if not (np.all(band >= 0) and np.all(band <= 1)):
            raise PictureError("its samples are real numbers, and not all within 0 (black) and 1 (white)")
        _put(flat, np.floor(band * 255 + 0.5).astype(np.uint8), top)
    return flat


def _opaque(picture: Image.Image) -> Image.Image:
    """Lay a picture with an alpha on white paper."""
    flat = Image.new("L" if picture.mode == "LA" else "RGB", picture.size)
    for top, band in bands(picture.size, partial(band_of, picture)):
        _put(flat, on_paper(band), top)
    return flat


def _opaque_of(samples: Deep) -> Image.Image:
    """Bring deep samples to eight bits and lay them on white paper; an alpha has a depth of its own."""
    colour = alpha = 0
    for _, band in bands(samples.size, samples.rows):
        channels = _colours(band)
        colour = max(colour, int(band[..., :channels].max()))
        alpha = max(alpha, int(band[..., channels:].max(initial=0)))
    bits = samples.bits or bits_of(colour)
    flat: Image.Image | None = None
    for top, band in bands(samples.size, samples.rows):
        channels = _colours(band)
        shallow = np.concatenate(
            [eight_bits(band[..., :channels], bits), eight_bits(band[..., channels:], bits_of(alpha))], axis=2
        )
        flat = flat or Image.new("L" if channels == 1 else "RGB", samples.size)
        _put(flat, on_paper(shallow), top)
    assert flat is not None  # noqa: S101 - for the type checker: a picture has rows
    return flat


def _colours(band: npt.NDArray[np.uint16]) -> int:
    """Return how many channels are no alpha."""
    return 1 if band.shape[2] < 3 else 3


def on_paper(band: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Lay some rows, (rows, width, channels), on white paper where their last channel is an alpha."""
    if band.shape[2] % 2:
        return band
    colour, alpha = band[..., :-1].astype(np.uint16), band[..., -1:].astype(np.uint16)
    return ((colour * alpha + PAPER * (255 - alpha) + 127) // 255).astype(np.uint8)


def _put(flat: Image.Image, band: npt.NDArray[np.uint8], top: int) -> None:
    flat.paste(Image.fromarray(band[..., 0] if band.ndim == 3 and band.shape[2] == 1 else band), (0, top))
