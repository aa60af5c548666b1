"""A factory production line whose inspection station waits for a real neural network.

`run` runs a scenario, `read` opens the folder of a run, `load` reads a scenario file. `sweep` runs every
variant of one, `plan` finds the cheapest that does, `calibrate` measures a server, and `confirm` holds a
prediction against live runs. Each is imported when it is first asked for, so that `import line_sim` costs
next to nothing.
"""

from importlib import import_module

TYPE_CHECKING = False  # typing would take longer than all the rest of this module
if TYPE_CHECKING:
    from line_sim.api import Run, read, run
    from line_sim.scenario import Scenario, load
    from line_sim.study.calibration.python import calibrate
    from line_sim.study.confirm.python import Confirmed, confirm, read_confirmation
    from line_sim.study.plan.python import Plan, plan, read_plan
    from line_sim.study.sweep.python import Swept, read_sweep, sweep

__version__ = "0.1.0"

_HOMES = {
    "Run": "line_sim.api",
    "read": "line_sim.api",
    "run": "line_sim.api",
    "Scenario": "line_sim.scenario",
    "load": "line_sim.scenario",
    "calibrate": "line_sim.study.calibration.python",
    "Confirmed": "line_sim.study.confirm.python",
    "confirm": "line_sim.study.confirm.python",
    "read_confirmation": "line_sim.study.confirm.python",
    "Plan": "line_sim.study.plan.python",
    "plan": "line_sim.study.plan.python",
    "read_plan": "line_sim.study.plan.python",
    "Swept": "line_sim.study.sweep.python",
    "read_sweep": "line_sim.study.sweep.python",
    "sweep": "line_sim.study.sweep.python",
}

__all__ = [
    "Confirmed",
    "Plan",
    "Run",
    "Scenario",
    "Swept",
    "__version__",
    "calibrate",
    "confirm",
    "load",
    "plan",
    "read",
    "read_confirmation",
    "read_plan",
    "read_sweep",
    "run",
    "sweep",
]


def __getattr__(name: str) -> object:
    """Import what is asked for from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Name what can be asked for."""
    return sorted({*globals(), *_HOMES})
