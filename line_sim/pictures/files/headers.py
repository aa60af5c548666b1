"""What a picture file's header says: whether it can be taken at all, and whether it can be sent as it is."""

from contextlib import suppress

from PIL import Image, TiffImagePlugin

from line_sim.errors import PictureError

ENDINGS_OF = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp",),
    "WEBP": (".webp",),
    "GIF": (".gif",),
}
"""The formats that are taken, by Pillow's names, and how their files' names end."""

ENDINGS = tuple(ending for endings in ENDINGS_OF.values() for ending in endings)

TAKEN = "JPEG, PNG, TIFF, BMP, WebP or GIF"

MOST_PIXELS = 400_000_000
"""A picture of more pixels is refused, by its header."""

MOST_MEMORY = 2**31
"""Bytes that a picture's decoded forms may take while it is looked at or converted, as its header tells."""

LONGEST_SIDE = 65_500
"""The longest side that libjpeg reads and writes."""

UPRIGHT = 1
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by the orientation that its EXIF states."""


def is_sent_as_it_is(picture: Image.Image) -> bool:
    """Whether every decoder shows the file alike: an upright JPEG, grey or RGB. Pillow reads none deeper."""
    return is_jpeg(picture) and picture.mode in {"L", "RGB"} and orientation_of(picture) == UPRIGHT


def is_jpeg(picture: Image.Image) -> bool:
    """Whether it is a JPEG, if with previews behind it as phones and stereo cameras write (Pillow's MPO)."""
    return picture.format in {"JPEG", "MPO"}


def orientation_of(picture: Image.Image) -> int:
    """Return the orientation that a file's EXIF states, UPRIGHT where it states none that there is.

    Pillow turns a TIFF by itself. Where EXIF itself is damaged, viewers show the picture as it is stored.
    """
    exif = picture.info.get("exif")
    if not exif or isinstance(picture, TiffImagePlugin.TiffImageFile):
        return UPRIGHT
    found: object = None
    with suppress(Exception):
        tags = Image.Exif()
        tags.load(exif)
        found = tags.get(ORIENTATION)
    return found if isinstance(found, int) and found in TURNS else UPRIGHT


def rawmode_of(picture: Image.Image) -> str:
    """Return how Pillow unpacks the file's samples; empty where there is nothing to unpack."""
    tiles = getattr(picture, "tile", ())
    arguments = tiles[0][3] if tiles else ""
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def refuse(picture: Image.Image) -> None:
    """Raise PictureError for a picture that is too large, or is several."""
    width, height = picture.size
    size = f"it has {width:,} x {height:,} pixels"
    if width * height > MOST_PIXELS:
        raise PictureError(f"{size}; at most {MOST_PIXELS:,} are taken")
    if max(width, height) > LONGEST_SIDE:
        raise PictureError(f"{size}; a JPEG, which is what is sent, has at most {LONGEST_SIDE:,} a side")
    memory = width * height * _bytes_a_pixel(picture)
    if memory > MOST_MEMORY:
        raise PictureError(
            f"{size} of a kind that takes {memory / 2**30:.1f} GiB to read, and {MOST_MEMORY // 2**30} GiB "
            "are allowed; save it as a JPEG of eight bits that is not progressive"
        )
    pages = 1 if is_jpeg(picture) else getattr(picture, "n_frames", 1)
    if pages > 1:
        raise PictureError(f"it has {pages} pages or frames, and a part has one picture; save each by itself")


def _bytes_a_pixel(picture: Image.Image) -> int:
    """Return what a pixel takes at most in Pillow's forms: decoded, in parts, the result, the same turned."""
    waiting = 2 * len(picture.getbands()) if picture.info.get("progressive") else 0
    if is_sent_as_it_is(picture):
        return waiting + 1  # it is decoded at an eighth of its size
    if picture.mode in {"1", "L"} and "transparency" not in picture.info:
        return waiting + 2
    if picture.mode.startswith(("I", "F")):
        return 6
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return waiting + (12 if "16" in rawmode_of(picture) else 8)  # the upper bytes, and the lower ones
    return waiting + 16
