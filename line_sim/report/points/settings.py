"""Settings of a point: as a person reads them, as numbers on an axis, and as options to copy."""

import json
import math
import shlex
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from line_sim.scenario.dump import overrides_of
from line_sim.units import SECOND, NotADurationError, parse_duration

NBSP = "\u00a0"
"""Keeps a number and its unit on one line."""


def short(key: str) -> str:
    """Return a key without what is said of every station: `line.camera.units` gives `camera.units`."""
    return key.removeprefix("line.") or key


def value_text(value: object) -> str:
    """Write a value as a scenario has it: `2`, `250 ms`, `true`."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.10g}"
    return json.dumps(value, ensure_ascii=False)


def number(value: object) -> float | None:
    """Return a number, or a time in seconds; None for what is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    with suppress(ValueError):
        return float(value) if math.isfinite(float(value)) else None
    try:
        return parse_duration(value) / SECOND
    except NotADurationError:
        return None


def told(settings: Mapping[str, Any]) -> str:
    """Write settings in a sentence: `camera.units = 2 and camera.deadline = 250 ms`."""
    parts = [f"{short(key)} = {value_text(value)}".replace(" ", NBSP) for key, value in settings.items()]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def options(settings: Mapping[str, Any]) -> str:
    """Write settings as options of a command, quoted for a shell where they must be."""
    return " ".join(f"--set {shlex.quote(each)}" for each in overrides_of(settings))
