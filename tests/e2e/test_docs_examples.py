"""What the pages show is run as it stands: commands, scenarios and programs."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT, line_sim

from line_sim.scenario import loads

DOCS = ROOT / "docs"
PAGES = sorted(page for page in [ROOT / "README.md", *DOCS.rglob("*.md")])
FENCE = re.compile(r"^```(?P<kind>\w+)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS_A_SERVER = re.compile(r"--target|scenarios/default\.yaml|export|serve\b|classify|compare-inference")
RUN_COMMANDS = ("tutorial.md",)


def blocks(kind: str) -> list[tuple[Path, str]]:
    """Return every fenced block of a kind, with its page."""
    found = [(page, match) for page in PAGES for match in FENCE.finditer(page.read_text(encoding="utf-8"))]
    return [(page, match["text"]) for page, match in found if match["kind"] == kind]


def named(cases: list[tuple[Path, str]]) -> list[object]:
    """Give each case the name of its page and its first line."""
    return [pytest.param(*case, id=f"{case[0].name}: {case[1].splitlines()[0][:40]}") for case in cases]


@pytest.fixture
def desk(tmp_path):
    """A folder with the project's scenarios in it, as a reader of the docs has."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


@pytest.mark.parametrize(
    ("page", "text"), named([case for case in blocks("yaml") if case[1].startswith("version: 1\nname:")])
)
def test_every_whole_scenario_in_the_docs_can_be_read(page, text, tmp_path):
    """A reader may copy it as it stands; files that it names are the reader's own."""
    assert loads(text, page.name, folder=tmp_path, read_files=False).line


@pytest.mark.slow
@pytest.mark.parametrize(("page", "text"), named(blocks("python")))
def test_every_program_in_the_docs_runs(page, text, desk):
    """In a folder with the scenarios in it, without a word on stderr."""
    done = subprocess.run([sys.executable, "-c", text], cwd=desk, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN_COMMANDS)
def test_the_commands_of_a_lesson_run_one_after_the_other(page, desk):
    """Each ends with exit code 0; those that need a server are run by the stories of a live line."""
    path = DOCS / page
    if not path.exists():
        pytest.fail(f"{page} is gone: take it out of the list")
    lines = [line for text in _texts("console", path) for line in text.replace("\\\n", " ").splitlines()]
    commands = [line.removeprefix("$ ") for line in lines if line.removeprefix("$ ").startswith("line-sim ")]
    for command in commands:
        if NEEDS_A_SERVER.search(command):
            continue
        done = line_sim(*shlex.split(command, comments=True)[1:], cwd=desk)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def _texts(kind: str, path: Path) -> list[str]:
    return [text for page, text in blocks(kind) if page == path]


def test_every_picture_and_page_that_is_named_is_there():
    """No link of the docs leads to a file that is not in the project."""
    link = re.compile(r"\]\((?!https?:|#|mailto:)(?P<path>[^)#\s]+)")
    dead = [
        f"{page.relative_to(ROOT)}: {match['path']}"
        for page in PAGES
        for match in link.finditer(page.read_text(encoding="utf-8"))
        if not (page.parent / match["path"]).exists()
    ]
    assert dead == []
