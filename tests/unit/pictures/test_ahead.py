"""Pictures made ahead by another process: the same pictures, and never a run that fails for want of it."""

import os
import signal
import subprocess
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from line_sim.errors import PictureError
from line_sim.pictures import ahead
from line_sim.pictures.ahead import PicturesAhead
from line_sim.pictures.folder import PictureFolder
from line_sim.pictures.rendered.flange import RenderedFlanges
from line_sim.pictures.source import PictureSource

FLANGES = RenderedFlanges(5)


class Elsewhere:
    """A source that is another one in the process, and must not be asked here."""

    defect_kinds = FLANGES.defect_kinds
    remarks = ("3 files are not used",)

    def __init__(self, there: PictureSource = FLANGES) -> None:
        self._there = there

    def __reduce__(self) -> Any:
        """Be the other source wherever it is unpickled."""
        return copy, (self._there,)

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Complain."""
        raise AssertionError("the process makes the pictures")


def upcoming(item_id: int) -> tuple[int, str, str]:
    """Say that every third part has a scratch."""
    return (item_id, "good", "") if item_id % 3 else (item_id, "defective", FLANGES.defect_kinds[0])


def test_the_pictures_are_those_of_the_source():
    """Parts in order, out of order, again, and one of another kind than was looked for."""
    with PicturesAhead(Elsewhere(), upcoming, last=8, ahead=8) as dark:
        assert dark.defect_kinds == FLANGES.defect_kinds
        assert dark.remarks == ("3 files are not used",)
        for item_id in (1, 3, 2, 3, 8, 20):
            assert dark.picture(*upcoming(item_id)) == FLANGES.picture(*upcoming(item_id))
        other = (4, "defective", FLANGES.defect_kinds[1])
        assert dark.picture(*other) == FLANGES.picture(*other)


def test_a_folder_of_pictures_is_shown_too(tmp_path):
    """With the draws of the folder's own source."""
    for state, grey in (("good", 200), ("defective", 20)):
        (tmp_path / state).mkdir()
        for number in range(3):
            Image.new("L", (8, 8), grey + number).save(tmp_path / state / f"{number}.png")
    folder = PictureFolder(Path(tmp_path), 9)
    with PicturesAhead(Elsewhere(folder), lambda n: (n, "good", ""), last=5, ahead=8) as dark:
        assert [dark.picture(n, "good", "") for n in range(1, 6)] == [
            folder.picture(n, "good", "") for n in range(1, 6)
        ]


class OnlyHere(RenderedFlanges):
    """A source that fails where it is unpickled."""

    def __reduce__(self) -> Any:
        """Ask for what is not there."""
        return int, ("not a number",)


@pytest.mark.parametrize("source", [OnlyHere(5), FLANGES])
def test_without_its_process_the_source_is_asked(source, capfd):
    """It fails at its start, or is killed in mid-run: the pictures come all the same."""
    with PicturesAhead(source, upcoming, last=3, ahead=8) as dark:
        first = dark.picture(1, "good", "")
        assert dark._process is not None
        dark._process.kill()
        dark._process.wait()
        again = [dark.picture(item_id, "good", "") for item_id in (2, 40, 41)]
    assert dark.trouble.startswith("the process that makes pictures ahead has ended; the simulator made them")
    assert first == source.picture(1, "good", "")
    assert again == [source.picture(item_id, "good", "") for item_id in (2, 40, 41)]


@pytest.mark.parametrize("at_start", [True, False])
def test_a_process_that_is_stuck_is_done_without(at_start, monkeypatch):
    """It is stopped before its first picture or in mid-run: after a while the source is asked instead."""
    monkeypatch.setattr(ahead, "PATIENCE_S", 0.3)
    with PicturesAhead(FLANGES, upcoming, ahead=8) as dark:
        if not at_start:
            with monkeypatch.context() as patient:
                patient.setattr(ahead, "PATIENCE_S", 20.0)
                dark.get_ahead()
        os.kill(dark._process.pid, signal.SIGSTOP)
        dark.get_ahead()
        shown = [dark.picture(*upcoming(item_id)) for item_id in (1, 30, 31)]
    assert shown == [FLANGES.picture(*upcoming(item_id)) for item_id in (1, 30, 31)]
    assert dark.trouble.startswith("the process that makes pictures ahead has made none for 0 s")


