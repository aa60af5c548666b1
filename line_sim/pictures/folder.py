"""Folders of real pictures: `good/` and `defective/`, every file proven readable before the first part."""

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from line_sim.errors import ScenarioError
from line_sim.pictures.rendered.draws import keyed_generator

STATES = ("good", "defective")
ENDINGS = (".jpg", ".jpeg", ".png", ".bmp")
JPEG_QUALITY = 95  # a converted picture should lose nothing that an inspector sees
JPEG_START = b"\xff\xd8"


class PictureFolder:
    """A source of pictures from a folder; a part's picture is drawn for it, with replacement.

    Only paths are kept. Raises ScenarioError, naming every mistake at once, when a sub-folder is
    missing or empty or a file cannot be read.
    """

    def __init__(self, path: Path, seed: int) -> None:
        self._files = read_folder(path)
        self._seed = seed

    @property
    def defect_kinds(self) -> tuple[str, ...]:
        """None: a folder does not say what is wrong with a part."""
        return ()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return the part's JPEG, as it is on disk or converted.

        Raises ValueError for a state that has no sub-folder, and for a kind of defect.
        """
        if true_state not in STATES or defect:
            raise ValueError(
                f"a folder of pictures has no part that is {true_state!r} with the defect {defect!r}"
            )
        files = self._files[true_state]
        draw = keyed_generator("folder", self._seed, item_id, true_state)
        return read_jpeg(files[int(draw.integers(len(files)))])


def read_folder(path: Path) -> dict[str, tuple[Path, ...]]:
    """Return the pictures of `good/` and `defective/`, sorted by name, each proven readable.

    Raises ScenarioError with one line for every sub-folder or file that cannot be used.
    """
    files = {state: picture_files(path / state) for state in STATES}
    mistakes = [line for state in STATES for line in mistakes_of(path / state, files[state])]
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return files


def picture_files(folder: Path) -> tuple[Path, ...]:
    """Return the pictures of a folder by their endings, sorted; none where there is no folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(file for file in folder.iterdir() if file.suffix.lower() in ENDINGS))


def mistakes_of(folder: Path, files: tuple[Path, ...]) -> Iterator[str]:
    """Say what is wrong with a sub-folder, a line each."""
    if not folder.is_dir():
        yield f"{folder}: there is no such folder; a folder of pictures has good/ and defective/ in it"
    elif not files:
        yield f"{folder}: holds no picture; put at least one file ending in {', '.join(ENDINGS)} into it"
    for file in files:
        if reason := unreadable(file):
            yield f"{file}: cannot be read: {reason}; replace it by a JPEG, PNG or BMP, or remove it"


def unreadable(file: Path) -> str | None:
    """Decode a picture for proof; return why it cannot be, or None.

    A JPEG is decoded at an eighth of its size: quicker, and every byte of it is still read.
    """
    try:
        with Image.open(file, formats=("JPEG", "PNG", "BMP")) as picture:
            picture.draft("RGB", (1, 1))
            picture.load()
    except UnidentifiedImageError:
        return "its content is no JPEG, PNG or BMP"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return str(error) or type(error).__name__
    return None


def read_jpeg(file: Path) -> bytes:
    """Return a picture's JPEG bytes: the file as it is where it is a JPEG, else converted."""
    content = file.read_bytes()
    if content.startswith(JPEG_START):
        return content
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.convert("RGB").save(buffer, format="JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
