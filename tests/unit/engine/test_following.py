"""How far a run has come, told round by round by rows."""

import numpy as np

from line_sim.engine.following import HowFar, Rounds, Takers

WORDS = ["camera", "answered", "timed_out"]
ITEM = np.dtype([("item_id", np.int64), ("left_at", np.int64)])
CALL = np.dtype([("item_id", np.int64), ("outcome", np.int32)])


class Diary:
    """Notes what it is told."""

    def __init__(self):
        self.notes = []

    def on_item(self, item):
        """A part of SimPy's line: none comes here."""

    def on_call(self, call):
        """A call of SimPy's line: none comes here."""

    def come_to(self, far):
        """Note it."""
        self.notes.append(far)


def test_followers_hear_of_every_round():
    """Parts that are still on the line at the end have no moment; calls count where no answer came."""
    diary = Diary()
    rounds = Takers(Rounds([diary]))
    rounds.on_rows("item", np.array([(1, 5), (2, 3)], dtype=ITEM), WORDS)
    rounds.on_rows("call", np.array([(1, 1), (2, 2), (3, 2)], dtype=CALL), WORDS)
    rounds.on_round()
    rounds.on_rows("visit", np.array([(1, 5)], dtype=ITEM), WORDS)
    rounds.on_rows("item", np.array([(3, -1)], dtype=ITEM), WORDS)
    rounds.on_rows("item", np.array([], dtype=ITEM), WORDS)
    rounds.on_round()
    assert diary.notes == [HowFar(2, 5, 2), HowFar(3, 5, 2)]


def test_where_no_call_was_ever_answered_all_are_counted():
    """The word for an answer has not come up yet."""
    diary = Diary()
    rounds = Rounds([diary])
    rounds.on_rows("call", np.array([(1, 1)], dtype=CALL), ["camera", "unavailable"])
    rounds.on_round()
    assert diary.notes == [HowFar(0, 0, 1)]