class Long(RenderedFlanges):
    """A source that takes more room than a pipe has."""

    def __init__(self) -> None:
        super().__init__(5)
        self.names = ["x" * 100] * 10_000


def test_nobody_waits_for_a_process_that_does_not_listen(monkeypatch):
    """It is stopped before it has read what it works with: neither the start nor a wish waits for that."""
    monkeypatch.setattr(ahead, "PATIENCE_S", 0.3)
    popen = subprocess.Popen

    def stopped(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        process = popen(*arguments, **options)
        os.kill(process.pid, signal.SIGSTOP)
        return process

    monkeypatch.setattr(subprocess, "Popen", stopped)
    with PicturesAhead(Long(), upcoming, ahead=8) as dark:
        assert dark.picture(*upcoming(1)) == FLANGES.picture(*upcoming(1))


def test_half_a_picture_is_none(monkeypatch):
    """A process that ends while it hands one over has not made it."""
    half = "import sys; sys.stdout.buffer.write((1000).to_bytes(8) + bytes(500))"
    popen = subprocess.Popen

    def halfway(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return popen([command[0], "-c", half], **options)

    monkeypatch.setattr(subprocess, "Popen", halfway)
    with PicturesAhead(FLANGES, upcoming, ahead=8) as dark:
        assert dark.picture(*upcoming(1)) == FLANGES.picture(*upcoming(1))


def test_a_picture_that_is_gone_is_told_by_the_run_s_own_source(tmp_path):
    """The process fails to read it, and so does the source, which says which and why."""
    for state in ("good", "defective"):
        (tmp_path / state).mkdir()
        Image.new("L", (8, 8), 90).save(tmp_path / state / "1.png")
    folder = PictureFolder(tmp_path, 9)
    (tmp_path / "good" / "1.png").unlink()
    with PicturesAhead(folder, lambda n: (n, "good", ""), ahead=8) as dark:
        for item_id in (1, 20):
            with pytest.raises(PictureError, match=r"good/1\.png: there is no such file"):
                dark.picture(item_id, "good", "")
        assert dark.picture(2, "defective", "")
    assert dark.trouble == ""


def test_the_first_pictures_are_there_before_the_first_part():
    """As many as it looks ahead, the one that proves a server first; they are told of while they are made."""
    told: list[str] = []
    with PicturesAhead(Elsewhere(), upcoming, ahead=48) as dark:
        assert next(iter(dark._shelf)) == (0, "good", "")
        dark.get_ahead(told.append)
        assert len(dark._shelf) == 49
        assert all(picture.done() for picture in dark._shelf.values())
        for item_id, ordered in ((1, 0), (2, 0), (3, 3), (4, 3)):
            dark.picture(*upcoming(item_id))
            assert len(dark._shelf) == 49 + ordered  # three in one go
    assert len(told) == 1
    assert told[0].startswith("making the pictures of the first parts: ")


def test_what_cannot_be_made_is_left_to_the_source_to_explain():
    """There is no such flange: the source's own error comes, not another process's."""
    with PicturesAhead(FLANGES, upcoming, last=1, ahead=8) as dark:
        with pytest.raises(ValueError, match="there is no flange that is"):
            dark.picture(1, "good", "rust")
        assert dark.picture(1, "good", "")


def test_the_shelf_does_not_grow():
    """Pictures of long-gone parts are dropped, and made again if somebody still wants one."""
    with PicturesAhead(Elsewhere(), upcoming, ahead=4) as dark:
        for item_id in range(1, 12):
            dark.picture(*upcoming(item_id))
            assert len(dark._shelf) <= 6
        assert dark.picture(*upcoming(1)) == FLANGES.picture(*upcoming(1))
