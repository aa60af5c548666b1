"""A server measured, fitted and written down."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from line_sim.errors import CalibrationError
from line_sim.line.interrupt import Interrupt
from line_sim.pictures.opening import pictures_of
from line_sim.provenance import started
from line_sim.report.studies.page import write_study_page
from line_sim.scenario.gateways.calibration import Calibration
from line_sim.scenario.gateways.kind import LiveKind
from line_sim.scenario.model import Inspection, Scenario
from line_sim.study.calibration.files import AGAIN, page_path, refuse_what_is_there, write_calibration
from line_sim.study.calibration.fit.fit import fit
from line_sim.study.calibration.fit.fitted import Fitted
from line_sim.study.calibration.measuring.load import Machine, Read, all_processors
from line_sim.study.calibration.measuring.measure import How, Watching, measure
from line_sim.study.calibration.measuring.payloads import Payloads, payloads_at, payloads_of
from line_sim.study.calibration.measuring.target import Shelf, Target, reached
from line_sim.study.calibration.page import calibration_page


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured: the server of an inspection, as its scenario says.

    Pictures are those of the scenario's parts, or come from `payload`, a file or a folder.
    """

    scenario: Scenario
    spec: Inspection
    how: How
    name: str
    payload: Path | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """Who is told, who may stop it, and how the machine's usage is read where it is not this one's /proc."""

    narrate: Callable[[str], None] = lambda _: None
    progress: Callable[[float, float], None] = lambda _done, _most: None
    interrupt: Interrupt = field(default_factory=Interrupt)
    usage: Callable[[Target], Read] = lambda target: Machine(target.address)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A server's calibration and the fit behind it; `out` is its file, `page` the page beside it."""

    calibration: Calibration
    found: Fitted
    out: Path

    @property
    def page(self) -> Path:
        """Where the page is."""
        return page_path(self.out)


def calibrate(request: Request, out: Path, around: Around) -> Calibrated:
    """Measure a server, fit its law, and write `out` and a page beside it.

    Raises GatewayError for a server that cannot be used, CalibrationError where the machine is too busy or
    no law fits (then the page alone is written), RunFileError for files, and KeyboardInterrupt where a stop
    was wished: then nothing is written, since half a protocol fits nothing.
    """
    refuse_what_is_there(out)
    payloads = _payloads(request)
    pictures, log = Shelf(payloads.pictures), out.with_suffix(".log")
    with reached(request.scenario, request.spec, pictures, around.narrate, log) as target:
        usage = around.usage(target)
        watching = Watching(usage, all_processors(), around.narrate, around.progress, around.interrupt)
        observed = measure(target, payloads, request.how, watching)
        measured = _measured(request, target, payloads)
    around.narrate("fitting")
    found = fit(observed, request.how.seed)
    page = calibration_page(found, measured, request.name)
    if found.refusals:
        write_study_page(page_path(out), page, AGAIN)
        raise CalibrationError(f"{'; '.join(found.refusals)}\n(what was measured: {page_path(out)})")
    calibration = write_calibration(out, found, measured, request.name)
    write_study_page(page_path(out), page, AGAIN)
    return Calibrated(calibration, found, out)


def _payloads(request: Request) -> Payloads:
    if request.payload is not None:
        return payloads_at(request.payload)
    source = pictures_of(request.scenario)
    if source is None:
        raise TypeError("a scenario whose server is real has pictures")
    return payloads_of(source)


def _measured(request: Request, target: Target, payloads: Payloads) -> dict[str, Any]:
    """Return how the server was measured, apart from what the fit says."""
    told = started(request.scenario, {request.spec.name: target.gateway})
    kind, how = request.spec.gateway, request.how
    options = kind.server if isinstance(kind, LiveKind) else None
    embedded = options is not None and options.embedded
    takt = "twice a lone call" if how.takt is None else f"{how.takt * 1000:g} ms" if how.takt else "none"
    return {
        "at": told["started"],
        "how": f"line-sim calibrate: {how.seconds:g} s, {how.most} at once, takt {takt}, seed {how.seed}",
        "target": None if embedded else target.address,
        "server": told["servers"][request.spec.name],
        "model": options.model if options is not None else None,
        "machine": told["machine"],
        "payload_bytes": payloads.usual_bytes,
        "versions": told["versions"],
        "any_load": how.any_load,
    }


def with_takt(how: How, scenario: Scenario, spec: Inspection) -> How:
    """Take the takt and the shortest pause between two calls from a line, unless a takt is given.

    Parts of a saturated line come as fast as its cameras take them: it has the pause alone.
    """
    every = scenario.arrivals.every
    acquisition = spec.acquisition.mean_ns / 1e9
    of_line = 0.0 if every is None else every.mean_ns / 1e9
    takt = of_line if how.takt is None else how.takt
    return replace(how, takt=takt, least_gap=acquisition)
