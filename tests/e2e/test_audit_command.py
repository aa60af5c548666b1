"""`line-sim audit` at the command line: any folder, from its files alone, and an exit code that says it."""

import pytest
from commands import DEFAULT, MODELLED, line_sim


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A modelled run of the default scenario."""
    cwd = tmp_path_factory.mktemp("user")
    done = line_sim("run", DEFAULT, "--set", MODELLED, "--items", "80", "--out", "mine", "--quiet", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return cwd / "mine"


def files(folder):
    """Return what lies in a folder, with its bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_whole_run_passes_and_nothing_is_written(folder):
    """Each check says what it looked at."""
    before = files(folder)
    done = line_sim("audit", folder, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    assert "ok      conservation" in done.stdout
    assert "All 12 checks passed." in done.stdout
    assert files(folder) == before


@pytest.fixture
def changed(folder, tmp_path):
    """A copy of the run in which the third part's visit to the press is told to have ended a second later."""
    for name, data in files(folder).items():
        (tmp_path / name).write_bytes(data)
    lines = (tmp_path / "visits.csv").read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("3,press,"))
    fields = lines[place].split(",")
    fields[6] = f"{float(fields[6]) + 1:.9f}"
    lines[place] = ",".join(fields)
    (tmp_path / "visits.csv").write_text("\r\n".join([*lines, ""]), newline="")
    return tmp_path, place + 1


def test_a_changed_row_is_named_with_file_and_line(changed):
    """Exit code 5, and a place that an editor can open."""
    folder, line = changed
    done = line_sim("audit", folder, cwd=folder)
    assert done.returncode == 5
    assert "FAILED  route" in done.stdout
    assert f"{folder / 'visits.csv'}:{line}" in done.stdout
    assert "do not use this run's figures" in done.stdout


def test_report_says_it_with_the_same_code(changed):
    """The numbers are told all the same, with the warning before them all."""
    folder, _ = changed
    done = line_sim("report", folder, cwd=folder)
    assert done.returncode == 5
    assert "the audit failed" in done.stdout


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    """The code of files that cannot be used."""
    done = line_sim("audit", tmp_path, cwd=tmp_path)
    assert done.returncode == 4
    assert "is this the folder of a run?" in done.stderr
