"""Files that are written all at once: the old one or the new one, and nothing beside it."""

from pathlib import Path
from typing import NoReturn

import pytest

from line_sim.recording.whole import write_whole


def test_a_writing_that_is_broken_off_leaves_the_old_file_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A second Ctrl-C in the midst of it is no error of the file, and leaves no half beside it."""
    path = tmp_path / "run.json"
    write_whole(path, "old")

    def broken_off(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", broken_off)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert [one.name for one in tmp_path.iterdir()] == ["run.json"]
    assert path.read_text() == "old"
