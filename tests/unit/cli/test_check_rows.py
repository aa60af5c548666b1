"""What `check` says of a station's work."""

from click.testing import CliRunner

from line_sim.cli import commands

SCENARIO = """
version: 1
name: A chute
run: {items: 3}
arrivals: {every: 1 s}
line:
  - {station: chute, cycle: 0}
  - {station: press, cycle: 500 ms}
"""


def test_what_takes_no_time_has_no_limit(tmp_path):
    """It was said to make `inf` an hour; its column stays in line with the others."""
    (tmp_path / "line.yaml").write_text(SCENARIO)
    told = CliRunner().invoke(commands, ["check", str(tmp_path / "line.yaml")]).output
    chute, press = (line for line in told.splitlines() if " a part " in line)
    assert "no limit" in chute
    assert "7,200 UPH" in press
    assert chute.index("loaded") == press.index("loaded")
