"""Plans of lines whose best design is known exactly: places, and cameras with their servers.

At least 19 of 20 plans are right, each under other chance; a hundred of each: `python benchmarks/plans.py`.
"""

from pathlib import Path

import pytest
from plan_cases import PlanCase, cases, right_of

CASES = [case for case in cases() if case.name.startswith(("places", "four", "cameras"))]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_right_design_is_planned(case: PlanCase, tmp_path: Path) -> None:
    """The fewest places between three and four exponential stations; cameras that share servers."""
    assert right_of(case, tmp_path) >= 19
