"""Files that are cut, flipped or anything else: a reason is given, and nothing else is ever raised."""

import io
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from camera_files import CameraFile, camera_files, colour_jpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from line_sim.errors import PictureError
from line_sim.pictures.files.disk import MOST_BYTES, content_of
from line_sim.pictures.files.sending import glance, prove, read_proven, sendable, sent_of
from line_sim.regular import size_text


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a camera's file with bits flipped, a piece cut out or written over, or its end lost."""
    file = draw(camera_files)
    content = bytearray(file.content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        match draw(st.sampled_from(["flip", "cut", "drop", "over"])):
            case "flip" if content:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del content[at:]
            case "drop":
                del content[at : at + draw(st.integers(1, 40))]
            case _:
                content[at : at + 8] = draw(st.binary(max_size=16))
    return bytes(content)


@settings(deadline=None, max_examples=300)
@given(damaged())
def test_a_damaged_file_is_shown_or_refused(content: bytes) -> None:
    """Nothing but a refusal with its reason comes out of it, and what is sent is a JPEG."""
    with suppress(PictureError):
        prove(content)
    with suppress(PictureError):
        assert sendable(content).startswith(b"\xff\xd8")


@settings(deadline=None, max_examples=100)
@given(camera_files, st.floats(0, 0.999))
def test_a_file_cut_short_is_refused_before_the_first_part(file: CameraFile, share: float) -> None:
    """Or shows the same all the same: some formats have bytes at their end that nobody needs."""
    cut = file.content[: int(share * len(file.content))]
    with suppress(PictureError):
        prove(cut)
        assert sendable(cut)


def test_pillow_s_own_alarms_are_as_they_were() -> None:
    """Its limit of size belongs to the whole process, and who uses line-sim from Python may rely on it."""
    before = Image.MAX_IMAGE_PIXELS
    with suppress(PictureError):
        sendable(b"no picture")
    assert before == Image.MAX_IMAGE_PIXELS
    assert before


def folder(path: Path) -> None:
    """Put a folder there."""
    path.mkdir()


def pipe(path: Path) -> None:
    """Put a pipe there that nobody writes into."""
    os.mkfifo(path)


def loop(path: Path) -> None:
    """Put a link there that leads to itself."""
    path.symlink_to(path)


def nothing(path: Path) -> None:
    """Leave nothing there."""


def empty(path: Path) -> None:
    """Put an empty file there."""
    path.touch()


def device(path: Path) -> None:
    """Put a link to an endless device there."""
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    """Put a file there that takes no room, and a terabyte of memory."""
    path.touch()
    os.truncate(path, 2**40)


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (folder, "Is a directory"),
        (pipe, "it is a pipe, not a file"),
        (loop, "Too many levels of symbolic links"),
        (nothing, "there is no such file"),
        (empty, "it is empty"),
        (device, "it is a device, not a file"),
        (huge, f"it is larger than {size_text(MOST_BYTES)}"),
    ],
)
def test_whatever_stands_in_a_file_s_place_is_told_and_nobody_waits(tmp_path: Path, put, words: str) -> None:
    """Every way in says it in the same words, with the file's name where it reads one by name."""
    path = tmp_path / "part.jpg"
    put(path)
    for way in (content_of, glance, sent_of, read_proven):
        with pytest.raises(PictureError) as refused:
            way(path)
        assert words in str(refused.value)
        assert (way in {sent_of, read_proven}) == (str(path) in str(refused.value))


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the system's reason."""

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(PictureError, match=r"part\.jpg: Permission denied"):
        sent_of(tmp_path / "part.jpg")


def test_a_memory_that_is_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that finds no room, and of a picture that is too large once it is decoded."""
    path = tmp_path / "part.png"
    Image.new("RGB", (8, 8)).save(path)

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        with pytest.raises(PictureError, match="there is not enough memory to read it"):
            sent_of(path)
    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(PictureError, match="there is not enough memory to decode it"):
        sent_of(path)


def test_a_file_that_grows_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a picture is none."""
    path = tmp_path / "part.jpg"
    path.write_bytes(colour_jpeg(1).content)
    fstat = os.fstat

    def smaller(descriptor: int) -> os.stat_result:
        found = list(fstat(descriptor))
        found[6] -= 1  # its size
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", smaller)
    with pytest.raises(PictureError, match="it changed while it was read"):
        content_of(path)


def test_pictures_are_read_by_several_threads_at_once() -> None:
    """Each gets its own, whatever the others are at."""
    files = [colour_jpeg(seed, progressive=True) for seed in range(4)]
    wrong: list[int] = []

    def read(number: int) -> None:
        for _ in range(30):
            with suppress(PictureError):
                sendable(files[number].content[:200])
            if sendable(files[number].content) != files[number].content:
                wrong.append(number)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert Image.open(io.BytesIO(files[0].content)).size == (24, 16)
