"""Frames as text: a pure function from a frame and a size to lines, with colour where there is some."""

from dataclasses import dataclass

from rich.text import Text

from line_sim.dashboard.frame import (
    BLOCKED,
    BUSY,
    DOWN,
    STARVED,
    STATES,
    WAITING,
    Frame,
    ShareFrame,
    StationFrame,
)
from line_sim.units import counted

COLOURS = {
    BUSY: "green",
    WAITING: "bold cyan",
    BLOCKED: "bold yellow",
    STARVED: "dim",
    DOWN: "bold red",
}
NAMES = 14
WIDEST_BUFFER = 24
LEAST_HISTOGRAM = 3
AXIS_WORDS = 32


@dataclass(frozen=True, slots=True)
class Pens:
    """The characters that bars are drawn with."""

    full: str
    empty: str
    edge: str
    steps: str
    eighths: str


UNICODE = Pens("█", "·", "▏", "▁▂▃▄▅▆▇█", " ▁▂▃▄▅▆▇█")
ASCII = Pens("#", ".", "|", "_.-=+*#@", " ..--==##")


def draw(frame: Frame, width: int, height: int, *, unicode: bool = True) -> Text:
    """Draw a frame into at most `height` lines of at most `width` characters."""
    pens = UNICODE if unicode else ASCII
    head = [_title(frame, width), _progress(frame, width, pens), Text()]
    line = [_station(station, width, pens) for station in frame.stations]
    figures = [Text(), _output(frame), _parts(frame), _quality(frame, width)]
    waits = [Text(), _latency(frame, width), _recent(frame, width, pens)] if frame.latencies.calls else []
    legend = [Text(), _legend(width)]
    room = height - sum(map(len, (head, line, figures, waits, legend)))
    picture = _histogram(frame, width, room - 1, pens) if waits and room > LEAST_HISTOGRAM else []
    lines = [*head, *line, *figures, *waits, *picture, *legend]
    for text in lines:
        text.truncate(width)
    return Text("\n").join(_fitting(lines, height))


def _fitting(lines: list[Text], height: int) -> list[Text]:
    """Leave blank lines out first, then what stands last, where the screen is small."""
    if len(lines) > height:
        lines = [text for text in lines if text.plain]
    return lines[: max(1, height)]


def _title(frame: Frame, width: int) -> Text:
    right = f"line {_clock(frame.line_s)}  wall {_clock(frame.wall_s)}  {frame.clock} clock"
    name = _printable(frame.name)[: max(0, width - len(right) - 2)]
    return Text.assemble((name, "bold"), " " * max(1, width - len(name) - len(right)), (right, "dim"))


def _progress(frame: Frame, width: int, pens: Pens) -> Text:
    left = "" if frame.left_s is None else f"  {_clock(frame.left_s)} left"
    told = f" {100 * frame.share:3.0f} %{left}"
    return Text.assemble(*_bar(frame.share, max(4, width - len(told)), pens, "cyan"), told)


def _bar(share: float, width: int, pens: Pens, style: str) -> list[tuple[str, str]]:
    done = min(width, round(max(0.0, min(1.0, share)) * width))
    return [(pens.full * done, style), (pens.empty * (width - done), "dim")]


def _station(station: StationFrame, width: int, pens: Pens) -> Text:
    """Draw the buffer filling from the right, where the machines stand, then each machine's state."""
    text = Text(f"{_printable(station.name)[:NAMES]:<{NAMES}} ")
    text.append_text(_buffer(station, pens))
    most = max(1, width - NAMES - WIDEST_BUFFER - 20)
    for state in station.states[:most]:
        text.append(f" {state}", COLOURS.get(state, ""))
    if len(station.states) > most:
        text.append(f" +{len(station.states) - most}", "dim")
    if station.inspects:
        text.append_text(_wait(station, pens))
    return text


