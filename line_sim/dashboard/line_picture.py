"""The line drawn as a line: boxes joined by arrows in the order of the layout, and the lane to review."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from line_sim.dashboard.frame import Frame, StationFrame
from line_sim.dashboard.pens import Pens, machines, places, printable
from line_sim.dashboard.station_list import wait
from line_sim.layout import REVIEW

BUFFERS = (16, 10, 6, 4)
"""The widest drawings of waiting places, tried one after the other."""

_MACHINES = 15
_ROWS = 4  # top, name, machines, bottom


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the picture: four rows of one width; a station where it is its box."""

    rows: tuple[Text, Text, Text, Text]
    station: StationFrame | None = None

    @property
    def width(self) -> int:
        """How wide it is."""
        return max(map(len, self.rows))


def line_picture(frame: Frame, width: int, pens: Pens) -> list[Text]:
    """Draw the line in rows of at most `width` characters; no rows where there is no room for it."""
    line = [station for station in frame.stations if station.name != REVIEW]
    bench = next((station for station in frame.stations if station.name == REVIEW), None)
    for most in BUFFERS:
        blocks = [*_blocks(frame, line, most, pens)]
        rows = [_joined(blocks, row) for row in range(_ROWS)]
        lane = _review(frame, blocks, bench, most, pens)
        if line and max(map(len, (*rows, lane))) <= width:
            waits = _waits(blocks, width, pens)
            return [waits, *rows] + ([lane] if bench is not None else [])
    return []


def _blocks(frame: Frame, line: list[StationFrame], most: int, pens: Pens) -> Iterator[Block]:
    yield _beside(Text(f"{frame.counts.arrived:,} in "))
    for station in line:
        yield _way(station, most, pens)
        yield _box(station, pens)
    yield _beside(Text(f"{pens.across}{pens.arrow} {frame.counts.shipped:,} shipped"))


def _beside(text: Text) -> Block:
    return Block((Text(), text, Text(), Text()))


def _way(station: StationFrame, most: int, pens: Pens) -> Block:
    """Draw the way to a station: an arrow, its places and how many are taken."""
    arrow = Text(f"{pens.across}{pens.arrow}")
    if not station.places:
        return _beside(arrow)
    drawn = Text.assemble(pens.across, places(station.waiting, station.places, most, pens), arrow)
    count = f"{station.waiting:,}/{station.places:,}"
    return Block((Text(), drawn, Text(count.center(len(drawn))), Text()))


def _box(station: StationFrame, pens: Pens) -> Block:
    name, states = printable(station.name), machines(station.states, _MACHINES)
    inner = max(len(name), len(states))
    upper_left, upper_right, lower_left, lower_right = pens.corners
    tee = pens.down if station.decides else pens.across
    left = (inner + 2) // 2
    bottom = f"{lower_left}{pens.across * left}{tee}{pens.across * (inner + 1 - left)}{lower_right}"
    before = (inner - len(states)) // 2
    machine_row = Text.assemble(
        f"{pens.upright} {' ' * before}", states, f"{' ' * (inner - before - len(states))} {pens.upright}"
    )
    return Block(
        (
            Text(f"{upper_left}{pens.across * (inner + 2)}{upper_right}"),
            Text.assemble(f"{pens.upright} ", (name.center(inner), "bold"), f" {pens.upright}"),
            machine_row,
            Text(bottom),
        ),
        station,
    )


def _joined(blocks: list[Block], row: int) -> Text:
    line = Text()
    for block in blocks:
        piece = block.rows[row].copy()
        piece.pad_right(block.width - len(piece))
        line.append_text(piece)
    return line


def _at(blocks: list[Block]) -> Iterator[tuple[int, int, StationFrame]]:
    """Yield where each station's box begins, how wide it is, and the station."""
    at = 0
    for block in blocks:
        if block.station is not None:
            yield at, block.width, block.station
        at += block.width


def _waits(blocks: list[Block], width: int, pens: Pens) -> Text:
    """Write over each inspection's box how long its longest open call has been out."""
    row = Text()
    for at, _, station in _at(blocks):
        told = wait(station, pens, with_bar=True)
        if told and len(row) <= at and at + len(told) <= width:
            row.pad_right(at - len(row))
            row.append_text(told)
    return row


def _review(frame: Frame, blocks: list[Block], bench: StationFrame | None, most: int, pens: Pens) -> Text:
    """Draw the lane below where parts are judged: its places, the reviewers, what they scrapped."""
    tees = [at + 1 + (wide - 2) // 2 for at, wide, station in _at(blocks) if station.decides]
    if bench is None or not tees:
        return Text()
    row = Text(" " * tees[0] + pens.corners[2])
    for tee in tees[1:]:
        row.append(pens.across * (tee - len(row)) + pens.up)
    row.append(f"{pens.across} {frame.counts.review_lane:,} {pens.across}{pens.arrow}")
    if bench.places:
        row.append_text(places(bench.waiting, bench.places, most, pens))
        row.append(f" {bench.waiting:,}/{bench.places:,} ")
    row.append(f" {bench.name} ", "bold").append_text(machines(bench.states, _MACHINES))
    return row.append(f" {pens.across}{pens.arrow} {frame.counts.scrapped:,} scrapped")
