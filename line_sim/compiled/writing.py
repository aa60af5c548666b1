"""Columns of numbers to rows of CSV text, compiled; see `line_sim.compiled.text`."""

from typing import TypeAlias

import numpy as np

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.tables.pointers import byte_at, number_at, set_byte_at, set_number_at
from line_sim.compiled.text import NUMBER, TEXT

Place: TypeAlias = np.uint64
"""Of a signed one the compiler asks each time whether it counts from the end."""

_BILLION, _HUNDRED_MILLION = np.uint64(10**9), np.uint32(10**8)
_TEN_THOUSAND, _HUNDRED = np.uint32(10**4), np.uint32(100)
_PAIRS = np.array([ord(digit) for number in range(100) for digit in f"{number:02d}"], dtype=np.uint8)
"""The two digits of each number below a hundred, one behind the other."""
_ZERO, _COMMA, _POINT, _MINUS, _RETURN, _LINE_FEED = (np.uint8(ord(sign)) for sign in "0,.-\r\n")


@compiled
def write_rows(  # noqa: PLR0917 - Python hands over addresses, one by one
    columns: int,
    rows: int,
    kinds: int,
    many: int,
    texts: int,
    starts: int,
    first: int,
    room: int,
    size: int,
    widest: int,
    written: int,
) -> int:
    """Write rows from the row `first` on into a room of `size` bytes, as many as find place there.

    There are so `many` columns of so many `rows`, one behind the other. All else is as
    `line_sim.compiled.text` says it; what is no number is an address. Returns the first row that was not
    written, and writes how many bytes were.
    """
    last = size - widest
    row, place = first, np.uint64(0)
    while row < rows and np.int64(place) <= last:
        for column in range(many):
            value, kind = number_at(columns, column * rows + row), number_at(kinds, 2 * column)
            if value != number_at(kinds, 2 * column + 1):
                if kind == TEXT:
                    for at in range(number_at(starts, value), number_at(starts, value + 1)):
                        set_byte_at(room, place, byte_at(texts, at))
                        place += np.uint64(1)
                else:
                    place = _signed(room, place, value, kind)
            set_byte_at(room, place, _COMMA)
            place += np.uint64(1)
        set_byte_at(room, place - np.uint64(1), _RETURN)  # over the last comma
        set_byte_at(room, place, _LINE_FEED)
        place += np.uint64(1)
        row += 1
    set_number_at(written, 0, np.int64(place))
    return row


@compiled
def _signed(room: int, place: Place, value: np.int64, kind: np.int64) -> Place:
    """Write a number or a time; return the place behind it."""
    if value < 0:
        set_byte_at(room, place, _MINUS)
        place += np.uint64(1)
    number = np.uint64(abs(value))
    if kind == NUMBER:
        return _whole(room, place, number)
    seconds = number // _BILLION
    place = _whole(room, place, seconds)
    return _nine_places(room, place, np.uint32(number - seconds * _BILLION))


@compiled
def _whole(room: int, place: Place, number: np.uint64) -> Place:
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
        set_byte_at(room, place, _ZERO + np.uint8(number))
    return place + width


@compiled
def _nine_places(room: int, place: Place, rest: np.uint32) -> Place:
    """Write the nanoseconds of a second behind its point."""
    first = rest // _HUNDRED_MILLION
    eight = rest - first * _HUNDRED_MILLION
    set_byte_at(room, place, _POINT)
    set_byte_at(room, place + np.uint64(1), _ZERO + np.uint8(first))
    high = eight // _TEN_THOUSAND
    _four(room, place + np.uint64(2), high)
    _four(room, place + np.uint64(6), eight - high * _TEN_THOUSAND)
    return place + np.uint64(10)


@compiled
def _four(room: int, place: Place, number: np.uint32) -> None:
    high = number // _HUNDRED
    _pair(room, place, np.uint64(high))
    _pair(room, place + np.uint64(2), np.uint64(number - high * _HUNDRED))


@compiled
def _pair(room: int, place: Place, number: np.uint64) -> None:
    set_byte_at(room, place, _PAIRS[np.uint64(2) * number])
    set_byte_at(room, place + np.uint64(1), _PAIRS[np.uint64(2) * number + np.uint64(1)])
