"""`check` and `run` say the same of a folder of pictures: its mistakes all at once, and what is not used."""

from pathlib import Path

import pytest
from camera_files import colour_jpeg
from click.testing import CliRunner, Result

from line_sim.cli import commands
from line_sim.errors import LineSimError

SCENARIO = """
version: 1
name: Pictures
run: {items: 3}
arrivals: {every: 1 s}
product: {images: {folder: pictures}}
line:
  - inspection: eye
    gateway: {grpc: {target: "127.0.0.1:1", connect_timeout: 100 ms}}
review: {time: 1 s}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scenario, and a folder of its pictures."""
    (tmp_path / "line.yaml").write_text(SCENARIO)
    for state in ("good", "defective"):
        (tmp_path / "pictures" / state).mkdir(parents=True)
        (tmp_path / "pictures" / state / "1.jpg").write_bytes(colour_jpeg(1).content)
    return tmp_path / "pictures"


def told(command: str, folder: Path, *options: str) -> tuple[int, str]:
    """Return the exit code and all that a command says."""
    result: Result = CliRunner().invoke(commands, [command, str(folder.parent / "line.yaml"), *options])
    error = result.exception
    code = error.exit_code if isinstance(error, LineSimError) else result.exit_code
    return code, result.output + (str(error) if isinstance(error, LineSimError) else "")


def both(folder: Path) -> tuple[str, str]:
    """Return what check and run say, both of which refuse it."""
    checked, ran = (
        told("check", folder),
        told("run", folder, "--no-live", "--out", str(folder.parent / "run")),
    )
    assert (checked[0], ran[0]) == (2, 2)
    return checked[1], ran[1]


def test_missing_and_empty_sub_folders_are_found_by_check(folder: Path) -> None:
    """Both at once, in the words of run."""
    (folder / "good" / "1.jpg").unlink()
    (folder / "defective").rename(folder / "NG")
    checked, ran = both(folder)
    assert checked == ran
    assert f"{folder / 'good'}: holds no picture; put at least one file ending in .jpg" in checked
    assert f"{folder / 'defective'}: there is no such folder" in checked


def test_files_that_are_no_pictures_are_found_by_check(folder: Path) -> None:
    """By their headers: an empty one, a text, a link to nowhere; each is named with its reason."""
    (folder / "good" / "2.jpg").touch()
    (folder / "good" / "3.jpg").write_text("taken on a Tuesday")
    (folder / "defective" / "4.png").symlink_to("nowhere.png")
    checked, ran = both(folder)
    assert checked == ran
    reasons = {
        Path(line.split(": ")[0]).name: line.split(": ")[2].split(";")[0] for line in checked.splitlines()
    }
    assert reasons == {
        "2.jpg": "it is empty",
        "3.jpg": "its content is no JPEG, PNG, TIFF, BMP, WebP or GIF",
        "4.png": "there is no such file",
    }


def test_what_is_not_used_is_told_by_check_and_run(folder: Path) -> None:
    """In the same line; the run goes on to look for its server."""
    for number in range(9):
        (folder / "good" / f"{number}.raw").write_text("no picture by its name")
    (folder / "good" / "._1.jpg").write_text("a Mac's, beside 1.jpg")
    code, checked = told("check", folder)
    assert code == 0
    words = [
        f"{folder}: 9 files are not used: good/0.raw, good/1.raw, good/2.raw, 6 more; a picture's name",
        f"{folder}: 1 file is not used: good/._1.jpg; they are hidden, or a system's own",
    ]
    assert all(line in checked for line in words)
    code, ran = told("run", folder, "--no-live", "--out", str(folder.parent / "run"))
    assert code == 3
    assert all(line in ran for line in words)


def test_a_line_that_looks_at_no_picture_needs_none(folder: Path) -> None:
    """Where the inference is modelled the folder may be away."""
    (folder / "good" / "1.jpg").unlink()
    code, _ = told("check", folder, "--set", "line.eye.gateway={modelled: {service: 100 ms}}")
    assert code == 0
