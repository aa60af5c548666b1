"""Picture files as industrial cameras and people's programs write them, with what a person sees in each.

What a person sees is an array of bytes, (height, width) or (height, width, 3). Where Pillow shows a kind of
picture rightly, its own conversion is the reference; where it does not (16 bits, alpha), the arithmetic is
written out here, another time than in the code.
"""

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from PIL import Image, ImageOps

ORIENTATION = 0x0112
WIDTH, HEIGHT = 24, 16

Array = npt.NDArray[Any]


class CameraFile(NamedTuple):
    """A file, what it is, and what a person sees in it."""

    kind: str
    content: bytes
    seen: Array

    def __repr__(self) -> str:
        return self.kind


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    """Return a picture as a file's bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, format=form, **options)
    return buffer.getvalue()


def scene(seed: int, channels: int, levels: int = 256) -> Array:
    """Return smooth shades, (HEIGHT, WIDTH, channels), from the darkest of some levels to the brightest."""
    coarse = np.random.default_rng(seed).random((4, 6, channels))
    fine = np.stack(
        [
            np.asarray(Image.fromarray(coarse[..., one].astype(np.float32)).resize((WIDTH, HEIGHT)))
            for one in range(channels)
        ],
        axis=2,
    )
    fine = (fine - fine.min()) / (fine.max() - fine.min())
    return np.round(fine * (levels - 1)).astype(np.int64)


def squeezed(pixels: Array) -> Array:
    """Return grey without its axis of channels."""
    return pixels[..., 0] if pixels.shape[2] == 1 else pixels


def on_white(colours: Array, alpha: Array) -> Array:
    """Return 8-bit colours on white, as Pillow lays one picture over another."""
    rgb = np.broadcast_to(colours, (*colours.shape[:2], 3)).astype(np.uint8)
    top = Image.fromarray(np.dstack([rgb, alpha.astype(np.uint8)]))
    white = Image.new("RGBA", top.size, "white")
    return np.asarray(Image.alpha_composite(white, top).convert("RGB"))


def exif(orientation: int) -> Image.Exif:
    """Return EXIF that states an orientation."""
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags


def turned(pixels: Array, orientation: int) -> Array:
    """Return what a viewer shows of pixels stored under an orientation, by Pillow's word."""
    picture = Image.fromarray(pixels.astype(np.uint8))
    picture.getexif()[ORIENTATION] = orientation
    return np.asarray(ImageOps.exif_transpose(picture))


def deep_png(samples: Array, **options: Any) -> bytes:
    """Return 16-bit samples (height, width, 1..4) as a PNG, written by hand: Pillow writes grey ones only."""
    import struct
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    height, width, channels = samples.shape
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = samples.astype(">u2").tobytes()
    stride = 2 * width * channels
    lines = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), stride))
    head = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    extra = b"".join(chunk(name.encode(), body) for name, body in options.items())
    pixels = chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + pixels + chunk(b"IEND", b"")


def grey_jpeg(seed: int) -> CameraFile:
    """Most cameras."""
    content = encoded(Image.fromarray(squeezed(scene(seed, 1)).astype(np.uint8)), "JPEG", quality=95)
    return CameraFile("grey JPEG", content, np.asarray(Image.open(io.BytesIO(content))))


def colour_jpeg(seed: int, **options: Any) -> CameraFile:
    """Most others."""
    content = encoded(Image.fromarray(scene(seed, 3).astype(np.uint8)), "JPEG", quality=95, **options)
    return CameraFile(f"RGB JPEG {options}", content, np.asarray(Image.open(io.BytesIO(content))))


def cmyk_jpeg(seed: int) -> CameraFile:
    """A printer's."""
    picture = Image.fromarray(scene(seed, 3).astype(np.uint8)).convert("CMYK")
    content = encoded(picture, "JPEG", quality=95)
    return CameraFile("CMYK JPEG", content, np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))


def turned_jpeg(seed: int, orientation: int) -> CameraFile:
    """A camera that was held otherwise."""
    content = encoded(
        Image.fromarray(scene(seed, 3).astype(np.uint8)), "JPEG", quality=95, exif=exif(orientation)
    )
    stored = np.asarray(Image.open(io.BytesIO(content)))
    return CameraFile(f"JPEG turned {orientation}", content, turned(stored, orientation))


def turned_png(seed: int, orientation: int) -> CameraFile:
    """The same, without loss."""
    pixels = scene(seed, 3)
    content = encoded(Image.fromarray(pixels.astype(np.uint8)), "PNG", exif=exif(orientation))
    return CameraFile(f"PNG turned {orientation}", content, turned(pixels, orientation))


def plain_png(seed: int, channels: int) -> CameraFile:
    """Grey or RGB, with or without an alpha, of eight bits."""
    pixels = scene(seed, channels)
    picture = Image.fromarray(squeezed(pixels).astype(np.uint8), {2: "LA"}.get(channels))
    content = encoded(picture, "PNG")
    seen = pixels if channels % 2 else on_white(pixels[..., :-1], pixels[..., -1])
    return CameraFile(f"PNG of {channels} channels", content, squeezed(seen))


