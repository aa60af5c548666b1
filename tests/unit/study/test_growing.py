"""Tables that grow: the first thing that went wrong is what is told, whatever closing them meets."""

import errno
from contextlib import ExitStack

import pytest

from line_sim.errors import LineSimError, RunFileError
from line_sim.study.growing import closed_at_its_end


class Stubborn:
    """A file whose close tells that the disk is full: network file systems notice only then."""

    closed = False

    def close(self):
        """Close, and complain."""
        self.closed = True
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_only_closing_notices_is_told(tmp_path):
    """Rows that seemed to be written are not on the disk: that must not go by unsaid."""
    file = Stubborn()
    with (
        pytest.raises(RunFileError, match=r"runs\.csv: cannot be written \(No space.*then begin again$"),
        closed_at_its_end(file, tmp_path / "runs.csv", "begin again"),
    ):
        pass
    assert file.closed


def grown(files, folder, fails=None):
    """Have several tables open at once; what `fails` is raised while they are."""
    with ExitStack() as stack:
        for number, file in enumerate(files, 1):
            stack.enter_context(closed_at_its_end(file, folder / f"{number}.csv", "begin again"))
        if fails is not None:
            raise fails


def test_what_is_under_way_is_not_hidden_by_closing(tmp_path):
    """It said more, and every file is closed all the same."""
    files = [Stubborn(), Stubborn()]
    with pytest.raises(LineSimError, match=r"^all workers are gone$"):
        grown(files, tmp_path, LineSimError("all workers are gone"))
    assert all(file.closed for file in files)


def test_of_two_files_that_cannot_be_closed_one_is_told(tmp_path):
    """One clear error, and no second one behind it."""
    files = [Stubborn(), Stubborn()]
    with pytest.raises(RunFileError, match=r"2\.csv: cannot be written"):
        grown(files, tmp_path)
    assert all(file.closed for file in files)
