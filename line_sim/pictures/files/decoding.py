"""Pillow at work on files that others wrote: with our limits instead of its own, and without its alarms.

Pillow's limit of size is a variable of its module and its alarms are Python's warnings; both belong to the
whole process. So whatever is done with Pillow to such a file is done in `decoding`, one at a time: on bytes
in memory, or on a file's header, it does not last.
"""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from line_sim.errors import PictureError
from line_sim.pictures.files.headers import ENDINGS_OF, TAKEN, refuse

STARTS = {
    b"\xff\xd8": "JPEG",
    b"\x89PNG": "PNG",
    b"II": "TIFF",
    b"MM": "TIFF",
    b"BM": "BMP",
    b"RIFF": "WebP",
    b"GIF8": "GIF",
}
"""How files begin, to name those that Pillow cannot even open."""

_PILLOW = threading.Lock()  # guards what Pillow keeps for the whole process, see above

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else its errors go to stderr where nobody logs


@contextmanager
def decoding() -> Iterator[None]:
    """Have Pillow work on a file without its own limits and warnings.

    Raises PictureError for whatever Pillow raises: of a damaged file that may be almost anything.
    """
    with _PILLOW, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pillows, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        except PictureError:
            raise
        except MemoryError:
            raise PictureError("there is not enough memory to decode it") from None
        except Exception as error:  # a damaged file makes Pillow raise whatever it likes
            raise PictureError(f"it is damaged: {error or type(error).__name__}") from error
        finally:
            Image.MAX_IMAGE_PIXELS = pillows


def opened(file: BinaryIO) -> Image.Image:
    """Open a picture by its header, within `decoding`; nothing is decoded yet.

    Raises PictureError, besides what Pillow raises, for one that is not taken.
    """
    try:
        picture = Image.open(file, formats=tuple(ENDINGS_OF))
    except UnidentifiedImageError:
        file.seek(0)
        start = file.read(4)
        name = next((name for magic, name in STARTS.items() if start.startswith(magic)), None)
        raise PictureError(
            f"it is a damaged {name}, or one of a kind that cannot be read"
            if name
            else f"its content is no {TAKEN}"
        ) from None
    refuse(picture)
    return picture