def _buffer(station: StationFrame, pens: Pens) -> Text:
    if station.places == 0:
        return Text(f"{'':{WIDEST_BUFFER + 2}}{'':>8}")
    shown = min(station.places, WIDEST_BUFFER)
    filled = min(shown, -(-station.waiting * shown // station.places))
    full = station.waiting >= station.places
    return Text.assemble(
        " " * (WIDEST_BUFFER - shown),
        (pens.edge, "dim"),
        (pens.empty * (shown - filled), "dim"),
        (pens.full * filled, "bold yellow" if full else "blue"),
        (pens.edge, "dim"),
        f"{station.waiting:>3}/{station.places:<4}",
    )


def _wait(station: StationFrame, pens: Pens) -> Text:
    """Draw the longest open call against the deadline."""
    if not station.waits_s:
        return Text()
    longest = max(station.waits_s)
    if station.deadline_s is None:
        return Text(f"  waits {_ms(longest)} ms")
    share = longest / station.deadline_s if station.deadline_s else 1.0
    style = "bold red" if share >= 1 else "bold yellow" if share > 0.8 else "cyan"
    return Text.assemble("  ", *_bar(share, 8, pens, style), f" {_ms(longest)}/{_ms(station.deadline_s)} ms")


def _output(frame: Frame) -> Text:
    reached = "not known yet" if frame.uph is None else f"{frame.uph:,.0f} UPH"
    since = "after the warm-up" if frame.from_s else "so far, warm-up not cut" if frame.auto else "so far"
    text = Text.assemble("output   ", (reached, "bold"), f" {since}")
    if frame.takt_uph is not None:
        text.append(f", takt asks {frame.takt_uph:,.0f}")
        if frame.uph is not None:
            share = frame.uph / frame.takt_uph
            text.append(f" ({100 * share:.0f} %)", "green" if share > 0.95 else "bold yellow")
    return text


def _parts(frame: Frame) -> Text:
    counts = frame.counts
    text = Text(f"parts    {counts.arrived:,} in, {counts.shipped:,} shipped, {counts.scrapped:,} scrapped, ")
    text.append(f"{counts.lost:,} lost, ", "bold yellow" if counts.lost else "")
    return text.append(f"{counts.on_line:,} on the line")


def _quality(frame: Frame, width: int) -> Text:
    counts = frame.counts
    text = Text(f"lanes    ship {counts.ship_lane:,}, review {counts.review_lane:,}")
    return _with_shares(text, [share for share in frame.shares if not share.of_calls], width)


def _latency(frame: Frame, width: int) -> Text:
    latencies = frame.latencies
    text = Text("latency ")
    for name, value in latencies.quantiles_s:
        text.append(f" {name}")
        if value is not None:
            text.append(f" {_ms(value)}", "bold")
    if any(value is None for _, value in latencies.quantiles_s):  # the last ones: said once for all of them
        text.append(" > deadline", "bold")
    text.append(f" ms of {counted(latencies.calls, 'calls')}")
    return _with_shares(text, [share for share in frame.shares if share.of_calls], width)


def _with_shares(text: Text, shares: list[ShareFrame], width: int) -> Text:
    """Put as many shares behind a text as there is room for, those of the catalogue's beginning first."""
    before = ";  "
    for share in shares:
        told = f"{share.count:,} ({100 * share.count / share.n:.1f} %)" if share.n else f"{share.count:,}"
        if len(text.plain) + len(before) + len(share.words) + 1 + len(told) > width:
            break
        text.append(f"{before}{share.words} ").append(told, "bold red" if share.marked else "")
        before = ", "
    return text


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
    if not counts or max(counts) == 0:
        return []
    columns = min(len(counts) * (2 if width >= 140 else 1), max(8, width - AXIS_WORDS))
    heights = [counts[place * len(counts) // columns] for place in range(columns)]
    rows = min(height - 1, 10)
    levels = len(pens.eighths) - 1
    scale = rows * levels / max(heights)
    drawn = []
    for row in range(rows - 1, -1, -1):
        filled = (min(levels, max(0, round(value * scale) - row * levels)) for value in heights)
        text = Text(" " * 9)
        drawn.append(text.append("".join(pens.eighths[level] for level in filled), "cyan"))
    axis = Text(f"{'0':>10}{' ' * (columns - 1)}{_ms(latencies.longest_s)} ms", "dim")
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
        text.append(f"{letter} ", COLOURS[letter]).append(f"{words}   ", "dim")
    return text


def _printable(name: str) -> str:
    """Leave out what would move the cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in name)


def _ms(seconds: float) -> str:
    value = 1000 * seconds
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
