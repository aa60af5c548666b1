"""The tables of a run, each derived from its record: file name, header, a row, and a row read back.

A table may lack columns: those of fields that are `Extra`, where the line has no use for them. A record has
them all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from types import NoneType
from typing import Annotated, Any, Generic, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from line_sim.layout import Layout
from line_sim.line.fields import Extra, Kind, OneOf, Since
from line_sim.line.records import Call, Item, Job, Outage, Visit
from line_sim.recording.csvtext import (
    LINE_END,
    count_value,
    duration_value,
    moment_value,
    ordinal_value,
    required_time,
    score_field,
    score_value,
    text_field,
    time_field,
    word_value,
)

R = TypeVar("R", bound=tuple[Any, ...])

Write: TypeAlias = Callable[[Any], str]
Read: TypeAlias = Callable[[str], Any]

_FIELDS: Mapping[Kind, tuple[Write, Read]] = {
    Kind.COUNT: (str, count_value),
    Kind.ORDINAL: (str, ordinal_value),
    Kind.MOMENT: (time_field, moment_value),
    Kind.DURATION: (time_field, duration_value),
    Kind.LAG: (time_field, required_time),
    Kind.WORD: (text_field, str),
    Kind.SCORE: (score_field, score_value),
}
"""How a field of each kind is written and read; reading raises ValueError."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, what it holds, and whether its fields may be empty.

    `allowed` are the only texts that it may hold; none named: any. One with `between` is there for a reader's
    sake and in no record: it is the time between the moments of two others. One with `extra` is not in every
    run's file: what it says where it is missing.
    """

    name: str
    kind: Kind
    optional: bool = False
    allowed: tuple[str, ...] = ()
    between: tuple[str, str] | None = None
    extra: Extra | None = None

    @property
    def write(self) -> Write:
        """How a value becomes a field; None becomes an empty one."""
        write, _ = _FIELDS[self.kind]
        return (lambda value: "" if value is None else write(value)) if self.optional else write

    @property
    def read(self) -> Read:
        """How a field is read back; raises ValueError."""
        _, read = _FIELDS[self.kind]
        if self.allowed:
            return lambda field: word_value(field, self.allowed)
        return (lambda field: read(field) if field else None) if self.optional else read


@dataclass(frozen=True)
class Table(Generic[R]):
    """One kind of record as a CSV file: a column a field, in the order of the record.

    `extras` are the names of those extra columns that the file has.
    """

    file: str
    record: type[R]
    extras: frozenset[str] = frozenset()

    @cached_property
    def possible(self) -> tuple[Column, ...]:
        """Every column that such a file may have."""
        return tuple(_columns(self.record))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column of the file."""
        return tuple(each for each in self.possible if each.extra is None or each.name in self.extras)

    @cached_property
    def recorded(self) -> tuple[Column, ...]:
        """The columns of the file that a record holds, in its order."""
        return tuple(column for column in self.columns if column.between is None)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """What the record calls them."""
        of_record = tuple(get_type_hints(self.record))
        return tuple(of_record[place] for place in self._told_places)

    def having(self, extras: Iterable[str]) -> "Table[R]":
        """Return the table of a file that has these of the extra columns, too."""
        known = frozenset(column.name for column in self.possible if column.extra is not None)
        return Table(self.file, self.record, known.intersection(extras))

    def told(self, record: R) -> tuple[Any, ...]:
        """Return what of a record the file tells."""
        return self._pick(record) if self._missing else record

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def header(self) -> str:
        """The first line of the file, with its end."""
        return ",".join(self.names) + LINE_END

    def row(self, record: R) -> str:
        """Return a record as a whole line with its end."""
        told = self.told(record)
        fields = [write(value) for write, value in zip(self._writers, told, strict=True)]
        for place, last, first in self._computed:
            fields.insert(place, time_field(_between(told[last], told[first])))
        return ",".join(fields) + LINE_END

    def parse(self, fields: Sequence[str]) -> R:
        """Return the record that a line's fields tell. Raises ValueError."""
        values = [read(field) for read, field in zip(self._readers, fields, strict=True)]
        told = [(place, values.pop(place)) for place, _, _ in reversed(self._computed)]
        for (_, last, first), (place, value) in zip(reversed(self._computed), told, strict=True):
            if value != _between(values[last], values[first]):
                name, between = self.names[place], self.columns[place].between or ()
                raise ValueError(f"{name} {fields[place]!r} is not {' - '.join(between)}")
        for place, usual in self._missing:
            values.insert(place, usual)
        return self.record(*values)

    @cached_property
    def _pick(self) -> Callable[[R], tuple[Any, ...]]:
        return itemgetter(*self._told_places)

    @cached_property
    def _missing(self) -> tuple[tuple[int, Any], ...]:
        """The places in a record of the columns that the file has not, and what they are there."""
        return tuple(
            (place, column.extra.usual)
            for place, column in enumerate(self._of_record)
            if column.extra is not None and column not in self.columns
        )

    @cached_property
    def _told_places(self) -> tuple[int, ...]:
        return tuple(place for place, column in enumerate(self._of_record) if column in self.columns)

    @cached_property
    def _of_record(self) -> tuple[Column, ...]:
        return tuple(column for column in self.possible if column.between is None)

    @cached_property
    def _writers(self) -> tuple[Write, ...]:
        return tuple(column.write for column in self.recorded)

    @cached_property
    def _readers(self) -> tuple[Read, ...]:
        return tuple(column.read for column in self.columns)

    @cached_property
    def _computed(self) -> tuple[tuple[int, int, int], ...]:
        """The place of each computed column in the file, and those of its two moments in the record."""
        names = [column.name for column in self.recorded]
        return tuple(
            (place, names.index(column.between[0]), names.index(column.between[1]))
            for place, column in enumerate(self.columns)
            if column.between is not None
        )


