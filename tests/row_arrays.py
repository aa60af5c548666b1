"""Records as arrays of their fields: what a compiled line hands over."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from line_sim.line.fields import Kind
from line_sim.recording.arrays.columns import by_step
from line_sim.recording.tables import WHOLE

TABLES = by_step(WHOLE)
_TYPES = {Kind.WORD: np.int32, Kind.SCORE: np.float64}


def step_of(record: Any) -> str:
    """Return the step of the line that tells of a record."""
    return type(record).__name__.lower()


def array_of(records: Sequence[Any], step: str, words: list[str]) -> np.ndarray:
    """Return records of one step as an array; words that are new are added to `words`."""
    table = TABLES[step]
    kinds = {name: column.kind for name, column in zip(table.fields, table.recorded, strict=True)}
    rows = np.empty(len(records), [(name, _TYPES.get(kind, np.int64)) for name, kind in kinds.items()])
    for number, record in enumerate(records):
        told = zip(kinds.values(), record, strict=True)
        rows[number] = tuple(_number(kind, value, words) for kind, value in told)
    return rows


def _number(kind: Kind, value: Any, words: list[str]) -> Any:
    match kind:
        case Kind.WORD:
            if value not in words:
                words.append(value)
            return words.index(value)
        case Kind.SCORE:
            return math.nan if value is None else value
        case _:
            return -1 if value is None else value


def hand_over(taker: Any, records: Sequence[Any], words: list[str]) -> None:
    """Tell of records in one round, those of a step together; the arrays are spoilt afterwards."""
    told = []
    for step in TABLES:
        mine = [record for record in records if step_of(record) == step]
        if mine:
            told.append(array_of(mine, step, words))
            taker.on_rows(step, told[-1], words)
    taker.on_round()
    for rows in told:
        rows[:] = np.zeros((), rows.dtype)
