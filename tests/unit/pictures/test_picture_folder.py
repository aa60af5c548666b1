"""Folders of pictures: every mistake is named before the first part, and a part keeps its picture."""

import io
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from line_sim.errors import ScenarioError
from line_sim.pictures.folder import PictureFolder


def save(path: Path, grey: int, size: int = 16) -> Path:
    """Write an evenly grey picture in the format of the path's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size), (grey, grey, grey)).save(path)
    return path


def brightness(jpeg: bytes) -> int:
    """Return the grey of a picture that `save` wrote."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert picture.format == "JPEG"
        value = picture.convert("L").getpixel((3, 3))
    assert isinstance(value, int)
    return value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with four bright good pictures, each in another format, and two dark defective ones."""
    for name in ("a.jpg", "B.JPEG", "c.png", "d.bmp"):
        save(tmp_path / "good" / name, 200)
    for name in ("x.jpg", "y.PNG"):
        save(tmp_path / "defective" / name, 50)
    return tmp_path


def test_the_picture_shows_what_the_part_is(folder: Path) -> None:
    """Good parts get pictures from good/, defective ones from defective/, all as JPEG."""
    source = PictureFolder(folder, seed=1)
    assert {brightness(source.picture(item, "good", "")) for item in range(20)} == {200}
    assert {brightness(source.picture(item, "defective", "")) for item in range(20)} == {50}
    assert source.defect_kinds == ()


def test_a_jpeg_is_sent_as_it_is_on_disk(tmp_path: Path) -> None:
    """Encoding it again would cost quality and change the size of the request."""
    good = save(tmp_path / "good" / "a.jpg", 200)
    save(tmp_path / "defective" / "a.jpg", 50)
    assert PictureFolder(tmp_path, seed=1).picture(1, "good", "") == good.read_bytes()


def test_a_part_keeps_its_picture_and_another_seed_deals_anew(tmp_path: Path) -> None:
    """The draw belongs to (seed, item): asking again, or in another order, changes nothing."""
    for grey in range(0, 250, 10):
        save(tmp_path / "good" / f"{grey:03}.png", grey)
    save(tmp_path / "defective" / "a.png", 50)
    first = PictureFolder(tmp_path, seed=1)
    forth = [first.picture(item, "good", "") for item in range(30)]
    again = PictureFolder(tmp_path, seed=1)
    back = [again.picture(item, "good", "") for item in reversed(range(30))]
    other = PictureFolder(tmp_path, seed=2)
    assert forth == back[::-1]
    assert forth != [other.picture(item, "good", "") for item in range(30)]


def test_every_picture_is_drawn_about_equally_often(tmp_path: Path) -> None:
    """2,000 draws of four pictures: each within five deviations (97) of 500, and none is left out."""
    for grey in (50, 100, 150, 200):
        save(tmp_path / "good" / f"{grey}.jpg", grey)
    save(tmp_path / "defective" / "a.jpg", 50)
    source = PictureFolder(tmp_path, seed=1)
    drawn = Counter(source.picture(item, "good", "") for item in range(2000))
    assert len(drawn) == 4
    assert all(403 < count < 597 for count in drawn.values())


def test_every_unreadable_file_is_named_at_once(folder: Path) -> None:
    """Text, an empty file and a picture cut short are each named with a reason; readable ones are not."""
    whole = save(folder / "good" / "cut.jpg", 200, size=200).read_bytes()
    (folder / "good" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "good" / "note.jpg").write_text("not a picture")
    (folder / "defective" / "empty.png").write_bytes(b"")
    with pytest.raises(ScenarioError) as mistake:
        PictureFolder(folder, seed=1)
    lines = str(mistake.value).splitlines()
    named = [line.split(": ")[0] for line in lines]
    assert named == [str(folder / name) for name in ("good/cut.jpg", "good/note.jpg", "defective/empty.png")]
    assert all("replace it by a JPEG, PNG, TIFF, BMP, WebP or GIF, or remove it" in line for line in lines)


def test_missing_and_empty_sub_folders_are_both_named(tmp_path: Path) -> None:
    """One message tells that good/ is empty and defective/ is not there."""
    (tmp_path / "good").mkdir()
    with pytest.raises(ScenarioError) as mistake:
        PictureFolder(tmp_path, seed=1)
    first, second = str(mistake.value).splitlines()
    assert first.startswith(f"{tmp_path / 'good'}: holds no picture")
    assert second.startswith(f"{tmp_path / 'defective'}: there is no such folder")


def test_other_files_are_left_alone(folder: Path) -> None:
    """A text file with another ending is no picture and no mistake."""
    (folder / "good" / "readme.txt").write_text("taken on a Tuesday")
    PictureFolder(folder, seed=1)


@pytest.mark.parametrize(("state", "defect"), [("bad", ""), ("defective", "stain")])
def test_impossible_parts_are_refused(folder: Path, state: str, defect: str) -> None:
    """A folder knows two states and no kinds."""
    with pytest.raises(ValueError, match="no part that is"):
        PictureFolder(folder, seed=1).picture(1, state, defect)
