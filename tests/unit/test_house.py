"""The house is as it is drawn, its rooms are small, and every module says what it is about."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ROOT

PACKAGES = (ROOT / "line_sim", ROOT / "export" / "line_sim_export", ROOT / "serving" / "line_sim_serving")
MOST_MODULES = 15
MOST_LINES = 300


def rooms() -> Iterator[Path]:
    """Give every package of the three."""
    for package in PACKAGES:
        yield from (init.parent for init in sorted(package.rglob("__init__.py")))


def modules() -> Iterator[Path]:
    """Give every module."""
    for package in PACKAGES:
        yield from sorted(package.rglob("*.py"))


def drawn(document: str) -> dict[str, list[str]]:
    """Return what the drawing of a document shows: each room, and the rooms said to be in it.

    A drawing is a block of lines `name/  what it is`, two more spaces in for what is inside; rooms that
    are too small for a line of their own stand behind it, as in `(wires, servers)`.
    """
    text = (ROOT / document).read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert block, f"{document} has no drawing of the house"
    found: dict[str, list[str]] = {}
    above: list[tuple[int, str]] = []
    for line in block[1].splitlines():
        match = re.match(r"( *)([\w./]+)/(?: {2,}(.*))?$", line)
        if match is None:
            continue
        above = [(indent, path) for indent, path in above if indent < len(match[1])]
        path = "/".join([*(path for _, path in above[-1:]), match[2]])
        above.append((len(match[1]), path))
        inside = re.findall(r"\(([^()]*)\)", match[3] or "")
        found[path] = [name.strip() for names in inside for name in names.split(",") if name.strip()]
    return found


def inner_rooms(folder: Path) -> set[str]:
    """Return the packages directly inside a folder."""
    return {init.parent.name for init in folder.glob("*/__init__.py")}


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_room_that_is_drawn_is_there(document):
    """A drawing shows no room of yesterday."""
    missing = [path for path in drawn(document) if not (ROOT / path).is_dir()]
    assert missing == []


def test_every_room_is_drawn():
    """CONTRIBUTING's drawing leaves no room of the three packages out, however small."""
    shown = drawn("CONTRIBUTING.md")
    for package in PACKAGES:
        path = str(package.relative_to(ROOT))
        assert path in shown, f"{path} is not drawn"
        lines = {room.removeprefix(f"{path}/") for room in shown if room.startswith(f"{path}/")}
        assert lines | set(shown[path]) == inner_rooms(package), path
        for room in lines:
            assert set(shown[f"{path}/{room}"]) == inner_rooms(package / room), f"{path}/{room}"


def test_the_readme_draws_the_top_of_the_house():
    """Every folder of the repository that git keeps, and no other."""
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    shown = {path for path in drawn("README.md") if "/" not in path}
    assert shown == there - {"models", "results", "dist", "site", "build"}


def test_rooms_are_small():
    """At most about fifteen modules, so that a look takes them in."""
    many = {str(room.relative_to(ROOT)): len([*room.glob("*.py")]) - 1 for room in rooms()}
    assert {room: count for room, count in many.items() if count > MOST_MODULES} == {}


def test_every_module_says_its_subject_in_its_first_line():
    """One sentence that stands by itself, ended by a full stop or going on below."""
    dumb = [
        str(module.relative_to(ROOT))
        for module in modules()
        if not re.match(r'"""\S.{9,}', module.read_text(encoding="utf-8"))
    ]
    assert dumb == []


def test_modules_fit_the_eye():
    """None is longer than 300 lines."""
    long = {str(m.relative_to(ROOT)): len(m.read_text(encoding="utf-8").splitlines()) for m in modules()}
    assert {module: lines for module, lines in long.items() if lines > MOST_LINES} == {}


def test_what_a_part_truly_is_is_said_once():
    """A word that is written in several places is one that somebody changes in some of them."""
    said = {
        module.relative_to(ROOT).as_posix()
        for module in (ROOT / "line_sim").rglob("*.py")
        if any(
            isinstance(node, ast.Constant) and node.value == "defective"
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        )
    }
    assert said == {"line_sim/truth.py"}
