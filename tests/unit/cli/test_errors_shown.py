"""What a command says of an error: one message, fit for any terminal."""

import click
import pytest

from line_sim.cli.group import run_command_line

LINE = """\
version: 1
name: Test line
run: {items: 3}
arrivals: {every: 1 s}
line:
  - station: press
    cycle: {empirical: {file: times.csv, column: a}}
"""
TITLE = "\x1b]0;a title\x07"


def said(capsys, *arguments):
    """Return a command's exit code and its words on stderr."""
    code = run_command_line([str(argument) for argument in arguments])
    return code, capsys.readouterr().err


def test_what_a_header_holds_is_written_out(tmp_path, capsys):
    """A file from elsewhere gives the terminal no orders: neither a new title nor another direction."""
    (tmp_path / "line.yaml").write_text(LINE)
    (tmp_path / "times.csv").write_text(f"{TITLE},\u202ee\n1,2\n")
    code, told = said(capsys, "check", tmp_path / "line.yaml")
    assert code == 2
    assert r"it has \x1b]0;a title\x07, \u202ee" in told


def test_what_a_name_holds_is_written_out(tmp_path, capsys):
    """The name of a scenario, of a folder of results, and an option's value."""
    for expected, *arguments in (
        (2, "check", tmp_path / TITLE),
        (4, "report", tmp_path / TITLE),
        (2, "run", "x.yaml", "--target", TITLE),
    ):
        code, told = said(capsys, *arguments)
        assert code == expected
        assert r"\x1b]0;a title\x07" in told
        assert told.replace("\n", "").isprintable()


def test_a_mistake_keeps_its_line(tmp_path, capsys):
    """Several mistakes stand on a line each, however many signs they have."""
    (tmp_path / "line.yaml").write_text(LINE.replace("1 s", "x s").replace("items: 3", f"items: {TITLE!r}"))
    code, told = said(capsys, "check", tmp_path / "line.yaml")
    assert code == 2
    assert len(told.splitlines()) == 3


def test_too_little_memory_is_told(capsys):
    """In one line, without a traceback."""

    @click.command()
    def greedy():
        raise MemoryError

    assert run_command_line([], greedy) == 1
    assert capsys.readouterr().err == "Error: there is not enough memory for this\n"


@pytest.mark.parametrize("text", ["Säge", "界", "a\tb"])
def test_any_text_is_shown_as_it_is(text, capsys):
    """Letters of every script, and tabs."""

    @click.command()
    def wrong():
        raise click.ClickException(text)

    assert run_command_line([], wrong) == 1
    assert capsys.readouterr().err == f"Error: {text}\n"


@pytest.mark.parametrize("arguments", [("check", "line.yaml"), ("run", "line.yaml"), ("report", "results")])
def test_a_working_directory_that_is_gone_is_named(tmp_path, monkeypatch, capsys, arguments):
    """`No such file or directory` was all, of a file that its user sees in another window."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()
    code, told = said(capsys, *arguments)
    assert code == (4 if arguments[0] == "report" else 2)
    assert told.endswith(
        "The working directory is gone, where names are looked up: cd to one that is there, and try again.\n"
    )
    monkeypatch.chdir(tmp_path)
    assert "working directory" not in said(capsys, *arguments)[1]
