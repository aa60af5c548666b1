"""Faults of the kernel, most of them of its order: one for each rule that could be broken unseen.

A rule whose breaking changes no row (who looks twice for a belt's free place, say) has none here.
"""

from interpreted_kernel import Fault

AT_FRONT = """    if buffer.takers:
        machine_at(line, buffer.last_taker).next_taker = whose
    else:
        buffer.first_taker = whose
    buffer.last_taker = whose"""
STARTS = """        for whose in range(first, first + place_at(line, place).units):
            start(line, whose)"""
FINISHES = """    if machine.stops:
        counts_part(line, whose)
    machine.finished_at = line.now
    to = destination(line, whose, slot)
    if _put(line, to, slot, whose):
        leave(line, whose, item)
"""
NEXT_AT_ONCE = """    cue = cue_at(line, (line.first_at_once + line.follow) & (line.ring - 1))"""

EVENTS = (
    Fault(
        "of events of one moment the last that was entered comes first",
        "kernel/events",
        "rank << NUMBER_BITS | line.number",
        "rank << NUMBER_BITS | (1 << NUMBER_BITS) - 1 - line.number",
    ),
    Fault(
        "events of one moment come in the order in which they were entered, whatever their ranks",
        "kernel/events",
        "rank << NUMBER_BITS | line.number",
        "line.number",
    ),
    Fault(
        "of what follows at once the last that was asked for comes first",
        "kernel/events",
        NEXT_AT_ONCE,
        "    line.first_at_once = (line.first_at_once - 1) & (line.ring - 1)\n"
        "    cue = cue_at(line, line.first_at_once)",
    ),
    Fault(
        "what has its moment comes before what follows at once",
        "kernel/advance",
        "        if line.follow:",
        "        if line.follow and (line.over or not line.to_come or event_at(line, 0).moment > line.now):",
    ),
    Fault(
        "what happens at the very moment of the end is left out",
        "kernel/advance",
        "event_at(line, 0).moment <= line.until",
        "event_at(line, 0).moment < line.until",
    ),
    Fault(
        "the heap takes the wrong one of two",
        "kernel/events",
        "            if _comes_before(other, first.moment, first.order):",
        "            if other.moment < first.moment:",
    ),
)

RANKS = (
    Fault(
        "upstream places finish first",
        "building",
        '"rank": self._layout.finish_rank(index),',
        '"rank": self._layout.finish_rank(len(self._layout.places) - 1 - index),',
    ),
    Fault(
        "all places have one rank",
        "building",
        '"rank": self._layout.finish_rank(index),',
        '"rank": self._layout.finish_rank(0),',
    ),
    Fault(
        "arrivals come before departures",
        "line",
        '"arrival_rank": layout.arrival_rank',
        '"arrival_rank": 0',
    ),
    Fault(
        "machines fail and are repaired before parts finish",
        "line",
        '"outage_rank": layout.outage_rank',
        '"outage_rank": 0',
    ),
    Fault(
        "shifts begin and end before parts finish",
        "line",
        '"shift_rank": layout.shift_rank',
        '"shift_rank": 0',
    ),
    Fault(
        "shifts begin and end before machines fail",
        "line",
        '"shift_rank": layout.shift_rank',
        '"shift_rank": layout.outage_rank',
    ),
    Fault(
        "arrivals and shifts are one",
        "line",
        '"arrival_rank": layout.arrival_rank',
        '"arrival_rank": layout.shift_rank',
    ),
    Fault(
        "belts carry before what is behind them has finished",
        "building",
        '"rank": self._layout.belt_rank(index),',
        '"rank": self._layout.finish_rank(index) - 1,',
    ),
    Fault(
        "belts carry after what is in front of them has finished",
        "building",
        '"rank": self._layout.belt_rank(index),',
        '"rank": self._layout.belt_rank(index) + 2,',
    ),
    Fault(
        "answers for a gate come before what finishes downstream",
        "kernel/tasks",
        "after(line, latency, place_at(line, place.gate).rank, TOLD, slot)",
        "after(line, latency, 0, TOLD, slot)",
    ),
)