def deep(seed: int, channels: int, bits: int, form: str) -> CameraFile:
    """10, 12, 14 or 16 bits in 16; the brightest sample is white."""
    samples = scene(seed, channels, 2**bits)
    samples.reshape(-1, channels)[0] = 2**bits - 1  # also of the alpha alone
    if form == "PNG":
        content = deep_png(samples)
    else:
        little = {"TIFF": "<u2", "big-endian TIFF": ">u2"}[form.removesuffix(", LZW")]
        packing = {"compression": "tiff_lzw"} if form.endswith("LZW") else {}
        content = encoded(Image.fromarray(samples[..., 0].astype(little)), "TIFF", **packing)
    eight = samples * 256 // 2**bits
    seen = eight if channels % 2 else on_white(eight[..., :-1], eight[..., -1])
    return CameraFile(f"{form}, {channels} channels of {bits} bits", content, squeezed(seen))


def palette(seed: int, form: str, *, clear: bool) -> CameraFile:
    """Few colours, the first of them transparent or none."""
    picture = Image.fromarray(scene(seed, 3).astype(np.uint8)).quantize(16)
    content = encoded(picture, form, **({"transparency": 0} if clear else {}))
    seen = np.asarray(picture.convert("RGB")).copy()
    if clear:
        seen[np.asarray(picture) == 0] = 255
    return CameraFile(f"{form} of 16 colours{', one clear' * clear}", content, seen)


def bilevel(seed: int, form: str) -> CameraFile:
    """Black and white."""
    pixels = squeezed(scene(seed, 1)) > 128
    return CameraFile(f"bilevel {form}", encoded(Image.fromarray(pixels), form), pixels * 255)


def another_container(seed: int, form: str) -> CameraFile:
    """Eight bits of RGB without loss."""
    pixels = scene(seed, 3)
    options = {"lossless": True} if form == "WEBP" else {}
    content = encoded(Image.fromarray(pixels.astype(np.uint8)), form, **options)
    return CameraFile(form, content, pixels)


def turned_tiff(seed: int, orientation: int) -> CameraFile:
    """A TIFF states its orientation in a tag of its own."""
    pixels = scene(seed, 3)
    content = encoded(Image.fromarray(pixels.astype(np.uint8)), "TIFF", tiffinfo={ORIENTATION: orientation})
    return CameraFile(f"TIFF turned {orientation}", content, turned(pixels, orientation))


def white_is_zero(seed: int) -> CameraFile:
    """A TIFF whose samples count from white."""
    samples = squeezed(scene(seed, 1, 2**16))
    content = encoded(Image.fromarray(samples.astype(np.uint16)), "TIFF", tiffinfo={262: 0})
    return CameraFile("TIFF, white is zero", content, (2**16 - 1 - samples) >> 8)


def stated_bits(seed: int) -> CameraFile:
    """A dark picture of 12 bits, whose TIFF says so."""
    samples = squeezed(scene(seed, 1, 900))
    content = encoded(Image.fromarray(samples.astype(np.uint16)), "TIFF", tiffinfo={281: 4095})
    return CameraFile("TIFF that states 12 bits", content, samples >> 4)


def fractions(seed: int) -> CameraFile:
    """Real numbers from black, 0, to white, 1."""
    samples = squeezed(scene(seed, 1, 256)) / 255
    content = encoded(Image.fromarray(samples.astype(np.float32)), "TIFF")
    return CameraFile("TIFF of real numbers", content, np.round(samples * 255))


seeds = st.integers(0, 2**32)
depths = st.sampled_from((10, 12, 14, 16))
orientations = st.integers(1, 8)

for_graphs: st.SearchStrategy[CameraFile] = st.one_of(
    st.builds(grey_jpeg, seeds),
    st.builds(colour_jpeg, seeds),
    st.builds(colour_jpeg, seeds, progressive=st.just(True)),
    st.builds(cmyk_jpeg, seeds),
    st.builds(turned_jpeg, seeds, orientations),
    st.builds(turned_png, seeds, orientations),
    st.builds(plain_png, seeds, st.integers(1, 4)),
    st.builds(deep, seeds, st.integers(1, 4), depths, st.just("PNG")),
    st.builds(palette, seeds, st.just("PNG"), clear=st.booleans()),
    st.builds(bilevel, seeds, st.just("PNG")),
)
"""JPEGs and PNGs: what a client may send to a server itself."""

camera_files: st.SearchStrategy[CameraFile] = st.one_of(
    for_graphs,
    st.builds(deep, seeds, st.just(1), depths, st.sampled_from(("TIFF", "TIFF, LZW", "big-endian TIFF"))),
    st.builds(palette, seeds, st.sampled_from(("GIF", "TIFF", "BMP")), clear=st.just(False)),
    st.builds(palette, seeds, st.just("GIF"), clear=st.just(True)),
    st.builds(bilevel, seeds, st.sampled_from(("TIFF", "BMP"))),
    st.builds(another_container, seeds, st.sampled_from(("TIFF", "BMP", "WEBP"))),
    st.builds(turned_tiff, seeds, orientations),
    st.builds(white_is_zero, seeds),
    st.builds(stated_bits, seeds),
    st.builds(fractions, seeds),
)
"""All that is taken from a folder."""


def differ(shown: Array, seen: Array) -> float:
    """Return how far two pictures are apart, as the mean difference of a sample; grey is as good as RGB."""
    whole: Callable[[Array], Array] = lambda pixels: (  # noqa: E731 - two lines of one thought
        np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels
    )
    one, other = whole(np.asarray(shown)).astype(float), whole(np.asarray(seen)).astype(float)
    assert one.shape == other.shape
    return float(np.abs(one - other).mean())
