"""Small drawings of runs as SVG, legible on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from line_sim.line.records import Visit
from line_sim.units import SECOND, Nanoseconds

WIDTH, LEFT, ROW, BAR = 760, 90, 34, 22
WORK, BLOCKED, LATE, INK = "#00897b", "url(#blocked)", "#c62828", "#78909c"
STYLE = f"font-family='system-ui, sans-serif' font-size='13' fill='{INK}'"
PATTERN = (
    "<defs><pattern id='blocked' width='6' height='6' patternUnits='userSpaceOnUse' "
    "patternTransform='rotate(45)'><rect width='6' height='6' fill='#ffe0b2'/>"
    "<rect width='3' height='6' fill='#ef6c00'/></pattern></defs>"
)


@dataclass(frozen=True)
class Bar:
    """A stretch of time on a row, in ns, and how it is filled."""

    row: int
    start: Nanoseconds
    end: Nanoseconds
    fill: str
    text: str = ""


def bars_of(visits: Sequence[Visit], stations: Sequence[str], until: Nanoseconds) -> list[Bar]:
    """Return the work and the blocked time of every visit that begins before `until`."""
    bars = []
    for visit in visits:
        if visit.started_at is None or visit.started_at >= until or visit.finished_at is None:
            continue
        row = list(stations).index(visit.station)
        left = visit.left_at if visit.left_at is not None else until
        bars.append(Bar(row, visit.started_at, min(visit.finished_at, until), WORK, str(visit.item_id)))
        bars.append(Bar(row, min(visit.finished_at, until), min(left, until), BLOCKED))
    return [bar for bar in bars if bar.end > bar.start]


def chart(
    rows: Sequence[str], bars: Sequence[Bar], until: Nanoseconds, title: str, lines: Sequence[Bar] = ()
) -> str:
    """Draw bars on named rows over an axis of seconds; `lines` stand at their start."""
    height = ROW * len(rows) + 40
    scale = (WIDTH - LEFT - 10) / until
    drawn = [PATTERN]
    for place, name in enumerate(rows):
        drawn.append(f"<text x='0' y='{place * ROW + 24}'>{name}</text>")
    for bar in bars:
        x, width = LEFT + bar.start * scale, (bar.end - bar.start) * scale
        top = bar.row * ROW + 8
        drawn.append(
            f"<rect x='{x:.1f}' y='{top}' width='{width:.1f}' height='{BAR}' "
            f"fill='{bar.fill}' stroke='{INK}' stroke-width='0.5'/>"
        )
        if bar.text and width > 16:
            drawn.append(f"<text x='{x + 4:.1f}' y='{top + 16}' fill='#ffffff'>{bar.text}</text>")
    foot = ROW * len(rows) + 12
    for line in lines:
        x = LEFT + line.start * scale
        drawn.append(
            f"<line x1='{x:.1f}' y1='0' x2='{x:.1f}' y2='{foot}' "
            f"stroke='{line.fill}' stroke-dasharray='5 3'/>"
            f"<text x='{x + 5:.1f}' y='{foot + 2}' fill='{line.fill}'>{line.text}</text>"
        )
    ticks = 8
    for tick in range(ticks + 1):
        x = LEFT + tick * (WIDTH - LEFT - 10) / ticks
        seconds = until * tick / ticks / SECOND
        drawn.append(f"<text x='{x:.1f}' y='{foot + 20}' text-anchor='middle'>{seconds:.3g}</text>")
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' {STYLE}>"
        f"<title>{title}</title>{''.join(drawn)}<text x='0' y='{foot + 20}'>seconds</text></svg>\n"
    )
