"""What `run.json` says of a run beside its numbers: versions, machine, server, when, why it ended."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from line_sim import __version__
from line_sim.engine.choice import Choice
from line_sim.inspection.gateway import Gateway
from line_sim.line.line import Ending
from line_sim.scenario import Scenario
from line_sim.units import seconds_text

PACKAGES = ("simpy", "grpcio", "numpy", "numba", "tensorflow", "tensorflow-serving-api")


def started(
    scenario: Scenario, gateways: Mapping[str, Gateway], engine: Choice | None = None
) -> dict[str, Any]:
    """Describe a run that has just begun, on a line where there is one; how it ended is not known yet."""
    return {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "clock": scenario.clock,
        **({} if engine is None else {"engine": engine._asdict()}),
        "started": _now(),
        "finished": None,
        "ended": None,
        "reason": "",
        "ended_at_s": None,
        "versions": {"line-sim": __version__, "python": platform.python_version()} | _versions(),
        "machine": {
            "system": platform.platform(),
            "processor": _processor(),
            "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        },
        "servers": _servers(gateways),
    }


def finished(info: Mapping[str, Any], ending: Ending, gateways: Mapping[str, Gateway]) -> dict[str, Any]:
    """Add how the run ended, and which model versions answered."""
    return {
        **info,
        "finished": _now(),
        "ended": ending.how,
        "reason": ending.reason,
        "ended_at_s": Decimal(seconds_text(ending.at)),
        "servers": _servers(gateways),
    }


def _servers(gateways: Mapping[str, Gateway]) -> dict[str, dict[str, str]]:
    return {name: gateway.identity for name, gateway in gateways.items()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _versions() -> dict[str, str]:
    """Versions of installed packages, read from their metadata: nothing is imported for it."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    """The processor's name as the system tells it; Linux keeps it in a file."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - a path object adds nothing here
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