HAND_OVERS = (
    Fault(
        "upstream machines start first",
        "kernel/advance",
        "range(line.places_count - 1, -1, -1)",
        "range(line.places_count)",
    ),
    Fault(
        "a station's last machine starts first",
        "kernel/advance",
        STARTS,
        STARTS.replace(
            "range(first, first + place_at(line, place).units)",
            "range(first + place_at(line, place).units - 1, first - 1, -1)",
        ),
    ),
    Fault(
        "the machine that waited last gets the part",
        "kernel/buffers",
        AT_FRONT,
        "    machine.next_taker = buffer.first_taker if buffer.takers else NONE\n"
        "    buffer.last_taker = buffer.last_taker if buffer.takers else whose\n"
        "    buffer.first_taker = whose",
    ),
    Fault(
        "a machine that fails goes on waiting for a part",
        "kernel/stops",
        "    if machine.part == NONE:\n        withdraw(line, machine.place, way.machine)\n",
        "",
    ),
    Fault(
        "a machine whose shift ends goes on waiting for a part",
        "kernel/stops",
        "        withdraw(line, machine.place, whose)\n        return False",
        "        return False",
    ),
    Fault(
        "a part that was blocked last moves in first",
        "kernel/buffers",
        "    buffer.first_blocked = part.next_blocked\n",
        "    while part.next_blocked != NONE and buffer.blocked > 1:\n"
        "        before, slot = slot, part.next_blocked\n"
        "        part = part_at(line, slot)\n"
        "        buffer.last_blocked = before if part.next_blocked == NONE else buffer.last_blocked\n"
        "    if buffer.blocked > 1:\n"
        "        part_at(line, before).next_blocked = NONE\n",
    ),
    Fault(
        "a place that a part leaves is filled one part later",
        "kernel/buffers",
        "        if buffer.blocked:\n            append_waiting",
        "        if buffer.blocked > 1:\n            append_waiting",
    ),
    Fault(
        "a machine takes its next part before it tells of the last one",
        "kernel/machines",
        "    tell_visit(line, whose, item)\n    machine_at(line, whose).part = NONE\n    seek(line, whose)",
        "    machine_at(line, whose).part = NONE\n    seek(line, whose)\n    tell_visit(line, whose, item)",
    ),
    Fault(
        "a line takes in a part that finds its place free only now",
        "kernel/sources",
        "    if line.loses and not room:",
        "    if line.loses and not room and entry.blocked:",
    ),
)

COUNTS = (
    Fault(
        "a machine that stops after so many parts counts one when it has taken the next",
        "kernel/machines",
        FINISHES,
        "    machine.finished_at = line.now\n    to = destination(line, whose, slot)\n"
        "    if _put(line, to, slot, whose):\n        leave(line, whose, item)\n"
        "        if machine.stops:\n            counts_part(line, whose)\n",
    ),
)

BELTS = (
    Fault(
        "nobody looks again when a belt's first place is free, for a part that comes",
        "kernel/belts",
        "        append_blocked(line, place, slot, mover)\n        _look_again(line, place)\n",
        "        append_blocked(line, place, slot, mover)\n",
    ),
    Fault(
        "nobody looks again when a belt's first place is free, after a part",
        "kernel/belts",
        "        tell_mover(line, slot)\n    _look_again(line, place)\n",
        "        tell_mover(line, slot)\n",
    ),
    Fault(
        "a belt that stands still does not forget for how long",
        "kernel/belts",
        "        buffer.stood += line.now - buffer.waits_since\n",
        "        buffer.stood += 0\n",
    ),
    Fault(
        "parts close up on a belt in no time",
        "kernel/belts",
        "closed_up = later(buffer.taken_at, buffer.cell)",
        "closed_up = buffer.taken_at",
    ),
    Fault(
        "a belt's first place takes as long as any other",
        "building",
        '"first_cell": belt.first_cell}',
        '"first_cell": belt.cell}',
    ),
    Fault(
        "a part at a gate whose answer comes is not sent on",
        "kernel/tasks",
        "    return gate.part == slot",
        "    return False",
    ),
)

STOPS = (
    Fault(
        "a machine fails that is done at the same moment",
        "kernel/stops",
        "stopped = first != NONE and first < done_at",
        "stopped = first != NONE and first <= done_at",
    ),
    Fault(
        "the second of two ways that stop a machine at once is forgotten",
        "kernel/stops",
        "            if stopped and way.due == first:\n",
        "            if stopped and way.due == first and which == machine.first_way:\n",
    ),
    Fault(
        "two repairs count one behind the other",
        "kernel/stops",
        "    if not machine.under_repair:\n        machine.down_since = line.now\n",
        "    machine.down_since = line.now\n",
    ),
    Fault(
        "what is due as a shift ends waits for the next one",
        "kernel/hours",
        "if is_on(line, which, moment) or (moment > 0 and is_on(line, which, moment - 1)):",
        "if is_on(line, which, moment):",
    ),
    Fault(
        "work that ends with a shift ends with the next one's beginning",
        "kernel/hours",
        "while stretch_at(line, at).before >= rest:",
        "while stretch_at(line, at).before > rest:",
    ),
    Fault(
        "a repaired machine is good from when it failed",
        "kernel/stops",
        "        way.fails_at = later(line.now, up)\n        after(line, up,",
        "        way.fails_at = later(line.now, up)\n        after(line, up - 1 if up > 1 else up,",
    ),
    Fault(
        "an answer that comes in off time counts at once",
        "kernel/tasks",
        "        if pause:\n",
        "        if pause and False:\n",
    ),
)

