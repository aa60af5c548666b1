"""Sheets to a workbook: in one pass, with little memory, the same bytes for the same sheets at any time.

A sheet is a header, which stays in sight and can be filtered by, and rows. What is a number in Python is
one in the workbook; a text is never taken for a formula, a number or a link, whatever it begins with. What
Excel cannot hold is cut, and said: a sheet of more than 1,048,576 rows goes on in further ones, a text ends
after 32,767 characters.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError, XlsxWriterException

from line_sim.recording.whole import unwritable

MOST_ROWS = 1_048_576
"""Rows of a sheet, its header among them."""
MOST_LETTERS = 32_767
"""Characters of a cell's text."""
_LONGEST_NAME = 31
_WIDEST = 48
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no time zone; the same each time, so that the bytes are

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its column headings (with units), its rows in order; `width` in characters."""

    name: str
    headings: tuple[str, ...]
    rows: Iterable[Sequence[Value]]
    width: int = 12


def write_workbook(path: Path, sheets: Iterable[Sheet], then: str, most: int = MOST_ROWS) -> Path:
    """Write sheets to a workbook, all at once, and return where it is.

    `most` rows go on a sheet. Raises RunFileError when it cannot be written; `then` says what to do once
    there is room.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        beside.touch(exist_ok=False)
        _write(beside, sheets, most)
        beside.replace(path)
    except FileCreateError as error:
        raise unwritable(path, _cause(error), then) from error
    except OSError as error:
        raise unwritable(path, error, then) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return path


def _cause(error: XlsxWriterException) -> OSError:
    """Return what went wrong below the writer."""
    told = error.args[0] if error.args else None
    return told if isinstance(told, OSError) else OSError(0, str(error))


def _write(path: Path, sheets: Iterable[Sheet], most: int) -> None:
    plain = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(path), {"constant_memory": True, **plain}) as workbook:
        workbook.set_properties({"created": _MADE})
        head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            for name, rows in _parts(sheet, most):
                _fill(workbook.add_worksheet(name), sheet, rows, head)


def _parts(sheet: Sheet, most: int) -> Iterator[tuple[str, Iterable[Sequence[Value]]]]:
    """Yield a sheet in as many parts as Excel needs: `items`, `items (2)`, ..."""
    rows, number = iter(sheet.rows), 1
    ahead = next(rows, None)
    while ahead is not None or number == 1:
        mark = f" ({number})" if number > 1 else ""
        taken = [] if ahead is None else [ahead]
        yield f"{sheet.name[: _LONGEST_NAME - len(mark)]}{mark}", _chained(taken, islice(rows, most - 2))
        ahead, number = next(rows, None), number + 1


def _chained(first: list[Sequence[Value]], others: Iterator[Sequence[Value]]) -> Iterator[Sequence[Value]]:
    yield from first
    yield from others


def _fill(worksheet: Any, sheet: Sheet, rows: Iterable[Sequence[Value]], head: Any) -> None:
    worksheet.freeze_panes(1, 0)
    for place, heading in enumerate(sheet.headings):
        worksheet.set_column(place, place, min(max(sheet.width, len(heading) + 2), _WIDEST))
        worksheet.write_string(0, place, heading, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _put(worksheet, last, place, value)
    worksheet.autofilter(0, 0, last, max(len(sheet.headings) - 1, 0))


def _put(worksheet: Any, row: int, place: int, value: Value) -> None:
    if isinstance(value, bool):
        worksheet.write_boolean(row, place, value)
    elif isinstance(value, str):
        if value:
            worksheet.write_string(row, place, value[:MOST_LETTERS])
    elif value is not None:
        worksheet.write_number(row, place, value)
