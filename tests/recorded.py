"""Records written by hand, in seconds: the rows of a run that nobody ran."""

from collections.abc import Iterable

from line_sim.analysis.summary.summarise import Compare
from line_sim.analysis.summary.summary import Throttle
from line_sim.figures.flow import throughput
from line_sim.layout import Kind, Layout, Place, RunPlan
from line_sim.line.records import Call, Item, Outage, Visit
from line_sim.recording.reader import RunRecords
from line_sim.testing import InMemoryRun
from line_sim.units import SECOND

Seconds = float | None


def ns(seconds: Seconds) -> int | None:
    """Turn seconds into whole nanoseconds."""
    return None if seconds is None else round(seconds * SECOND)


def visit(
    item: int,
    station: str,
    queued: float,
    started: Seconds = None,
    finished: Seconds = None,
    left: Seconds = None,
    *,
    unit: int = 1,
    down: float = 0,
    nth: int = 1,
) -> Visit:
    """Return a visit; one that never started was on no machine."""
    on = None if started is None else unit
    return Visit(item, station, on, ns(queued), ns(started), ns(finished), ns(left), ns(down), nth)


def call(
    item: int, issued: float, latency: float, outcome: str = "answered", station: str = "camera", nth: int = 1
) -> Call:
    """Return a call of the only camera."""
    answer = ("OK", "good", 0.9) if outcome == "answered" else ("DEADLINE_EXCEEDED", "", None)
    return Call(item, station, 1, 1, ns(issued), ns(latency), outcome, *answer, 0, 30_000, nth)


def item(
    number: int,
    arrived: float,
    left: Seconds,
    *,
    good: bool = True,
    evaluation: str = "OK",
    outcome: str = "answered",
    lane: str = "ship",
    disposition: str = "shipped",
    waited: float = 0.5,
) -> Item:
    """Return a part's story; by default that of a good part that was shipped at once."""
    state = ("good", "") if good else ("defective", "stain")
    answer = ("good", 0.9) if outcome == "answered" else ("", None)
    waiting = ns(waited) if outcome else None
    return Item(
        number, *state, ns(arrived), ns(left), evaluation, *answer, outcome, waiting, lane, disposition
    )


def outage(station: str, failed: float, repaired: Seconds, unit: int = 1) -> Outage:
    """Return an outage."""
    return Outage(station, unit, ns(failed), ns(repaired))


def run(
    items: Iterable[Item] = (),
    visits: Iterable[Visit] = (),
    calls: Iterable[Call] = (),
    outages: Iterable[Outage] = (),
) -> RunRecords:
    """Return a run's records."""
    return RunRecords(tuple(items), tuple(visits), tuple(calls), tuple(outages))


def killed_after(run: InMemoryRun, share: float) -> RunRecords:
    """Return what a run had told that was killed after so much of its time: what was over by then."""
    cut, told = round(run.ending.at * share), run.records

    def over(moment: int | None) -> bool:
        return moment is not None and moment <= cut

    return RunRecords(
        items=tuple(item for item in told.items if over(item.left_at)),
        visits=tuple(visit for visit in told.visits if over(visit.left_at)),
        calls=tuple(call for call in told.calls if over(call.issued_at + call.latency)),
        outages=tuple(outage for outage in told.outages if over(outage.repaired_at)),
    )


def without_inference(uph: float) -> Compare:
    """Stand in for the replays: without its inference the line makes so many parts an hour."""
    return lambda columns, window: Throttle(throughput(columns, window).uph or 0.0, uph)


PRESS = Place("press")
CAMERA = Place("camera", buffer=1, kind=Kind.INSPECTION, deadline=ns(0.2))
REVIEW = Place("review", buffer=2, kind=Kind.REVIEW)
PRESS_AND_CAMERA = Layout((PRESS, CAMERA), REVIEW, run=RunPlan("a story"))
PRESS_ONLY = Layout((PRESS,), run=RunPlan("a story"))
