"""The files of a calibration: the model that a scenario names, and a page beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from line_sim.errors import RunFileError
from line_sim.recording.whole import write_whole
from line_sim.scenario.gateways.calibration import Calibration
from line_sim.scenario.gateways.calibration_files import calibration_text
from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.text import foreign_of
from line_sim.units import SECOND, duration_text

MOST_VALUES = 4_000
"""So many measured times are kept of a kind: a calibration file may have 256 KiB."""

AGAIN = "calibrate again"


def refuse_what_is_there(out: Path) -> None:
    """Raise RunFileError where a file of this calibration is there already: nothing measured is lost."""
    for path in (out, page_path(out)):
        if path.exists() or path.is_symlink():
            raise RunFileError(f"{path}: it is there already; move it away, or name another --out")
    if out.suffix not in {".yaml", ".yml"}:
        raise RunFileError(f"{out}: a calibration is a YAML file; give --out a name that ends in .yaml")
    if not out.parent.is_dir():
        raise RunFileError(f"{out.parent}: there is no such folder; make it, or name another --out")


def page_path(out: Path) -> Path:
    """Return where the page is, beside the calibration."""
    return out.with_suffix(".html")


def write_calibration(out: Path, found: Fitted, measured: Mapping[str, Any], name: str) -> Calibration:
    """Write the calibration and return it. Raises RunFileError where that cannot be."""
    calibration = calibration_of_fit(found, measured, name)
    write_whole(out, calibration_text(calibration), AGAIN)
    return calibration


def calibration_of_fit(found: Fitted, measured: Mapping[str, Any], name: str) -> Calibration:
    """Return a fit in the shape of a calibration file."""
    slope = found.slope
    written = {
        "line_sim_server": 1,
        "name": name,
        "measured": {**measured, **_how_well(found)},
        "model": _model(found),
        "payload": None
        if slope is None
        else {
            "seconds_per_byte": slope.seconds_per_byte,
            "standard_error": slope.error,
            "smallest_bytes": slope.smallest,
            "largest_bytes": slope.largest,
        },
        "cold": [round(took, 6) for took in found.observed.cold],
        "blocks": {
            "alone": [[round(work, 6) for work in block] for block in _stretches(found)],
            "together": {size: [round(mu, 6) for mu in each] for size, each in found.together.items()},
        },
        "held_out": _held_out(found),
    }
    return Calibration.model_validate(written, context={"read_files": False})


def _model(found: Fitted) -> dict[str, Any]:
    law = found.law
    model: dict[str, Any] = {
        "service": {"values": {"of": [_duration(work) for work in _most(sorted(found.work.tolist()))]}},
        "after_deadline": "keeps_computing" if law.keeps_computing else "stops",
    }
    if law.places > 1:
        told = {1, *found.speeds, len(law.speeds)}  # others lie in between, in proportion
        speed = {n: round(mu, 6) for n, mu in enumerate(law.speeds, 1) if n in told}
        model["sharing"] = {"places": law.places, "speed": speed}
    if law.overhead:
        model["overhead"] = _duration(law.overhead)
    if law.idle:
        model["idle"] = [{"after": _duration(step.after), "adds": _duration(step.adds)} for step in law.idle]
    return model


def _most(ordered: list[float]) -> list[float]:
    """Return so many of the values as a file may hold, evenly over their order."""
    if len(ordered) <= MOST_VALUES:
        return ordered
    return [ordered[int((place + 0.5) * len(ordered) / MOST_VALUES)] for place in range(MOST_VALUES)]


def _stretches(found: Fitted) -> list[list[float]]:
    """Return the stretches of lone calls; of very many calls, the first ones of each."""
    each = max(1, MOST_VALUES // max(1, len(found.blocks)))
    return [block[:each].tolist() for block in found.blocks]


def _duration(seconds: float) -> str:
    return duration_text(round(seconds * 1e6) * (SECOND // 1_000_000))


def _how_well(found: Fitted) -> dict[str, Any]:
    """Return what the fit itself has to say of how it came about."""
    observed, foreign = found.observed, foreign_of(found)
    return {
        "calls": observed.calls,
        "foreign_load": None if foreign is None else round(foreign, 4),
        "rounds": len(observed.rounds),
        "rounds_done_anew": observed.repeated,
        "in_flight": observed.most,
        "speeds": {
            size: [round(mu.low, 4), round(mu.high, 4)] for size, mu in found.speeds.items() if size > 1
        },
        "places_tried": {one.places: round(one.off, 4) for one in found.candidates},
        "after_deadline_position": None if found.deciding is None else round(found.deciding.position, 3),
        "doubts": list(found.doubts),
    }


def _held_out(found: Fitted) -> dict[str, Any]:
    figures = found.held_out.figures
    errors: dict[str, Any] = {name: round(figure.error, 5) for name, figure in figures.items()}
    return {**errors, "noise": {name: round(figure.noise, 5) for name, figure in figures.items()}}
