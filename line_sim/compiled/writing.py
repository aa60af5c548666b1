"""Fields of rows to rows of CSV text, compiled; see `line_sim.compiled.text`.

Digits are looked up three at a time, and what is written is as wide as the processor likes it: the next field
goes over what is too much.
"""

from typing import TypeAlias

import numpy as np

from line_sim.compiled.code.jit import compiled
from line_sim.compiled.kernel.tables.pointers import number_at, set_number_at
from line_sim.compiled.letters import code_at, eight_at, set_eight_at, set_four_at
from line_sim.compiled.text import ADDRESS, EMPTY, FACTS, KIND, SINCE, STEP, TEXT, TIME

Place: TypeAlias = np.uint64
"""Of a signed one the compiler asks each time whether it counts from the end."""

_ONE, _THREE, _EIGHT = (np.uint64(number) for number in (1, 3, 8))
_THOUSAND, _BILLION = np.uint64(10**3), np.uint64(10**9)
_COMMA, _POINT, _MINUS = (np.uint64(ord(sign)) for sign in ",.-")
_LINE_END = np.uint64(int.from_bytes(b"\r\n", "little"))
_DIGITS = np.array([f"{number:03d}" for number in range(1000)], dtype="S4").view(np.uint32)
"""The three digits of each number below a thousand."""
_FIRST = np.array([f"{number:<3d}{len(str(number)):c}" for number in range(1000)], dtype="S4").view(np.uint32)
"""The digits without leading zeros, and behind them how many there are."""
_BEHIND = np.uint32(24)


@compiled
def write_rows(  # noqa: PLR0917 - Python hands over addresses, one by one
    fields: int,
    many: int,
    rows: int,
    texts: int,
    starts: int,
    last_text: int,
    first: int,
    room: int,
    size: int,
    widest: int,
    written: int,
) -> int:
    """Write rows from the row `first` on into a room of `size` bytes, as many as find place there.

    There are so `many` fields. All else is as `line_sim.compiled.text` says it; what is no number is an
    address. Returns the first row that was not written, and writes how many bytes were.
    """
    last = size - widest
    row, place = first, np.uint64(0)
    while row < rows and np.int64(place) <= last:
        for field in range(many):
            facts = FACTS * field
            kind, behind = number_at(fields, facts + KIND), row * number_at(fields, facts + STEP)
            where = number_at(fields, facts + ADDRESS) + behind
            if kind == TEXT:
                text = np.uint64(code_at(where, np.uint64(0)) + 1)
                if text <= np.uint64(last_text):
                    place = _text(room, place, text, texts, starts)
            else:
                value, since = number_at(where, 0), number_at(fields, facts + SINCE)
                if value != number_at(fields, facts + EMPTY):
                    if since:
                        value -= number_at(since + behind, 0)
                    if value < 0:
                        set_four_at(room, place, np.uint32(_MINUS))
                        place += _ONE
                    number = np.uint64(abs(value))
                    whole = number // _BILLION if kind == TIME else number
                    place = _whole(room, place, whole)
                    if kind == TIME:
                        set_four_at(room, place, np.uint32(_POINT))
                        place = _nine(room, place + _ONE, number - whole * _BILLION)
            set_four_at(room, place, np.uint32(_COMMA))
            place += _ONE
        set_four_at(room, place - _ONE, np.uint32(_LINE_END))  # over the last comma
        place += _ONE
        row += 1
    set_number_at(written, 0, np.int64(place))
    return row


@compiled
def _text(room: int, place: Place, text: np.uint64, texts: int, starts: int) -> Place:
    begin, end = np.uint64(number_at(starts, text)), np.uint64(number_at(starts, text + _ONE))
    at = begin
    while at < end:
        set_eight_at(room, place + (at - begin), eight_at(texts, at))
        at += _EIGHT
    return place + (end - begin)


@compiled
def _whole(room: int, place: Place, number: np.uint64) -> Place:
    """Write a whole number without leading zeros; return the place behind it."""
    return _few(room, place, number) if number < _BILLION else _large(room, place, number)


@compiled
def _few(room: int, place: Place, number: np.uint64) -> Place:
    """Write a number below a billion."""
    upper = number // _THOUSAND
    if upper == np.uint64(0):
        return _first(room, place, number)
    top = upper // _THOUSAND
    if top == np.uint64(0):
        place = _first(room, place, upper)
    else:
        place = _three(room, _first(room, place, top), upper - top * _THOUSAND)
    return _three(room, place, number - upper * _THOUSAND)


@compiled
def _large(room: int, place: Place, number: np.uint64) -> Place:
    """Write a number from a billion on."""
    upper = number // _BILLION
    top = upper // _BILLION
    if top == np.uint64(0):
        place = _few(room, place, upper)
    else:
        place = _nine(room, _first(room, place, top), upper - top * _BILLION)
    return _nine(room, place, number - upper * _BILLION)


@compiled
def _nine(room: int, place: Place, number: np.uint64) -> Place:
    """Write a number below a billion with leading zeros."""
    upper = number // _THOUSAND
    top = upper // _THOUSAND
    place = _three(room, _three(room, place, top), upper - top * _THOUSAND)
    return _three(room, place, number - upper * _THOUSAND)


@compiled
def _three(room: int, place: Place, number: np.uint64) -> Place:
    """Write a number below a thousand with leading zeros."""
    set_four_at(room, place, _DIGITS[number])
    return place + _THREE


@compiled
def _first(room: int, place: Place, number: np.uint64) -> Place:
    """Write a number below a thousand without leading zeros."""
    digits = _FIRST[number]
    set_four_at(room, place, digits)
    return place + np.uint64(digits >> _BEHIND)
