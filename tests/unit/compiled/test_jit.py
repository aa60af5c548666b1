"""Compiled code is kept for the next process, and never used where it does not fit."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import ROOT

pytest.importorskip("numba")

HELPER = """
from line_sim.compiled.code.jit import compiled

@compiled
def more(number):
    return number + {step}
"""
TRIAL = """
from line_sim.compiled.code.jit import compiled
from line_sim.compiled.helper import more

@compiled
def twice_more(number):
    return more(more(number))
"""
ASK = """
import os, sys
from line_sim.compiled.code.entry import Entry
twice_more = Entry("line_sim.compiled.trial", "twice_more", 1)
if "AHEAD" in os.environ:
    twice_more.keep()
before, found, after = twice_more.is_warm, twice_more(40), twice_more.is_warm
print(before, found, after, "numba" in sys.modules)
"""
COMPILED, LOADED = "False {} True True", "True {} True False"
"""What it says where it was compiled, and where its code was there: then nobody needs the compiler."""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder with line-sim in it, which has a kernel and a helper of the test's own."""
    shutil.copytree(
        ROOT / "line_sim", tmp_path / "site/line_sim", ignore=shutil.ignore_patterns("__pycache__")
    )
    room = tmp_path / "site/line_sim/compiled"
    (room / "helper.py").write_text(HELPER.format(step=1))
    (room / "trial.py").write_text(TRIAL)
    return tmp_path / "site"


def start(installed: Path, **environment: str) -> "subprocess.Popen[str]":
    """Begin to ask the kernel in a process of its own, whose cache lies beside what is installed."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    variables |= {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(installed.parent / "cache")}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", ASK],
        cwd=installed,
        env=variables | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(process: "subprocess.Popen[str]") -> str:
    """Return what the kernel said; it complained of nothing."""
    out, complaints = process.communicate(timeout=120)
    assert (process.returncode, complaints) == (0, "")
    return out.strip()


def kept(installed: Path, where: str = "cache/line-sim") -> list[Path]:
    """Return the files of code that were kept."""
    return sorted((installed.parent / where / "compiled").glob("*/*"))


def test_the_second_process_compiles_nothing(installed):
    """The first one keeps its code, and the second one does not even load the compiler."""
    assert told(start(installed)) == COMPILED.format(42)
    files = kept(installed)
    assert told(start(installed)) == LOADED.format(42)
    assert [file.suffix for file in files] == [".code"]
    assert kept(installed) == files


def test_code_can_be_kept_ahead(installed):
    """So that of several processes to come none compiles it."""
    told(start(installed, AHEAD="keep"))
    assert told(start(installed)) == LOADED.format(42)


def test_a_changed_callee_in_another_module_is_noticed(installed):
    """By numba's own cache it would not be: that looks at the entry's file alone."""
    told(start(installed))
    (installed / "line_sim/compiled/helper.py").write_text(HELPER.format(step=10))
    assert told(start(installed)) == COMPILED.format(60)


def test_a_constant_of_the_units_is_part_of_the_code(installed):
    """So code that was compiled with another one is not used."""
    told(start(installed))
    units = installed / "line_sim/units.py"
    units.write_text(units.read_text() + "\nANOTHER = 1\n")
    assert told(start(installed)) == COMPILED.format(42)


@pytest.mark.parametrize("home", ["a file", "nothing", "read only"])
def test_where_nothing_can_be_kept_the_line_is_compiled_all_the_same(installed, tmp_path, home):
    """Nothing is said, and nothing is left anywhere."""
    place = tmp_path / "home"
    if home == "a file":
        place.write_text("no folder")
    elif home == "read only":
        place.mkdir()
        place.chmod(0o500)
        if os.access(place, os.W_OK):
            pytest.skip("this user may write anywhere")
    before = sorted(tmp_path.rglob("*"))
    chosen = "/dev/null" if home == "nothing" else f"{place}/cache"
    assert told(start(installed, XDG_CACHE_HOME=chosen)) == COMPILED.format(42)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_to_which_others_may_write_is_not_used(installed):
    """Code that is loaded is run: it must be this user's own."""
    told(start(installed))
    (file,) = kept(installed)
    file.parent.chmod(0o777)
    assert told(start(installed)) == COMPILED.format(42)


@pytest.mark.parametrize("rest", [0, 10, 1000])
def test_code_that_is_not_whole_is_made_again(installed, rest):
    """As after a power cut."""
    told(start(installed))
    (file,) = kept(installed)
    whole = file.read_bytes()
    file.write_bytes(whole[:rest])
    assert told(start(installed)) == COMPILED.format(42)
    assert file.read_bytes() == whole
    assert told(start(installed)) == LOADED.format(42)


def test_processes_that_compile_at_once_do_not_disturb_each_other(installed):
    """Each compiles for itself, and one file is left, which is whole."""
    for process in [start(installed) for _ in range(4)]:
        assert told(process).split()[1] == "42"
    assert len(kept(installed)) == 1
    assert told(start(installed)) == LOADED.format(42)


def test_the_users_own_folder_for_numba_is_taken(installed, tmp_path):
    """NUMBA_CACHE_DIR says where; the state of the sources is told apart there, too."""
    own = str(tmp_path / "own")
    assert told(start(installed, NUMBA_CACHE_DIR=own)) == COMPILED.format(42)
    assert told(start(installed, NUMBA_CACHE_DIR=own)) == LOADED.format(42)
    assert len(kept(installed, "own/line-sim")) == 1


def test_old_states_are_thrown_away_with_care(installed):
    """Where a new one begins: only those that nobody has used for weeks, and only what was written here."""
    told(start(installed))
    (file,) = kept(installed)
    root, weeks = file.parent.parent, time.time() - 40 * 24 * 3600
    old, foreign, other = root / ("a" * 32), root / ("b" * 32), root / "notes"
    for folder in (old, foreign, other):
        folder.mkdir()
        (folder / "line.code").touch()
    (foreign / "diary.txt").touch()
    for folder in (old, foreign, other):
        os.utime(folder, (weeks, weeks))
    (installed / "line_sim/compiled/helper.py").write_text(HELPER.format(step=2))
    told(start(installed))
    assert not old.exists()
    assert [path.name for path in foreign.iterdir()] == ["diary.txt"]
    assert (other / "line.code").exists()
    assert file.exists()


def test_a_function_is_compiled_once_for_all_the_constants_that_it_is_called_with():
    """Numba alone compiles it anew for each: the kernel's events have a dozen kinds."""
    import numba

    from line_sim.compiled.code.jit import compiled

    @compiled
    def more(number: int, step: int) -> int:
        return number + step

    @numba.njit
    def much_more(number: int) -> int:
        return more(more(number, 1), 20)

    assert much_more(300) == 321
    assert len(more.signatures) == 1
