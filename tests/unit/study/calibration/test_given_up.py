"""What probes behind calls that were given up tell, and how surely."""

import pytest

from line_sim.study.calibration.fit.given_up import Probes


@pytest.mark.parametrize(
    ("number", "position", "error", "clear"),
    [(40, 0.1, 0.15, True), (4, 0.1, 0.15, False), (4, 0.1, 0.1, True), (1, 0.0, 0.0, False)],
)
def test_few_probes_know_little_of_their_own_error(number, position, error, clear):
    """Student's t of so many: of four probes 3.2 errors are needed, of forty 2; of one nobody knows."""
    probes = Probes(1, number, 0.15, 0.1, 0.2, position, error)
    assert probes.tells
    assert probes.clear == clear
