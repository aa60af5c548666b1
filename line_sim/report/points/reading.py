"""What is read of a study's folder; what somebody changed by hand is refused by name, with no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from line_sim.errors import RunFileError
from line_sim.regular import read_regular
from line_sim.report.points.figures import Json

STUDY = "study.yaml"
_MOST_BYTES = 4 * 1024 * 1024


@contextmanager
def refused_where_torn(path: Path) -> Iterator[None]:
    """Raise RunFileError for whatever goes wrong because the JSON has not the form that a study writes."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise RunFileError(
            f"{path}: not as a study writes it ({what}); restore it or make it again"
        ) from error


def asked_in(folder: Path) -> dict[str, Any]:
    """Return what the study file that a sweep keeps demands, as it has it; nothing where it does not tell."""
    try:
        found = yaml.safe_load(read_regular(folder / STUDY, _MOST_BYTES))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("demand"), dict):
        return {}
    zones = found.get("tolerance")
    return {"demand": found["demand"], "tolerance": zones if isinstance(zones, dict) else {}}


def with_runs(data: Json, folder: Path) -> list[Json]:
    """Return the points of a sweep, each with the folder of its first run where that has a page."""
    points = list(data["points"])
    if not data.get("kept_runs"):
        return points
    kept = [f"variant-{int(point['variant']):03d}/replication-001" for point in points]
    return [
        {**point, "run": where} if (folder / where / "report.html").is_file() else point
        for point, where in zip(points, kept, strict=True)
    ]
