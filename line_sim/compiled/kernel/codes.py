"""Words of the kernel for what a place does, where a part goes, what an answer says and why a run stops."""

WORK, SET_UP, INSPECT, PICTURE, GATE, REVIEW = 0, 1, 2, 3, 4, 5
"""The tasks: those of `line_sim.line.tasks` and `line_sim.line.mix.changeover`."""

TO_SHIPPING, TO_SCRAP, TO_HALT = -2, -3, -4
"""Where parts leave the line, and where one stops it."""

SHIP_LANE, REVIEW_LANE, SCRAP_LANE, STOP_LANE = 0, 1, 2, 3

SAYS_GOOD, SAYS_DEFECTIVE, SAYS_NOTHING = 0, 1, 2
"""The first verdicts of an inspection: what a model's network says, or that nothing came in time."""

RIGHT_GOOD, RIGHT_DEFECTIVE, KNOWN = 3, 4, 5
"""Those behind them: of a part that is judged rightly, and of answers that are known beforehand."""

BY_PART, STANDS_STILL, TOO_LATE = 0, 1, 2
"""Why a run was stopped: by a part without an answer, as no time would ever pass, or at the end of time."""

DONE, ROWS_FULL, NUMBERS_SHORT, OUTAGES_SHORT, SLOTS_SHORT, EVENTS_SHORT = 0, 1, 2, 3, 4, 5
"""Why the loop has returned."""

SPARE = 4
"""Slots, numbers and events that one event may need."""

PLAIN, BELT, GATE_BELT = 0, 1, 2

OPERATING, CALENDAR, PARTS = 0, 1, 2
"""What a way counts: `OperatingClock`, `CalendarClock` and `PartsClock`."""

SHIPPED, SCRAPPED, LOST, ON_LINE = 0, 1, 2, 3
"""How parts leave the line, or are found on it."""