ANSWERS = (
    Fault(
        "an answer at the very deadline is late",
        "kernel/servers",
        "latency <= place.deadline:",
        "latency < place.deadline:",
    ),
    Fault(
        "the worker that is free last takes the call",
        "kernel/servers",
        "number_at(free_at, below + 1) < number_at(free_at, below):",
        "number_at(free_at, below + 1) > number_at(free_at, below):",
    ),
    Fault(
        "the workers stand in no order",
        "kernel/servers",
        "        if number_at(free_at, below) >= moment:\n            break\n",
        "        break\n",
    ),
    Fault(
        "a server goes on with what nobody waits for",
        "kernel/servers",
        "min(done_at, given_up_at))",
        "done_at)",
    ),
    Fault(
        "a call that was given up before it began takes up a worker",
        "kernel/servers",
        "    elif begins_at < given_up_at:\n",
        "    else:\n",
    ),
    Fault(
        "the way of an answer keeps the worker",
        "kernel/servers",
        "        _is_free_at(line.free_at, server, done_at)\n        return latency,",
        "        _is_free_at(line.free_at, server, later(done_at, server.overhead))\n        return latency,",
    ),
    Fault(
        "a reviewer's time is that of the first visit",
        "kernel/tasks",
        "place.time + part_at(line, slot).visit - 1",
        "place.time",
    ),
    Fault(
        "a reviewer's mistakes are those of the first visit",
        "kernel/tasks",
        "drawn(line, slot, place.alarms + again)",
        "drawn(line, slot, place.alarms)",
    ),
    Fault(
        "a cleared part goes on behind the first camera that sent it",
        "kernel/tasks",
        "        part.sent_by = camera\n",
        "        part.sent_by = camera if part.sent_by == NONE else part.sent_by\n",
    ),
    Fault(
        "a machine is set up for a part that is like the last one",
        "kernel/tasks",
        "    if variant != machine.set_up_for:",
        "    if True:",
    ),
    Fault(
        "a part draws what the part before it does",
        "kernel/tables/lookup",
        "to_draw(line, item, column))",
        "to_draw(line, max(item - 1, line.drawn_from), column))",
    ),
    Fault(
        "a machine draws its repairs one later",
        "kernel/stops",
        "which * line.outages_at_hand + way.repairs)",
        "which * line.outages_at_hand + way.repairs + 1)",
    ),
)

RESUMED = (
    Fault(
        "numbers that are drawn anew are those of the part before",
        "line",
        """self._draw(int(self._line["arrived"]) + 1)""",
        """self._draw(int(self._line["arrived"])); self._line["drawn_from"] += 1""",
    ),
    Fault(
        "outages that are drawn anew begin with the first",
        "line",
        "drawn[column] += way[name]",
        "drawn[column] = way[name]",
    ),
    Fault(
        "outages that are drawn anew begin with one that has been",
        "line",
        "int(drawn[column]) + 1)",
        "int(drawn[column]) + (1 if first else 0))",
    ),
    Fault(
        "new slots are those of parts on the line",
        "line",
        "np.arange(had + 1, 2 * had + 1)",
        "np.arange(1, had + 1)",
    ),
    Fault(
        "what the parts on the line have drawn is lost where there is more room",
        "line",
        """np.concatenate([arrays["drawn"], np.zeros_like(arrays["drawn"])])""",
        """np.concatenate([np.zeros_like(arrays["drawn"])] * 2)""",
    ),
    Fault(
        "the parts on a saturated line's way in are forgotten when the kernel returns",
        "kernel/sources",
        "parts_at_hand:\n            return",
        "parts_at_hand:\n            break",
    ),
    Fault(
        "rows are handed over twice",
        "line",
        """                line[f"{kind}s_told"] = 0""",
        """                line[f"{kind}s_told"] = many > 1""",
    ),
)
"""Faults of what is done when the kernel returns: found where there is room for next to nothing."""

LOCKS = (
    Fault(
        "a machine without a part is no hindrance to a lock",
        "kernel/lockup",
        "    while whose < last and _goal(line, whose) != NONE:\n",
        "    while whose < last and (machine_at(line, whose).part == NONE or _goal(line, whose) != NONE):\n",
    ),
    Fault(
        "a circle is told from where it was come upon",
        "kernel/lockup",
        "        if number_at(way, place) < number_at(way, upmost):",
        "        if False:",
    ),
    Fault(
        "a lock is looked for only by machines",
        "kernel/advance",
        "        if come_to_end(line, whom) and line.leads_back:",
        "        if come_to_end(line, whom) and False:",
    ),
)

FAULTS = (*EVENTS, *RANKS, *HAND_OVERS, *COUNTS, *BELTS, *STOPS, *ANSWERS, *LOCKS)
