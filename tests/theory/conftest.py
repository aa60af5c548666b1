"""The one way in which a theory test compares: `agrees`, which keeps count of the comparisons."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import ArrayLike

from line_sim.study.theory.intervals import Floats, Interval, batch_means, interval_of, ratio_interval

FAMILY_FALSE_ALARM = 1e-3
CHECKS = 120
"""At least as many as the suite makes: together they call a right line wrong once in 1,000 draws of seeds."""

LEVEL = FAMILY_FALSE_ALARM / CHECKS

made: list[tuple[str, float, Interval]] = []
Agrees = Callable[..., None]


@pytest.fixture
def agrees(request: pytest.FixtureRequest) -> Agrees:
    """Return the function that holds an estimate against theory."""

    def check(
        truth: float,
        values: ArrayLike,
        *,
        per: ArrayLike | None = None,
        controls: Sequence[ArrayLike] = (),
        detects: float,
        scale: float | None = None,
    ) -> None:
        """Check mean(values) / mean(per) against the truth.

        `controls` are quantities with mean 0; `detects` the error, relative to `scale` (else to the
        truth), that must be found in 999 of 1,000 runs.
        """
        batches = batch_means(values)
        means: list[Floats] = [batch_means(control) for control in controls]
        under = np.ones(len(batches)) if per is None else batch_means(per)
        interval = (
            interval_of(batches, means, level=LEVEL)
            if per is None
            else ratio_interval(batches, under, truth, means, level=LEVEL)
        )
        note(truth, interval)
        assert interval.detectable <= detects * (scale or abs(truth)), "the run is too short to show it"
        assert interval.contains(truth)

    def note(truth: float, interval: Interval) -> None:
        made.append((request.node.name.removeprefix("test_"), truth, interval))
        assert len(made) <= CHECKS, "raise CHECKS: the family-wise budget is spent"

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show every comparison with `-v`: theory, estimate, interval, and the error it would surely find."""
    if made and config.get_verbosity() > 0:
        terminalreporter.section("theory | estimate +- half width | error surely found")
        for name, truth, (estimate, half, detectable, _) in made:
            terminalreporter.line(
                f"{name:72} {truth:10.6f} | {estimate:10.6f} +- {half:.6f} | {detectable:.4f}"
            )
