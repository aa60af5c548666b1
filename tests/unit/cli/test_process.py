"""What the process of a command does beside its work, and what it leaves to others."""

import gc
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import line_sim.cli
from line_sim.cli import handover

SCENARIO = Path(__file__).parents[3] / "scenarios" / "default.yaml"
MODELLED = "line.camera.gateway={modelled: {service: 120 ms}}"
FREED = """
import resource
from line_sim import cli

def pages():
    blocks = [b"x" * 2**21 for _ in range(40)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

{}
first = pages()
print([pages() for _ in range(5)][-1] - first)
"""
PLAIN = "{version: 1, name: plain, run: {items: 5}, arrivals: {every: 1}, line: [{station: a, cycle: 1}]}"
COUNTED = """
import atexit, gc, os, sys

looks = []
gc.callbacks.append(lambda phase, info: looks.append(phase))
atexit.register(lambda: print(len(looks) // 2, os.environ.get("OPENBLAS_NUM_THREADS")))
sys.argv[0] = "line-sim"
from line_sim.cli import main

main()
"""


def at_work(program: str, before: str) -> str:
    """Return what a program says that does something before its work."""
    command = [sys.executable, "-c", program.format(before)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def counted(folder: Path, **environment: str) -> tuple[int, str]:
    """Run a few parts; return how often garbage was collected, and the threads of linear algebra."""
    command = [
        sys.executable,
        "-c",
        COUNTED,
        "run",
        str(SCENARIO),
        "--set",
        MODELLED,
        "--items",
        "5",
        "--quiet",
    ]
    given = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        command, cwd=folder, env=given | environment, capture_output=True, text=True, check=True
    )
    looks, threads = done.stdout.split()
    return int(looks), threads


def test_a_short_run_is_not_spent_on_looking_through_its_modules(tmp_path: Path) -> None:
    """Garbage is collected a few times, where Python would do so some two hundred."""
    looks, threads = counted(tmp_path)
    assert looks < 20
    assert threads == "1"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_memory_that_is_freed_is_there_for_what_comes_next() -> None:
    """Blocks of megabytes, again and again, cost the kernel's pages once; by itself glibc takes them anew."""
    by_itself, kept = (int(at_work(FREED, before)) for before in ("pass", "cli._keep_what_is_freed()"))
    assert kept < by_itself / 100


def test_a_quiet_run_without_pictures_loads_nothing_to_show_or_see_any(tmp_path: Path) -> None:
    """Neither what draws on a terminal, nor what decodes pictures, nor what reaches servers."""
    (tmp_path / "line.yaml").write_text(PLAIN, encoding="utf-8")
    code = (
        "import sys; from line_sim.cli import commands;"
        " commands.main(['run', 'line.yaml', '--quiet'], standalone_mode=False);"
        " print(sorted({'rich', 'PIL', 'ssl', 'grpc', 'line_sim.dashboard'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_who_says_how_many_threads_has_them(tmp_path: Path) -> None:
    """Only what nobody has said is set."""
    assert counted(tmp_path, OPENBLAS_NUM_THREADS="3")[1] == "3"


@pytest.mark.parametrize("own", [None, "3"])
def test_a_program_that_is_handed_over_to_has_its_threads(
    own: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`export` fits with matrices that are large: it finds the environment that was given to us."""
    name = line_sim.cli.THREADS_OF_ALGEBRA
    monkeypatch.setattr(line_sim.cli, "_added", set())
    monkeypatch.delenv(name, raising=False)
    if own is not None:
        monkeypatch.setenv(name, own)
    given, before = dict(os.environ), gc.get_threshold()
    become = []
    monkeypatch.setattr(os, "execve", lambda *of: become.append(of))
    try:
        line_sim.cli._take_it_easy()
        handover.hand_over("export", "line_sim_export", ("--help",))
    finally:
        gc.set_threshold(*before)
        os.environ.pop(name, None)
    assert [environment for _, _, environment in become] == [given]
