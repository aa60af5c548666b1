"""What would help most, as rows for a person: the change, what it brings this run, and another like it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from line_sim.analysis.summary.helps import ONE_MORE, Helps, words
from line_sim.analysis.summary.summary import Estimate, Remedies, Remedy, Summary, Throttle
from line_sim.analysis.summary.verdict import told_remedies
from line_sim.units import counted

TITLE = "What would help most"
MOST_ROWS = 5
_LEAST = 0.001
"""The share of the output that a change must bring to be worth a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A change, the parts and UPH that it would have brought this run, and what it brings another."""

    what: str
    parts: str
    gain: str
    shift: str


def helps(summary: Summary) -> tuple[Row, ...]:
    """Return the changes that bring most, the best first; none where none brings anything."""
    return tuple(map(_row, _shown(summary)))


def _shown(summary: Summary) -> Sequence[Remedy]:
    remedies = told_remedies(summary)
    least = _LEAST * (summary.throughput.uph or 0.0)
    gaining = [remedy for remedy in (remedies.ranked if remedies else ()) if _brings(remedy) > least]
    return gaining[:MOST_ROWS]


def _brings(remedy: Remedy) -> float:
    return max(remedy.gain, remedy.shift.uph if remedy.shift else 0.0)


def _row(remedy: Remedy) -> Row:
    return Row(
        words(remedy.remedy, remedy.place),
        f"{remedy.parts:+,.1f}" if abs(remedy.parts) < 10 else f"{remedy.parts:+,.0f}",
        f"{remedy.gain:+,.0f}",
        shift(remedy.shift),
    )


def shift(told: Estimate | None) -> str:
    """Write what is to be expected of a shift, in UPH: `+512 (480 to 544)`; nothing where none was tried."""
    if told is None:
        return ""
    return f"{told.uph:+,.0f}" + (f" ({between(told)})" if told.ci else "")


def between(told: Estimate) -> str:
    """Write the ends of an interval: `480 to 544`."""
    return " to ".join(f"{end:,.0f}" for end in told.ci or ())


def notes(summary: Summary) -> Iterator[str]:
    """Yield what is to be known about the rows."""
    remedies, shown = told_remedies(summary), _shown(summary)
    if remedies is None or not shown:
        return
    yield f"parts and UPH: more of them in this run{_shift_like_this(shown)}"
    if shown[0].remedy in ONE_MORE - {Helps.ONE_PERSON_MORE} and len(shown) > 1:
        yield "one more camera or reviewer is a large change; the line is held back where small ones help"
    if any(remedy.held for remedy in remedies.ranked):
        yield "with answers that take as long as those measured here"
    if remedies.left_out:
        yield f"{remedies.left_out} places with time to spare were not tried"
    if remedies.parts < summary.counts.arrived:
        yield f"tried on the first {remedies.parts:,} parts{_long_to_replay(remedies)}"


def replayed(summary: Summary) -> str:
    """Say how much of a long run tells what the waiting cost: `by its first 12,500 parts`."""
    throttle = summary.throttle
    if throttle is None or throttle.parts is None or throttle.parts >= summary.counts.arrived:
        return ""
    return f"by its first {throttle.parts:,} parts{_long_to_replay(throttle)}"


def _long_to_replay(told: Remedies | Throttle) -> str:
    """Say why fewer parts were replayed than of other lines; nothing where they were not."""
    return ": this line takes long to replay" if told.spared else ""


def _shift_like_this(shown: Sequence[Remedy]) -> str:
    """Say what the last column is of, where there is anything in it."""
    tried = [remedy.shift for remedy in shown if remedy.shift is not None]
    if not tried:
        return ""
    lacking = ", empty where not tried" if len(tried) < len(shown) else ""
    return f"; a shift like this: {counted(tried[0].parts, 'parts')} by other chance{lacking}"