def _between(last: int | None, first: int) -> int | None:
    """Return the time between two moments, None where the last has not come."""
    return None if last is None else last - first


def _columns(record: type) -> Iterator[Column]:
    """Yield the columns that a record's fields describe."""
    for field, hint in get_type_hints(record, include_extras=True).items():
        told = list(_parts(hint))
        kind = next(part for part in told if isinstance(part, Kind))
        name = f"{field}_s" if kind in {Kind.DURATION, Kind.LAG} else field
        allowed = next((part.words for part in told if isinstance(part, OneOf)), ())
        extra = next((part for part in told if isinstance(part, Extra)), None)
        yield Column(name, kind, NoneType in told, allowed, extra=extra)
        for since in (part for part in told if isinstance(part, Since)):
            yield Column(
                since.name, Kind.LAG, NoneType in told, between=(field, since.start)
            )  # of damaged rows < 0


def _parts(hint: Any) -> Iterator[Any]:
    """Yield all that a type hint consists of: `Annotated` and unions taken apart."""
    if get_origin(hint) is None:
        yield hint
        return
    inner = get_args(hint)
    if get_origin(hint) is Annotated:
        yield from _parts(inner[0])
        yield from inner[1:]
        return
    for part in inner:
        yield from _parts(part)


ITEMS = Table("items.csv", Item)
VISITS = Table("visits.csv", Visit)
CALLS = Table("calls.csv", Call)
BREAKDOWNS = Table("breakdowns.csv", Outage)
TABLES: tuple[Table[Any], ...] = (ITEMS, VISITS, CALLS, BREAKDOWNS)
"""Those of a plain line."""

CREWS: Table[Job] = Table("crews.csv", Job)
"""That of a line with crews, beside the others."""

WHOLE: tuple[Table[Any], ...] = tuple(
    table.having(column.name for column in table.possible) for table in (*TABLES, CREWS)
)
"""All there are, with every column that they may have."""


def tables_for(layout: Layout) -> tuple[Table[Any], ...]:
    """Return the tables of a line's runs.

    With numbered visits where a part may come to a place again, how often it was repaired where parts are,
    the names of stops where they have one, where a defect was made and what a part was at each call where
    stations make defects, the parts' variants and set-ups where there are such, and what crews did where
    there are some.
    """
    extras = {"visit"} if layout.leads_back else set()
    if layout.reworks:
        extras.add("reworked")
    if any(way.name for place in layout.places for way in place.failures):
        extras.add("name")
    if layout.makes_defects:
        extras |= {"true_state", "made_at"}
    if layout.mix is not None:
        extras.add("variant")
    if layout.changes_over:
        extras.add("changeover_s")
    tables = tuple(table.having(extras) for table in TABLES)
    return (*tables, CREWS) if layout.crews else tables
