"""Rows that are taken beside the line are all taken, in their order, and what goes wrong is told."""

import threading
import time

import numpy as np
import pytest

from line_sim.compiled.telling import TakesRows
from line_sim.recording.arrays.beside import Beside

WORDS = [""]


class Kept(TakesRows):
    """Keeps what it is told, and by whom."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[int]] | str] = []
        self.threads: set[int] = set()

    def on_rows(self, kind, rows, words):
        """Note rows."""
        self.told.append((kind, rows["item"].tolist()))
        self.threads.add(threading.get_ident())

    def on_round(self):
        """Note the end of a round."""
        self.told.append("round")

    def on_end(self):
        """Note the end."""
        self.told.append("end")


class Full(Kept):
    """A disk without room for a part of number 2."""

    def on_rows(self, kind, rows, words):
        """Write what finds room."""
        if 2 in rows["item"]:
            raise OSError("no room")
        super().on_rows(kind, rows, words)


def rows(*items):
    """Rows of some parts."""
    return np.array([(item,) for item in items], dtype=[("item", np.int64)])


def test_rounds_are_taken_in_their_order_though_the_rows_are_written_over():
    """By another thread, while the next round is written into other rows."""
    kept, rooms = Kept(), (rows(0, 0), rows(0, 0))
    with Beside(kept) as beside:
        for number in range(1, 6):
            room = rooms[number % 2]
            room["item"] = number
            beside.on_rows("visit", room[: 1 + number % 2], WORDS)
            beside.on_rows("item", room[:1], WORDS)
            beside.on_round()
        beside.on_end()
    rounds = [[("visit", [number] * (1 + number % 2)), ("item", [number]), "round"] for number in range(1, 6)]
    assert kept.told == [*(each for told in rounds for each in told), "end"]
    assert kept.threads.isdisjoint({threading.get_ident()})


def give(beside, rounds):
    """Give so many rounds of a part each."""
    with beside:
        for number in range(1, rounds + 1):
            beside.on_rows("item", rows(number), WORDS)
            beside.on_round()
        beside.on_end()


@pytest.mark.parametrize("rounds", [2, 3])
def test_what_goes_wrong_is_raised_a_round_later_or_at_the_end(rounds):
    """And nothing more is taken."""
    with pytest.raises(OSError, match="no room"):
        give(Beside(Full()), rounds)


class Slow(Kept):
    """A disk that takes its time."""

    def on_round(self):
        """Be done with a round in a while."""
        time.sleep(0.2)
        super().on_round()


def break_off(beside):
    """Break off a line in its third round."""
    with beside:
        for number in (1, 2):
            beside.on_rows("item", rows(number), WORDS)
            beside.on_round()
        beside.on_rows("item", rows(3), WORDS)
        raise KeyboardInterrupt


def test_a_line_that_is_broken_off_waits_for_the_round_at_hand():
    """The files may be closed then: what has been begun is there, and nobody writes to them any more."""
    slow = Slow()
    with pytest.raises(KeyboardInterrupt):
        break_off(Beside(slow))
    assert slow.told == [("item", [1]), "round", ("item", [2]), "round"]
