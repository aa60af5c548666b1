"""Frames as text: a pure function from a frame and a size to lines, with colour where there is some."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.text import Text

from line_sim.dashboard import figure_lines as figures
from line_sim.dashboard.frame import STATES, Frame
from line_sim.dashboard.line_picture import line_picture
from line_sim.dashboard.pens import ASCII, COLOURS, UNICODE, Pens, bar, clock, lasting, shortened
from line_sim.dashboard.station_list import station_lines

LEAST_HISTOGRAM = 3
AXIS_WORDS = 32
_ALWAYS, _OUTPUT, _LATENCY, _HINT, _PARTS, _LANES, _MORE, _RECENT, _LEGEND, _BLANK = range(10)


class Line(NamedTuple):
    """A line of the screen; where there is no room, those of the highest rank go first, the last before."""

    rank: int
    text: Text


def draw(frame: Frame, width: int, height: int, *, unicode: bool = True, hint: str = "") -> Text:
    """Draw a frame into at most `height` lines of at most `width` characters; `hint` tells of the keys."""
    pens = UNICODE if unicode else ASCII
    head = [Line(_ALWAYS, _title(frame, width, pens)), Line(_ALWAYS, _progress(frame, width, pens))]
    tail = [*_figures(frame, width), *_waits(frame, width, pens)]
    foot = [Line(_BLANK, Text()), Line(_LEGEND, _legend(width))]
    foot += [Line(_HINT, Text(hint, "dim"))] if hint else []
    room = height - len(head) - 1 - len(tail) - len(foot)
    line = _line(frame, width, room, pens)
    histogram = _histogram(frame, width, room - len(line) - 1, pens) if frame.latencies.calls else []
    bars = [Line(_BLANK, text) for text in histogram]
    lines = _fitting([*head, Line(_BLANK, Text()), *line, *tail, *bars, *foot], height)
    for text in lines:
        text.truncate(width)
    return Text("\n").join(lines)


def _line(frame: Frame, width: int, room: int, pens: Pens) -> list[Line]:
    """Draw the line as a line where there is room for that, else a station a row."""
    picture = line_picture(frame, width, pens)
    if picture and len(picture) <= room:
        return [Line(_ALWAYS, text) for text in picture]
    spare = room - len(frame.stations)
    return [Line(_ALWAYS, text) for text in station_lines(frame, width, pens, spare=spare)]


def _figures(frame: Frame, width: int) -> Iterator[Line]:
    yield Line(_BLANK, Text())
    yield from _ranked(_OUTPUT, figures.output(frame, width))
    yield from _ranked(_PARTS, figures.parts(frame, width))
    yield from _ranked(_LANES, figures.lanes(frame, width))


def _waits(frame: Frame, width: int, pens: Pens) -> Iterator[Line]:
    if frame.latencies.calls:
        yield Line(_BLANK, Text())
        yield from _ranked(_LATENCY, figures.latency(frame, width))
        yield Line(_RECENT, _recent(frame, width, pens))


def _ranked(rank: int, lines: Iterable[Text]) -> Iterator[Line]:
    """Give the first of some lines its rank; what did not fit into it may be left out before."""
    for number, text in enumerate(lines):
        yield Line(_MORE if number and rank != _LATENCY else rank, text)


def _fitting(lines: list[Line], height: int) -> list[Text]:
    """Leave out what matters least where the screen is small, and say so of what is left out of the line."""
    kept = list(lines)
    for rank in range(_BLANK, _ALWAYS, -1):
        for line in reversed([line for line in kept if line.rank == rank]):
            if len(kept) > height:
                kept = [other for other in kept if other is not line]
    if len(kept) > height > 1:
        more = len(kept) - height + 1
        return [*(line.text for line in kept[: height - 1]), Text(f"and {more} more", "dim")]
    return [line.text for line in kept[: max(1, height)]]


def _title(frame: Frame, width: int, pens: Pens) -> Text:
    right = f"line {clock(frame.line_s)}  wall {clock(frame.wall_s)}  {frame.clock} clock"
    if len(right) + 12 > width:
        right = f"line {clock(frame.line_s)}"
    name = shortened(frame.name, max(0, width - len(right) - 2), pens)
    return Text.assemble((name, "bold"), " " * max(1, width - len(name) - len(right)), (right, "dim"))


def _progress(frame: Frame, width: int, pens: Pens) -> Text:
    left = "" if frame.left_s is None else f"  {clock(frame.left_s)} left"
    told = f" {100 * frame.share:3.0f} %{left}"
    return Text.assemble(bar(frame.share, max(4, width - len(told)), pens, "cyan"), told)


def _recent(frame: Frame, width: int, pens: Pens) -> Text:
    """Draw the last calls as a sparkline; one that brought no answer is a red cross."""
    latencies = frame.latencies
    text = Text("last     ")
    longest = max([abs(wait) for wait in latencies.recent_s] + [_deadline(frame) or 0.0]) or 1.0
    for wait in latencies.recent_s[-max(1, width - len(text.plain)) :]:
        if wait < 0:
            text.append("x", "bold red")
        else:
            step = min(len(pens.steps) - 1, int(wait / longest * len(pens.steps)))
            text.append(pens.steps[step], "cyan")
    return text


def _histogram(frame: Frame, width: int, height: int, pens: Pens) -> list[Text]:
    """Draw how long the answers took, from 0 to the deadline or the longest one; the deadline is marked."""
    latencies = frame.latencies
    counts = latencies.histogram
    if height < LEAST_HISTOGRAM or not counts or max(counts) == 0:
        return []
    columns = min(len(counts) * (2 if width >= 140 else 1), max(8, width - AXIS_WORDS))
    heights = [counts[place * len(counts) // columns] for place in range(columns)]
    rows = min(height - 1, 10)
    levels = len(pens.eighths) - 1
    scale = rows * levels / max(heights)
    drawn = []
    for row in range(rows - 1, -1, -1):
        filled = (min(levels, max(0, round(value * scale) - row * levels)) for value in heights)
        text = Text(" " * figures.LABEL)
        drawn.append(text.append("".join(pens.eighths[level] for level in filled), "cyan"))
    axis = Text(f"{'0':>{figures.LABEL + 1}}{' ' * (columns - 1)}{lasting(latencies.longest_s)}", "dim")
    deadline = _deadline(frame)
    if deadline is not None and deadline >= latencies.longest_s * 0.999:
        axis.append(" = deadline", "dim")
    return [*drawn, axis]


def _deadline(frame: Frame) -> float | None:
    known = [station.deadline_s for station in frame.stations if station.deadline_s is not None]
    return max(known, default=None)


def _legend(width: int) -> Text:
    text = Text()
    for letter, meaning in STATES.items():
        words = meaning if width >= 76 else meaning.split()[0]
        between = "   " if width >= 60 else " "
        text.append(f"{letter} ", COLOURS[letter]).append(f"{words}{between}", "dim")
    return text
