"""Every file of a folder is used, or named with the reason why not; run, check and export look alike."""

from pathlib import Path

import pytest
from camera_files import colour_jpeg

from line_sim.errors import ScenarioError
from line_sim.pictures.files.listing import listing
from line_sim.pictures.folder import PictureFolder, glance_at_folder

JPEG = colour_jpeg(1).content


def put(*files: Path, content: bytes = JPEG) -> None:
    """Write files."""
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good pictures and a defective one, and what gathers beside them."""
    root = tmp_path / "pictures"
    put(root / "good" / "1.jpg", root / "good" / "monday" / "2.JPG", root / "defective" / "1.jpeg")
    put(root / "good" / "._1.jpg", root / "good" / ".DS_Store", content=b"a system's")
    put(root / "defective" / "Thumbs.db", root / "good" / ".trash" / "3.jpg", content=b"a system's")
    put(root / "good" / "notes.txt", root / "defective" / "raw.nef", content=b"no picture")
    return root


def names(files: tuple[Path, ...], folder: Path) -> list[str]:
    """Return names from the folder on."""
    return [file.relative_to(folder).as_posix() for file in files]


def test_all_files_of_a_folder_are_in_one_group(folder: Path) -> None:
    """Pictures in whatever depth, a system's files, and others."""
    found = listing(folder / "good")
    assert names(found.pictures, folder) == ["good/1.jpg", "good/monday/2.JPG"]
    assert names(found.hidden, folder) == ["good/.DS_Store", "good/._1.jpg", "good/.trash"]
    assert names(found.others, folder) == ["good/notes.txt"]
    assert found.failed == ()


def test_what_is_not_used_is_told_in_two_lines(folder: Path) -> None:
    """By run, which reads all of it, and by check, which looks at headers, in the same words."""
    endings = ".jpg, .jpeg, .png, .tif, .tiff, .bmp, .webp, .gif"
    others = "2 files are not used: good/notes.txt, defective/raw.nef"
    hidden = "4 files are not used: good/.DS_Store, good/._1.jpg, good/.trash, 1 more"
    told = [
        f"{folder}: {others}; a picture's name ends in {endings}",
        f"{folder}: {hidden}; they are hidden, or a system's own",
    ]
    assert list(PictureFolder(folder, seed=1).remarks) == told
    assert glance_at_folder(folder) == told


def test_a_folder_without_such_files_needs_no_word(tmp_path: Path) -> None:
    """Nothing is not used."""
    put(tmp_path / "good" / "1.jpg", tmp_path / "defective" / "1.jpg")
    assert PictureFolder(tmp_path, seed=1).remarks == ()


def test_names_are_told_shortly(folder: Path) -> None:
    """A thousand files are counted, and three of them named."""
    put(*(folder / "good" / f"{number:04}.raw" for number in range(1000)))
    (remark, _) = glance_at_folder(folder)
    assert "1,002 files are not used: good/0000.raw, good/0001.raw, good/0002.raw, 999 more" in remark


def test_links_are_followed_and_each_folder_is_looked_into_once(folder: Path, tmp_path: Path) -> None:
    """A link to other pictures is followed; loops, and one to what holds the folder itself, are named."""
    put(tmp_path / "elsewhere" / "9.jpg")
    (folder / "good" / "more").symlink_to(tmp_path / "elsewhere")
    (folder / "good" / "again").symlink_to(tmp_path / "elsewhere")
    (folder / "good" / "up").symlink_to(folder)
    (folder / "good" / "monday" / "loop").symlink_to(folder / "good")
    (folder / "good" / "itself").symlink_to(folder / "good" / "itself")
    found = listing(folder / "good")
    assert [file.name for file in found.pictures] == ["1.jpg", "9.jpg", "2.JPG"]
    assert names(found.others, folder) == [
        *("good/itself", "good/monday/loop", "good/more", "good/notes.txt", "good/up")
    ]


def test_what_cannot_be_looked_into_is_a_mistake(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sub-folder that may not be read is no empty one."""
    import os

    scandir = os.scandir

    def denied(path: str) -> object:
        if str(path).endswith("monday"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(ScenarioError, match="monday: cannot be looked into: Permission denied"):
        PictureFolder(folder, seed=1)
