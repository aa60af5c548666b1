"""What the live screen draws with: characters, colours, and numbers in few letters."""

from dataclasses import dataclass

from rich.text import Text

from line_sim.dashboard.frame import BLOCKED, BUSY, DOWN, OFF, STARVED, WAITING

COLOURS = {
    BUSY: "green",
    WAITING: "bold cyan",
    BLOCKED: "bold yellow",
    STARVED: "dim",
    DOWN: "bold red",
    OFF: "dim blue",
}


@dataclass(frozen=True, slots=True)
class Pens:
    """The characters that bars, boxes and arrows are drawn with; `corners` as they are read."""

    full: str
    empty: str
    edge: str
    steps: str
    eighths: str
    corners: tuple[str, str, str, str]
    across: str
    upright: str
    down: str
    up: str
    arrow: str
    cut: str


UNICODE = Pens("█", "·", "▏", "▁▂▃▄▅▆▇█", " ▁▂▃▄▅▆▇█", ("┌", "┐", "└", "┘"), "─", "│", "┬", "┴", "▶", "…")
ASCII = Pens("#", ".", "|", "_.-=+*#@", " ..--==##", ("+", "+", "+", "+"), "-", "|", "+", "+", ">", "~")


def bar(share: float, width: int, pens: Pens, style: str) -> Text:
    """Draw a share from the left."""
    done = min(width, round(max(0.0, min(1.0, share)) * width))
    return Text.assemble((pens.full * done, style), (pens.empty * (width - done), "dim"))


def places(waiting: int, room: int, most: int, pens: Pens) -> Text:
    """Draw waiting places filling from the right, where the machines stand, in at most `most` characters."""
    shown = min(room, most)
    filled = min(shown, -(-waiting * shown // room))
    style = "bold yellow" if waiting >= room else "blue"
    return Text.assemble(
        (pens.edge, "dim"),
        (pens.empty * (shown - filled), "dim"),
        (pens.full * filled, style),
        (pens.edge, "dim"),
    )


def machines(states: str, room: int) -> Text:
    """Draw a letter a machine; where there is no room for that, how many are in each state: `5W 3.`."""
    if 2 * len(states) - 1 <= room:
        return Text(" ").join(Text(state, COLOURS.get(state, "")) for state in states)
    if len(states) <= room:
        return Text().join(Text(state, COLOURS.get(state, "")) for state in states)
    known = {state: states.count(state) for state in COLOURS if state in states}
    return Text(" ").join(Text(f"{count}{state}", COLOURS[state]) for state, count in known.items())


def shortened(name: str, width: int, pens: Pens) -> str:
    """Write a name in at most so many letters, with a mark where it is cut."""
    plain = printable(name)
    return plain if len(plain) <= width else plain[: max(0, width - 1)] + pens.cut


def printable(name: str) -> str:
    """Leave out what would move the cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in name)


def ms(seconds: float) -> str:
    """Write milliseconds: `8.2`, `1,250`."""
    value = 1000 * seconds
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def lasting(seconds: float) -> str:
    """Write how long something took: `8.2 ms`, `1,250 ms`, `12.5 s`."""
    return f"{ms(seconds)} ms" if seconds < LONG_S else f"{seconds:,.1f} s"


def against(seconds: float, deadline_s: float) -> str:
    """Write how long something takes, of how long it may: `150/200 ms`, `41.0/80.0 s`."""
    if deadline_s < LONG_S:
        return f"{ms(seconds)}/{ms(deadline_s)} ms"
    return f"{seconds:,.1f}/{deadline_s:,.1f} s"


LONG_S = 10.0
"""What lasts so long is told in seconds."""


def clock(seconds: float) -> str:
    """Write a time as a clock does: `1:02:03`."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
