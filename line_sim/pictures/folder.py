"""Folders of real pictures: `good/` and `defective/`, every file proven readable before the first part."""

from collections.abc import Callable, Iterator
from pathlib import Path

from line_sim.errors import PictureError, ScenarioError
from line_sim.pictures.files.disk import content_of
from line_sim.pictures.files.headers import ENDINGS, TAKEN
from line_sim.pictures.files.listing import Listing, listing, remarks_on
from line_sim.pictures.files.sending import glance, prove, sent_of
from line_sim.pictures.rendered.draws import keyed_generator
from line_sim.scenario.images.folder import is_folder
from line_sim.truth import TRUE_STATES


class PictureFolder:
    """A source of pictures from a folder; a part's picture is drawn for it, with replacement.

    Only paths are kept. Raises ScenarioError, naming every mistake at once, when a sub-folder is
    missing or empty or a file cannot be read.
    """

    def __init__(self, path: Path, seed: int) -> None:
        found = read_folder(path, _proven)
        self._files = {state: found[state].pictures for state in TRUE_STATES}
        self._seed = seed
        self.remarks = tuple(remarks(found, path))

    @property
    def defect_kinds(self) -> tuple[str, ...]:
        """None: a folder does not say what is wrong with a part."""
        return ()

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Return the part's JPEG, as it is on disk or converted.

        Raises PictureError where its file cannot be read by now, ValueError for a state that has no
        sub-folder, and for a kind of defect.
        """
        if true_state not in TRUE_STATES or defect:
            raise ValueError(
                f"a folder of pictures has no part that is {true_state!r} with the defect {defect!r}"
            )
        files = self._files[true_state]
        draw = keyed_generator("folder", self._seed, item_id, true_state)
        return sent_of(files[int(draw.integers(len(files)))])


def read_folder(path: Path, look: Callable[[Path], None]) -> dict[str, Listing]:
    """Return what is in `good/` and `defective/`; `look` raises PictureError for a file that is of no use.

    Raises ScenarioError with one line for every sub-folder or file that cannot be used.
    """
    found = {state: listing(path / state) for state in TRUE_STATES}
    mistakes = [line for state in TRUE_STATES for line in _mistakes(path / state, found[state], look)]
    if mistakes:
        raise ScenarioError("\n".join(mistakes))
    return found


def glance_at_folder(path: Path) -> list[str]:
    """Look at a folder by its files' headers; return what a user must know of files that are not used.

    Raises ScenarioError with one line for every sub-folder or file that cannot be used.
    """
    return list(remarks(read_folder(path, glance), path))


def remarks(found: dict[str, Listing], path: Path) -> Iterator[str]:
    """Say which files of a folder are not used, and why."""
    others = [file for state in TRUE_STATES for file in found[state].others]
    hidden = [file for state in TRUE_STATES for file in found[state].hidden]
    for remark in remarks_on(others, hidden, path):
        yield f"{path}: {remark}"


def _proven(file: Path) -> None:
    prove(content_of(file))


def _mistakes(folder: Path, found: Listing, look: Callable[[Path], None]) -> Iterator[str]:
    """Say what is wrong with a sub-folder, a line each."""
    if not is_folder(folder):
        yield f"{folder}: there is no such folder; a folder of pictures has good/ and defective/ in it"
        return
    for place, reason in found.failed:
        yield f"{place}: cannot be looked into: {reason}"
    if not found.pictures and not found.failed:
        yield f"{folder}: holds no picture; put at least one file ending in {', '.join(ENDINGS)} into it"
    for file in found.pictures:
        try:
            look(file)
        except PictureError as error:
            yield f"{file}: cannot be read: {error}; replace it by a {TAKEN}, or remove it"
