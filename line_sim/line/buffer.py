"""The hand-over between stations: waiting places, and who waits for whom.

Blocking after service: a part that finds no room stays on its machine until it has moved on. First come,
first served on both sides. Places may be passed in no time, or be those of a belt.

Its compiled twins are `line_sim.compiled.kernel.buffers` and `.belts`.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from line_sim.line.clocks.virtual import Cue, LineEnvironment
from line_sim.line.parts import Part
from line_sim.scenario.fields import Belt
from line_sim.units import Nanoseconds


class Destination(Protocol):
    """Where a part can be put: the buffer of the next station, or a way off the line."""

    def put(self, part: Part, moved: Cue | None) -> bool:
        """Hand a part over. True: it has moved at once. False: `moved` is the cue when it has, if any."""


class Buffer:
    """The waiting places in front of a station, its machines not counted.

    `comes_in` is called with every part that comes in (None: nobody cares). `takers` are the machines that
    wait, where others bring them parts, too.
    """

    def __init__(
        self,
        env: LineEnvironment,
        places: int,
        comes_in: Callable[[Part], None] | None = None,
        takers: deque[Cue] | None = None,
    ) -> None:
        self._env = env
        self._places = places
        self._comes_in = comes_in
        self._waiting: deque[Part] = deque()
        self._blocked: deque[tuple[Part, Cue | None]] = deque()
        self._takers: deque[Cue] = deque() if takers is None else takers

    def has_room(self) -> bool:
        """Whether a part put now would move at once, to a place or straight to an idle machine."""
        return bool(self._takers) or len(self._waiting) < self._places

    def put(self, part: Part, moved: Cue | None) -> bool:
        """Hand a part over: to a machine that waits for one, into a place, or to those who wait for room."""
        if not self._takers and len(self._waiting) >= self._places:
            self._blocked.append((part, moved))
            return False
        part.queued_at = self._env.now
        if self._comes_in is not None:
            self._comes_in(part)
        if self._takers:
            taker = self._takers.popleft()
            taker.brings = part
            taker.follow()
        else:
            self._waiting.append(part)
        return True

    def take(self) -> Part | None:
        """Take the next part if there is one."""
        if self._waiting:
            part = self._waiting.popleft()
            if self._blocked:
                self._waiting.append(self._admit())
            return part
        return self._admit() if self._blocked else None

    def wait(self, offered: Cue) -> None:
        """Wait for a part where there is none: `offered` is the cue that brings it."""
        self._takers.append(offered)

    def withdraw(self, offered: Cue) -> bool:
        """Wait no longer: the machine cannot accept a part for now. False: it has been given one already."""
        if offered not in self._takers:
            return False
        self._takers.remove(offered)
        return True

    def waiting(self) -> list[Part]:
        """Return the parts that stand in the waiting places, the next one first."""
        return list(self._waiting)

    def outside(self) -> list[Part]:
        """Return the parts that wait for room here, on the machines where they are."""
        return [part for part, _ in self._blocked]

    def is_stuck(self) -> bool:
        """Whether nothing comes in before a machine takes a part."""
        return not self.has_room()

    def _admit(self) -> Part:
        """Let the part that has been blocked longest move in."""
        part, moved = self._blocked.popleft()
        part.queued_at = self._env.now
        if self._comes_in is not None:
            self._comes_in(part)
        if moved is not None:
            moved.follow()
        return part


class BeltBuffer(Buffer):
    """The belt in front of a station; a part waits there from when it steps on until it is taken.

    A belt of c places and travel T behaves as c stations of cycle T/c without buffers would; but nothing
    happens in its cells. With e the moment a part steps on and D the moment one is taken from the end, a part
    may step on at max(e[j-1] + the time of the first cell, D[j-c]), and is at the end at
    max(e[j] + T, D[j-1] + the time of a cell): docs/decisions/0020-belts.md has the proof. On a belt that
    does not accumulate the same holds of the time for which it has run.

    `rank` is that of parts that come to its end, or find its first place free, among simultaneous events.
    `standing` is called when it comes to stand.
    """

    standing: Callable[[], None] | None = None

    def __init__(
        self,
        env: LineEnvironment,
        belt: Belt,
        rank: int,
        comes_in: Callable[[Part], None] | None = None,
        takers: deque[Cue] | None = None,
    ) -> None:
        super().__init__(env, belt.places, comes_in, takers)
        self._belt = belt
        self._stepped_on: deque[Nanoseconds] = deque()  # of the parts on it, in its own time
        self._free_from: Nanoseconds = 0  # the first place, in the belt's own time
        self._taken_at: Nanoseconds = -belt.travel
        self._waits_since: Nanoseconds | None = None  # the part at the end, if one is there
        self._stood: Nanoseconds = 0
        self._at_end = Cue(env, self._come_to_end, rank)
        self._clears = Cue(env, self._let_in, rank)
        self._clears_at: Nanoseconds = -1

    @property
    def _stands(self) -> bool:
        """Whether the belt stands still, with all that is on it."""
        return self._waits_since is not None and not self._belt.accumulates

    @property
    def _own_time(self) -> Nanoseconds:
        """How long the belt has run so far."""
        now = self._waits_since if self._stands and self._waits_since is not None else self._env.now
        return now - self._stood

    def has_room(self) -> bool:
        """Whether a part put now would step on at once."""
        return not self._blocked and self._is_free()

    def is_stuck(self) -> bool:
        """Whether nothing steps on before a machine takes a part: it is full, or stands."""
        return self._stands or len(self._waiting) >= self._places

    def _is_free(self) -> bool:
        return len(self._waiting) < self._places and self._own_time >= self._free_from

    def put(self, part: Part, moved: Cue | None) -> bool:
        """Hand a part over: onto the first place, or to those who wait for it to be free."""
        if not self.has_room():
            self._blocked.append((part, moved))
            self._look_again()
            return False
        self._step_on(part)
        return True

    def take(self) -> Part | None:
        """Take the part at the end if there is one."""
        if self._waits_since is None:
            return None
        if self._stands:
            self._stood += self._env.now - self._waits_since
        self._waits_since = None
        return self._go()

    def _step_on(self, part: Part) -> None:
        on = self._own_time
        part.queued_at = self._env.now
        if self._comes_in is not None:
            self._comes_in(part)
        self._free_from = on + self._belt.first_cell
        self._waiting.append(part)
        self._stepped_on.append(on)
        if len(self._waiting) == 1:
            self._carry()

    def _carry(self) -> None:
        """Let the first part come to the end: it has to travel, and cannot be close behind the one before."""
        carried = self._stepped_on[0] + self._stood + self._belt.travel
        closed_up = self._taken_at + self._belt.cell
        self._at_end.after(max(carried, closed_up) - self._env.now)

    def _come_to_end(self, _: Cue) -> None:
        """Go to the machine that has waited longest, or wait for one."""
        if self._takers:
            taker = self._takers.popleft()
            taker.follow()
            taker.brings = self._go()
        else:
            self._waits_since = self._env.now
            if self.standing is not None and self._stands:
                self.standing()

    def _go(self) -> Part:
        """Let the first part leave the belt; the next one comes to the end, and another one steps on."""
        part = self._waiting.popleft()
        self._stepped_on.popleft()
        self._taken_at = self._env.now
        if self._waiting:
            self._carry()
        self._let_in()
        return part

    def _let_in(self, _: Cue | None = None) -> None:
        """Let the part step on that has waited longest for it, if the first place is free."""
        if self._blocked and self._is_free():
            part, moved = self._blocked.popleft()
            self._step_on(part)
            if moved is not None:
                moved.follow()
        self._look_again()

    def _look_again(self) -> None:
        """Look again when the first place is free; where time alone does not bring that, a taking does."""
        if not self._blocked or self._stands or len(self._waiting) >= self._places:
            return
        clears_at = self._free_from + self._stood
        if clears_at != self._clears_at:
            self._clears_at = clears_at
            self._clears.after(clears_at - self._env.now)


class GateBuffer(BeltBuffer):
    """The belt to a gate, which is its last place: a part that waits at the gate is still on the belt."""

    def take(self) -> Part | None:
        """Let the part go that has passed the gate; the belt brings the next one in its time."""
        super().take()
        return None

    def waiting(self) -> list[Part]:
        """Return the parts on their way to the gate, the next one first."""
        return super().waiting()[self._waits_since is not None :]

    def _come_to_end(self, _: Cue) -> None:
        """Be at the gate, which always waits by then."""
        self._waits_since = self._env.now
        taker = self._takers.popleft()
        taker.brings = self._waiting[0]
        taker.follow()


class Inlets:
    """Two ways in to the same machines: what is repaired there comes before what is new."""

    def __init__(self, rework: Buffer, new: Buffer) -> None:
        self.rework = rework
        self.new = new

    def take(self) -> Part | None:
        """Take the next part if there is one."""
        return self.rework.take() or self.new.take()

    def wait(self, offered: Cue) -> None:
        """Wait for a part from either: they have the same list of who waits."""
        self.new.wait(offered)

    def withdraw(self, offered: Cue) -> bool:
        """Wait no longer. False: the machine has been given a part already."""
        return self.new.withdraw(offered)

    def waiting(self) -> list[Part]:
        """Return the parts that stand in the waiting places, the next one first."""
        return self.rework.waiting() + self.new.waiting()
