"""Columns of numbers to rows of CSV text. Nothing here knows what the columns are about.

A text is a code: its place in a list of texts, which are bytes already, quoted where they must be.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from line_sim.compiled.jit import compiled, entry

Bytes: TypeAlias = npt.NDArray[np.uint8]
Integers: TypeAlias = npt.NDArray[np.int64]
Place: TypeAlias = np.uint64
"""Of a signed one the compiler asks each time whether it counts from the end."""

NUMBER, TIME, TEXT = range(3)
"""What a column holds: whole numbers, nanoseconds that are written as seconds with nine places, texts."""

WIDEST_NUMBER = 22
"""Bytes of the longest number or time with what follows it."""

_BILLION, _HUNDRED_MILLION = np.uint64(10**9), np.uint32(10**8)
_TEN_THOUSAND, _HUNDRED = np.uint32(10**4), np.uint32(100)
_PAIRS = np.array([ord(digit) for number in range(100) for digit in f"{number:02d}"], dtype=np.uint8)
"""The two digits of each number below a hundred, one behind the other."""
_ZERO, _COMMA, _POINT, _MINUS, _RETURN, _LINE_FEED = (np.uint8(ord(sign)) for sign in "0,.-\r\n")


@entry
def write_rows(
    columns: Integers, kinds: Integers, texts: Bytes, starts: Integers, first: int, room: Bytes, widest: int
) -> tuple[int, int]:
    """Write rows from the row `first` on into `room`, as many as find place there.

    For each column `kinds` has what it holds, and the number at which its field is empty. Text number n is
    the bytes of `texts` from `starts[n]` to `starts[n + 1]`: every code must have one. No row is longer than
    `widest`. Returns the first row that was not written, and how many bytes were.
    """
    rows = columns.shape[1]
    last = len(room) - widest
    row, place = first, np.uint64(0)
    while row < rows and np.int64(place) <= last:
        for column in range(len(kinds)):
            value = columns[column, row]
            if value != kinds[column, 1]:
                if kinds[column, 0] == TEXT:
                    for at in range(starts[value], starts[value + 1]):
                        room[place] = texts[at]
                        place += np.uint64(1)
                else:
                    place = _signed(room, place, value, kinds[column, 0])
            room[place] = _COMMA
            place += np.uint64(1)
        room[place - np.uint64(1)] = _RETURN  # over the last comma
        room[place] = _LINE_FEED
        place += np.uint64(1)
        row += 1
    return row, int(place)


@compiled
def _signed(room: Bytes, place: Place, value: np.int64, kind: np.int64) -> Place:
    """Write a number or a time; return the place behind it."""
    if value < 0:
        room[place] = _MINUS
        place += np.uint64(1)
    number = np.uint64(abs(value))
    if kind == NUMBER:
        return _whole(room, place, number)
    seconds = number // _BILLION
    place = _whole(room, place, seconds)
    return _nine_places(room, place, np.uint32(number - seconds * _BILLION))


@compiled
def _whole(room: Bytes, place: Place, number: np.uint64) -> Place:
    """Write a whole number without leading zeros."""
    width, limit = np.uint64(1), np.uint64(10)
    while number >= limit:  # an int64 has no more than 19 digits, so that the limit always holds one more
        width += np.uint64(1)
        limit *= np.uint64(10)
    at = place + width
    while number >= np.uint64(100):
        rest = number // np.uint64(100)
        at -= np.uint64(2)
        _pair(room, at, number - rest * np.uint64(100))
        number = rest
    if number >= np.uint64(10):
        _pair(room, place, number)
    else:
        room[place] = _ZERO + np.uint8(number)
    return place + width


@compiled
def _nine_places(room: Bytes, place: Place, rest: np.uint32) -> Place:
    """Write the nanoseconds of a second behind its point."""
    first = rest // _HUNDRED_MILLION
    eight = rest - first * _HUNDRED_MILLION
    room[place] = _POINT
    room[place + np.uint64(1)] = _ZERO + np.uint8(first)
    high = eight // _TEN_THOUSAND
    _four(room, place + np.uint64(2), high)
    _four(room, place + np.uint64(6), eight - high * _TEN_THOUSAND)
    return place + np.uint64(10)


@compiled
def _four(room: Bytes, place: Place, number: np.uint32) -> None:
    high = number // _HUNDRED
    _pair(room, place, np.uint64(high))
    _pair(room, place + np.uint64(2), np.uint64(number - high * _HUNDRED))


@compiled
def _pair(room: Bytes, place: Place, number: np.uint64) -> None:
    room[place] = _PAIRS[np.uint64(2) * number]
    room[place + np.uint64(1)] = _PAIRS[np.uint64(2) * number + np.uint64(1)]
