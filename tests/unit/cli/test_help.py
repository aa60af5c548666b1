"""What `--help` shows of the commands that run in this process."""

import pytest
from click.testing import CliRunner

from line_sim.cli import commands
from line_sim.errors import LineSimError


@pytest.mark.parametrize(
    "name", ["", "run", "check", "compare", "validate", "report", "classify", "schema", "calibrate"]
)
def test_help_shows_its_examples_as_they_are_typed(name: str) -> None:
    """No mark of the formatter is left in the text, and an example keeps its own line."""
    shown = CliRunner().invoke(commands, [*name.split(), "--help"], terminal_width=80)
    assert shown.exit_code == 0
    assert "\b" not in shown.output
    assert "\\b" not in shown.output


def test_every_exit_code_is_listed() -> None:
    """Those of the errors, and what no error of ours stands behind: 0, 1, 5, 6 and 130."""
    shown = CliRunner().invoke(commands, ["--help"], terminal_width=80).output
    _, _, listed = shown.partition("Exit codes:")
    own = {error.exit_code for error in LineSimError.__subclasses__()}
    assert {int(line.split()[0]) for line in listed.splitlines() if line.strip()} == {0, 1, 5, 6, 130} | own


def test_the_first_example_can_be_copied() -> None:
    """The command to start with stands on a line of its own."""
    shown = CliRunner().invoke(commands, ["--help"], terminal_width=80)
    assert "line-sim run scenarios/default.yaml" in [line.strip() for line in shown.output.splitlines()]
