"""Weekdays and times of day, as a scenario writes them: `Mon-Fri`, `06:00-14:00`, `Mon 06:00`."""

import re
from collections.abc import Iterable
from typing import TypeAlias

from line_sim.units import HOUR, MINUTE, SECOND, Nanoseconds

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 24 * HOUR
WEEK = 7 * DAY

Stretch: TypeAlias = tuple[Nanoseconds, Nanoseconds]
"""From, and to."""

_CLOCK = r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?"
_SHIFT = re.compile(rf"\s*{_CLOCK}\s*-\s*{_CLOCK}\s*")
_MOMENT = re.compile(rf"\s*([A-Za-z]+)\s+{_CLOCK}\s*")
_NAMES = ", ".join(DAYS)


def parse_days(written: object) -> tuple[int, ...]:
    """Read `Mon`, `Mon-Fri` or `Sat, Sun` as numbers of days, Monday being 0. Raises ValueError."""
    found: list[int] = []
    for piece in str(written).split(","):
        first, dash, last = (word.strip() for word in piece.partition("-"))
        begin, end = _day(first), _day(last) if dash else _day(first)
        found += [day % len(DAYS) for day in range(begin, end + (len(DAYS) if end < begin else 0) + 1)]
    return tuple(dict.fromkeys(found))


def _day(name: str) -> int:
    if name not in DAYS:
        what = f"{name[:20]!r} is no day" if name else "a day is missing"
        raise ValueError(f"{what}; the days are {_NAMES}, written as Mon, Mon-Fri or 'Sat, Sun'")
    return DAYS.index(name)


def parse_shift(written: object) -> tuple[Nanoseconds, Nanoseconds]:
    """Read `06:00-14:00` as two times of day in ns; the second is beyond 24 h where it is past midnight.

    Raises ValueError, whose text continues "it ".
    """
    match = _SHIFT.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError("must be a time from and a time to such as 06:00-14:00, in quotes")
    begin, end = _of_day(*match.group(1, 2, 3)), _of_day(*match.group(4, 5, 6))
    if begin == DAY:
        raise ValueError("must begin before 24:00; the next day's 00:00 is that moment")
    if begin == end:
        raise ValueError("has no length; a whole day is 00:00-24:00")
    return begin, end if end > begin else end + DAY


def _of_day(hours: str, minutes: str, seconds: str | None) -> Nanoseconds:
    moment = int(hours) * HOUR + int(minutes) * MINUTE + int(seconds or 0) * SECOND
    if moment > DAY:
        raise ValueError("must have times from 00:00 to 24:00")
    return moment


def parse_moment(written: object) -> Nanoseconds:
    """Read `Mon 06:00` as ns since Monday 00:00. Raises ValueError, whose text continues "it "."""
    match = _MOMENT.fullmatch(written) if isinstance(written, str) else None
    if match is None or match[1] not in DAYS:
        raise ValueError(f"must be a day and a time such as Mon 06:00; the days are {_NAMES}")
    return (DAYS.index(match[1]) * DAY + _of_day(*match.group(2, 3, 4))) % WEEK


def moment_text(moment: Nanoseconds, *, seconds: bool = False) -> str:
    """Say a moment of the week: `Mon 06:00`, with seconds where it has some or they are asked for."""
    day, rest = divmod(moment % WEEK, DAY)
    minutes, odd = divmod(rest, MINUTE)
    told = f"{DAYS[day]} {minutes // 60:02d}:{minutes % 60:02d}"
    return f"{told}:{odd // SECOND:02d}" if odd or seconds else told


def in_week(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Put stretches that begin in the week into it, in order and apart; what touches is one.

    One that goes on past its end is cut there; none overlap.
    """
    pieces: list[tuple[int, int]] = []
    for begin, end in stretches:
        pieces += [(begin, end)] if end <= WEEK else [(begin, WEEK), (0, end - WEEK)]
    found: list[tuple[int, int]] = []
    for begin, end in sorted(pieces):
        if found and found[-1][1] == begin:
            found[-1] = found[-1][0], end
        else:
            found.append((begin, end))
    return tuple(found)


def common(some: Iterable[Stretch], others: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return what two sets of stretches, each in order and apart, have in common."""
    both = ((max(begin, other), min(end, last)) for begin, end in some for other, last in others)
    return tuple(sorted(stretch for stretch in both if stretch[0] < stretch[1]))
