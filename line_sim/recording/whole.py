"""Whole files of a run's folder: written so that nobody finds a half, read so that nothing is trusted."""

import json
import math
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from line_sim.errors import RunFileError
from line_sim.regular import read_regular

MOST_BYTES = 64 * 1024 * 1024
"""No JSON file of a run is larger."""


def read_object(
    path: Path, way_out: str = "", *, exact: bool = False, most: int = MOST_BYTES
) -> dict[str, Any]:
    """Read a JSON object of `most` so many bytes; `exact`: its decimal numbers stay as they are written.

    Raises RunFileError for anything else, with the way out.
    """
    repair = way_out or "restore or delete it"
    try:
        text = read_regular(path, most)
        data = json.loads(text, parse_float=Decimal if exact else _finite, parse_constant=_no_constant)
        if _HALF.search(text):
            _refuse_halves(data)
    except FileNotFoundError as error:
        what = way_out or "is this the folder of a run?"
        raise RunFileError(f"{path}: there is no such file; {what}") from error
    except OSError as error:
        raise RunFileError(f"{path}: cannot be read ({error.strerror}); {repair}") from error
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise RunFileError(f"{place}: not readable as JSON ({error.msg}); {repair}") from error
    except (
        ValueError,
        RecursionError,
    ) as error:  # not UTF-8; half a character; a number of thousands of digits; nested too deep
        why = "it is nested too deep" if isinstance(error, RecursionError) else error
        raise RunFileError(f"{path}: not readable as JSON ({why}); {repair}") from error
    if not isinstance(data, dict):
        raise RunFileError(f"{path}: not a JSON object; {repair}")
    return data


_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def _refuse_halves(data: object) -> None:
    """Raise ValueError for a text that no file can hold: half of a character that needs two."""
    match data:
        case str() if found := re.search("[\ud800-\udfff]", data):
            raise ValueError(f"a text holds U+{ord(found[0]):04X}, which is half a character")
        case dict():
            _refuse_halves([*data, *data.values()])
        case list():
            for part in data:
                _refuse_halves(part)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_constant(text)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text:.20} is no finite number")


RUN_AGAIN = "run again"
"""What remains to do about a file that only its run can write."""


def by_report(folder: Path) -> str:
    """Say what makes a file again that is computed from the others of a run's folder."""
    return f"'line-sim report {folder}' makes it again"


def write_json(path: Path, data: Mapping[str, Any], then: str = RUN_AGAIN) -> None:
    """Write JSON for people and programs, all at once. Raises ValueError for NaN and infinity.

    A Decimal is written digit by digit: a float holds the nanoseconds of 104 days and no more.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False, default=_marked)
    write_whole(path, _MARKED.sub(r"\1", text) + "\n", then)


_MARKED = re.compile(r'"\\u0000(-?[0-9]+(?:\.[0-9]+)?)\\u0000"')


def _marked(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is nothing that JSON knows")
    return f"\0{value:f}\0"


def write_whole(path: Path, text: str, then: str = RUN_AGAIN) -> None:
    """Write a file so that a reader, or a kill, finds the old one or the new one, never a half.

    What is written to beside it is new and has a name that nobody can foresee, so that no link planted there
    leads the writing elsewhere; a link of the file's own name is replaced, not followed.
    Raises RunFileError when it cannot be written; `then` says what to do once there is room.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:  # O_EXCL: no link is followed
            file.write(text)
        beside.replace(path)
    except OSError as error:
        raise unwritable(path, error, then) from error
    finally:  # also where a second Ctrl-C breaks the writing off
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError, then: str) -> RunFileError:
    """Return the error of a file that cannot be written, with the way out."""
    return RunFileError(
        f"{path}: cannot be written ({error.strerror}); make room or get leave to write there, then {then}"
    )
