"""What is sent of a picture file: a JPEG as every network decodes it, the file itself where it is one.

as it is    a JPEG of eight bits, grey or RGB, that its EXIF does not turn: no byte of it changes
converted   all else that is taken: as a person sees it (`seen`), into such a JPEG
"""

import io
from pathlib import Path

from line_sim.errors import PictureError
from line_sim.pictures.files.decoding import decoding, opened
from line_sim.pictures.files.disk import content_of, opened_file
from line_sim.pictures.files.headers import TAKEN, is_sent_as_it_is
from line_sim.pictures.files.seen import as_seen

JPEG_QUALITY = 95  # a converted picture should lose nothing that an inspector sees
WHOLE_COLOUR = 0  # no subsampling: a scratch of one pixel keeps its colour


def sendable(content: bytes) -> bytes:
    """Return what is sent of a file's content. Raises PictureError where nothing can be."""
    with decoding():
        if is_sent_as_it_is(opened(io.BytesIO(content))):
            return content
        buffer = io.BytesIO()
        as_seen(content).save(buffer, format="JPEG", quality=JPEG_QUALITY, subsampling=WHOLE_COLOUR)
        return buffer.getvalue()


def prove(content: bytes) -> None:
    """Decode a file's content to its last byte. Raises PictureError where that cannot be.

    A JPEG is decoded at an eighth of its size: quicker, and every byte of it is still read.
    """
    with decoding():
        picture = opened(io.BytesIO(content))
        if not is_sent_as_it_is(picture):
            as_seen(content)
            return
        picture.draft(picture.mode, (1, 1))
        picture.load()


def glance(path: Path) -> None:
    """Look at a file's header. Raises PictureError where that is enough to know that it cannot be sent."""
    with opened_file(path) as file, decoding():
        opened(file)


def sent_of(path: Path) -> bytes:
    """Return what is sent of a file. Raises PictureError, which names the file."""
    try:
        return sendable(content_of(path))
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from error


def read_proven(path: Path) -> bytes:
    """Return what is sent of a file that somebody has named, decoded for proof. Raises PictureError."""
    try:
        content = content_of(path)
        prove(content)
        return sendable(content)
    except PictureError as error:
        raise PictureError(f"{path}: cannot be read: {error}; give a {TAKEN}") from error
