"""The stations as a list, a line each: name, waiting places, machines, the longest open call."""

from rich.text import Text

from line_sim.dashboard.frame import Frame, StationFrame
from line_sim.dashboard.pens import Pens, against, bar, lasting, machines, places, printable, shortened

NAMES = 14
WIDEST_BUFFER = 24
LEAST_NAME, LEAST_BUFFER = 6, 4
_COUNT = 9  # of ` 12/1234 `
_WAIT_BAR = 8


def station_lines(frame: Frame, width: int, pens: Pens, *, spare: int = 0) -> list[Text]:
    """Draw every station in a line; a name that is too long has one of its own where `spare` lines allow."""
    names = max((len(printable(station.name)) for station in frame.stations), default=0)
    waits = {station.name: wait(station, pens, width >= 70) for station in frame.stations}
    room = width - max(
        (_letters(station) + len(waits[station.name]) for station in frame.stations), default=0
    )
    name_room = min(names, max(NAMES, width // 4))
    buffer_room = min(WIDEST_BUFFER, room - name_room - _COUNT - 3)
    if buffer_room < LEAST_BUFFER:
        name_room = max(LEAST_NAME, min(name_room, room - LEAST_BUFFER - _COUNT - 3))
        buffer_room = max(LEAST_BUFFER, min(WIDEST_BUFFER, room - name_room - _COUNT - 3))
    long = [station for station in frame.stations if len(printable(station.name)) > name_room]
    alone = bool(long) and len(long) <= spare
    lines = []
    for station in frame.stations:
        name = shortened(station.name, name_room, pens)
        if alone and station in long:
            lines.append(Text(shortened(station.name, width, pens)))
            name = ""
        line = Text.assemble(f"{name:<{name_room}} ", _buffer(station, buffer_room, pens))
        letters = machines(station.states, max(1, width - len(line) - len(waits[station.name])))
        line.append_text(letters)
        if len(line) + len(waits[station.name]) <= width:
            line.append_text(waits[station.name])
        lines.append(line)
    return lines


def _letters(station: StationFrame) -> int:
    """Return how much room the machines of a station should have."""
    return min(2 * len(station.states) - 1, 15) if station.states else 0


def _buffer(station: StationFrame, most: int, pens: Pens) -> Text:
    if station.places == 0:
        return Text(" " * (most + 2 + _COUNT))
    drawn = places(station.waiting, station.places, most, pens)
    count = f"{station.waiting:>3}/{station.places:<4} "
    return Text.assemble(" " * (most + 2 - len(drawn)), drawn, f"{count:<{_COUNT}}")


def wait(station: StationFrame, pens: Pens, with_bar: bool) -> Text:
    """Draw the longest open call against the deadline, or say for how long there has been no server."""
    if station.silent_s is not None:
        return Text(f"  no server for {lasting(station.silent_s)}", "bold red")
    if not station.inspects or not station.waits_s:
        return Text()
    longest = max(station.waits_s)
    if station.deadline_s is None:
        return Text(f"  waits {lasting(longest)}")
    share = longest / station.deadline_s if station.deadline_s else 1.0
    style = "bold red" if share >= 1 else "bold yellow" if share > 0.8 else "cyan"
    told = against(longest, station.deadline_s)
    if not with_bar:
        return Text.assemble("  ", (told, style))
    return Text.assemble("  ", bar(share, _WAIT_BAR, pens, style), f" {told}")
