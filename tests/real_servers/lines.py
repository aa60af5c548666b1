"""Lines that ask a real server, what happens to it in mid-run, and what the run's files say of it all."""

import csv
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from commands import DEFAULT, line_sim

from line_sim.line.records import Call
from line_sim.scenario import Scenario
from line_sim.simulation import RunResult, simulate


def asking(gateway: Mapping[str, Any], items: int, **keys: Any) -> Scenario:
    """Return a line that is one inspection of flanges behind a KServe gateway; `keys` are the inspection's.

    A part comes each 10 ms unless `every` says otherwise; a part without an answer is looked at in no time.
    The deadline is long, so that a busy machine is none of the faults.
    """
    every = keys.pop("every", "10 ms")
    images = keys.pop("images", {"rendered": "flange"})
    inspection = {
        "inspection": "camera",
        "buffer": 20,
        "deadline": "20 s",
        "gateway": {"kserve": {"model": "flanges", **gateway}},
        **keys,
    }
    written: dict[str, Any] = {
        "version": 1,
        "name": "real servers",
        "seed": 7,
        "run": {"items": items, "warm_up": 0},
        "arrivals": {"every": every},
        "product": {"defect_rate": 0.2, "images": images},
        "line": [inspection],
        "review": {"time": 0, "buffer": 1000},
    }
    return Scenario.model_validate(written)


def default_line(folder: Path, gateway: Mapping[str, Any], **camera: object) -> list[str]:
    """Run 300 parts of the default scenario by the command, well and with its audit passed.

    Returns the lines of its calls' table.
    """
    written = yaml.safe_dump({"kserve": {"model": "flanges", **gateway}}, default_flow_style=True)
    keys = {"gateway": written, "deadline": "20s", **camera}
    changed = [word for key, value in keys.items() for word in ("--set", f"line.camera.{key}={value}")]
    done = line_sim("run", DEFAULT, *changed, "--items", "300", "--out", "run", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "audit       passed" in done.stdout
    return (folder / "run" / "calls.csv").read_text().splitlines()


class During:
    """Has something happen when the call about a part is over; an observer of the line.

    By the part `over_by` all of it is over: the line is held up where it is not.
    """

    def __init__(self, happenings: Mapping[int, Callable[[], object]], over_by: int | None) -> None:
        self._happenings = dict(happenings)
        self._over_by = over_by
        self._threads: list[threading.Thread] = []
        self._failed: list[Exception] = []

    def on_call(self, call: Call) -> None:
        """Begin what was due by then, without keeping the line from going on."""
        for item_id in [item_id for item_id in self._happenings if item_id <= call.item_id]:
            does = self._happenings.pop(item_id)
            self._threads.append(threading.Thread(target=self._does, args=(does,)))
            self._threads[-1].start()
        if self._over_by is not None and call.item_id >= self._over_by:
            self.wait()

    def wait(self) -> None:
        """Wait for all that has begun."""
        for thread in self._threads:
            thread.join()

    def check(self) -> None:
        """Raise what went wrong, also where something did not even begin."""
        if self._failed:
            raise self._failed[0]
        assert not self._happenings, "the run was over before all had happened"

    def _does(self, does: Callable[[], object]) -> None:
        try:
            does()
        except Exception as error:  # noqa: BLE001 - raised by `check`
            self._failed.append(error)


@dataclass(frozen=True)
class Run:
    """A run that is over."""

    result: RunResult

    @property
    def statuses(self) -> Counter[str]:
        """How many calls ended with each status."""
        return Counter(str(call["status"]) for call in self.calls)

    @property
    def outcomes(self) -> Counter[str]:
        """How many calls ended with each outcome."""
        return Counter(str(call["outcome"]) for call in self.calls)

    @property
    def calls(self) -> list[dict[str, str]]:
        """The rows of `calls.csv`, in the order in which the calls ended."""
        return self.rows("calls")

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of one of the run's CSV files."""
        with (self.result.folder / f"{table}.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    @property
    def server(self) -> dict[str, str]:
        """What `run.json` says of the camera's server."""
        told: dict[str, str] = json.loads((self.result.folder / "run.json").read_text())["servers"]["camera"]
        return told


def run(
    scenario: Scenario,
    folder: Path,
    happenings: Mapping[int, Callable[[], object]] | None = None,
    over_by: int | None = None,
) -> Run:
    """Run a line; while it runs, have things happen once the call about a part is over; see `During`."""
    during = During(happenings or {}, over_by)
    try:
        result = simulate(scenario, folder, observers=(during,))
    finally:
        during.wait()
    during.check()
    return Run(result)


def lost_nothing(ran: Run, items: int) -> bool:
    """Whether every part came, was asked about once and left, by the run's files, and the audit agrees."""
    result = ran.result
    asked = sorted(int(call["item_id"]) for call in ran.calls)
    return (
        result.ended == "completed"
        and result.summary.audit_passed
        and asked == list(range(1, items + 1))
        and len(ran.rows("items")) == items
    )
