"""A scenario whose line time could never pass is refused instead of hanging."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.scenario import loads

SATURATED = """\
version: 1
name: in no time
run: {duration: 10 s}
arrivals: {saturated: true}
line:
  - {station: a, cycle: 0 s}
  - {inspection: b, gateway: {modelled: {service: 0}}}
review: {time: 1 s}
"""


def test_a_saturated_line_that_needs_no_time_has_no_duration():
    """Endlessly many parts would leave at the first moment."""
    with pytest.raises(ScenarioError) as caught:
        loads(SATURATED, "hang.yaml")
    assert str(caught.value) == (
        "hang.yaml:3:17: run.duration is 10 s; no station of this saturated line needs any time, "
        "so it would never pass; use run.items"
    )


@pytest.mark.parametrize(
    "override",
    [
        "line.a.cycle=1 ms",
        "line.a.buffer={places: 2, travel: 1 ms}",
        "line.a.cycle={exponential: {mean: 1 ms}}",
        "line.b.acquisition=1 ms",
        "line.b.gateway.modelled.service=1 ms",
        "line.b.gateway={grpc: {}}",
        "arrivals={every: 1 s}",
    ],
)
def test_any_time_at_all_lets_it_pass(override):
    """One station that works, a takt, or a real server is enough."""
    assert loads(SATURATED, overrides=[override]).run.duration is not None


def test_so_does_a_number_of_parts():
    """A run of so many parts ends at its first moment."""
    assert loads(SATURATED, overrides=["run={items: 5}"]).run.items == 5


def test_measured_times_between_arrivals_must_not_all_be_0(tmp_path):
    """A file of zeros would let endlessly many parts arrive at once."""
    (tmp_path / "gaps.csv").write_text("gap\n0\n0\n")
    every = "arrivals={every: {empirical: {file: gaps.csv, column: gap}}}"
    with pytest.raises(ScenarioError, match=r"no time in this column of .* is above 0"):
        loads(SATURATED, overrides=[every], folder=tmp_path)
    (tmp_path / "gaps.csv").write_text("gap\n0\n1\n")
    assert loads(SATURATED, overrides=[every], folder=tmp_path).arrivals.every is not None
