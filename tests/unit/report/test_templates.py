"""What jinja makes of a template is kept, and never used for another one, nor where others may write."""

from pathlib import Path

import pytest
from jinja2 import Environment

from line_sim.report.templates import template


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one template, and a cache that is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path / "packages")
    path = tmp_path / "packages" / tmp_path.name.replace("-", "_")
    (path / "templates").mkdir(parents=True)
    (path / "__init__.py").touch()
    (path / "templates" / "hello.j2").write_text("Hello {{ who }}!")
    return path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were compiled, as they were."""
    seen = []
    compile_it = Environment.compile

    def listening(self, source, *others):
        seen.append(source)
        return compile_it(self, source, *others)

    monkeypatch.setattr(Environment, "compile", listening)
    return seen


def greet(room: Path) -> str:
    """Return the template filled in."""
    return template("hello.j2", (room.name,)).render(who="<you>")


def kept(room: Path) -> Path:
    """Return where its code is kept."""
    return room.parents[1] / "cache" / "line-sim" / "templates" / "hello.j2"


def test_a_template_is_compiled_once(room, compiled):
    """The next page takes what is kept, and says the same."""
    assert greet(room) == greet(room) == "Hello &lt;you&gt;!"
    assert compiled == ["Hello {{ who }}!"]


def test_another_template_of_that_name_is_another(room, compiled):
    """A new version of line-sim writes its own pages."""
    greet(room)
    (room / "templates" / "hello.j2").write_text("Goodbye {{ who }}!")
    assert greet(room) == greet(room) == "Goodbye &lt;you&gt;!"
    assert compiled == ["Hello {{ who }}!", "Goodbye {{ who }}!"]


@pytest.mark.parametrize(
    "damage", [lambda told: told[:-1], lambda _: b"", lambda told: told[:40] + b"\0" * 99]
)
def test_damaged_code_is_made_again(room, compiled, damage):
    """It would be run."""
    greet(room)
    kept(room).write_bytes(damage(kept(room).read_bytes()))
    assert greet(room) == greet(room) == "Hello &lt;you&gt;!"
    assert len(compiled) == 2


def test_where_others_may_write_nothing_is_kept(room, compiled):
    """Nor read: it might be theirs."""
    greet(room)
    kept(room).parent.chmod(0o777)
    assert greet(room) == greet(room) == "Hello &lt;you&gt;!"
    assert len(compiled) == 3


def test_without_a_place_to_keep_it_the_page_is_made_all_the_same(room, compiled, monkeypatch):
    """The cache is a file, as it happens."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(room / "__init__.py"))
    assert greet(room) == greet(room) == "Hello &lt;you&gt;!"
    assert len(compiled) == 2
