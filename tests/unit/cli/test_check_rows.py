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


SHARED = """
version: 1
name: One GPU
run: {items: 3}
arrivals: {every: 1 s}
servers:
  gpu: {modelled: {service: {1: 300 ms, 2: 400 ms}, batching: {max: 2}}}
  spare: {modelled: {service: 1}}
line:
  - {inspection: top, gateway: {server: gpu}}
  - {inspection: bottom, gateway: {server: gpu}}
review: {time: 0}
"""


def test_a_shared_server_has_a_row_of_its_own(tmp_path):
    """What it can answer for all who ask, its load, and a word on one that nobody asks."""
    (tmp_path / "line.yaml").write_text(SHARED)
    told = CliRunner().invoke(commands, ["check", str(tmp_path / "line.yaml")]).output
    (gpu,) = (line for line in told.splitlines() if line.startswith("  gpu "))
    assert gpu.split(None, 1)[1] == (
        "400.0 ms a part       9,000 UPH  loaded   40 % by 2 requests a part in batches of 2  <- bottleneck"
    )
    assert "wait for gpu (300 ms, up to 2 together)" in told
    assert "servers.spare: no inspection asks it" in told
