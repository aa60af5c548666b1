"""What a sweep is once it is over, was interrupted or broken off."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_sim.study.design.study import Study
from line_sim.study.sweep.collected import Runs


@dataclass(frozen=True, slots=True)
class How:
    """How a study is swept: the figures to keep (none: all), and whether each run leaves its folder."""

    kpis: tuple[str, ...] = ()
    keep_runs: bool = False

    @property
    def as_data(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"kpis": list(self.kpis), "keep_runs": self.keep_runs}


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep as far as it came: the study, the runs of each variant, how it ended."""

    folder: Path
    study: Study
    runs: tuple[Runs, ...]
    ended: str
    how: How

    @property
    def locked_up(self) -> bool:
        """Whether the line locked up in any run."""
        return any(each.locked_up for each in self.runs)

    @property
    def audits_failed(self) -> int:
        """In how many runs the audit failed."""
        return sum(each.audits_failed for each in self.runs)
