"""Plans of lines whose best design is known exactly: deadlines against escapes, and reviewers.

At least 95 % of the plans are right, as in `test_plans`: 20 with deadlines, 10 at each price of reviewers.
"""

from pathlib import Path

import pytest
from plan_cases import PlanCase, cases, right_of

CASES = [case for case in cases() if case.name.startswith(("deadlines", "reviewers"))]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_right_design_is_planned(case: PlanCase, tmp_path: Path) -> None:
    """A deadline that ships enough and lets few escape; one reviewer with places, or two without."""
    plans = 10 if case.name.startswith("reviewers") else 20
    assert right_of(case, tmp_path, plans) >= 0.95 * plans
