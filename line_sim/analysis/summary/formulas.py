"""Texts of the tables that a spreadsheet would take for formulas.

The tables keep what was said to the letter, since they are read back and recomputed; so it is told.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = re.compile(r"\s*[=+\-@](?!\s*[\d.,]+\s*\Z)\s*\S")
"""What a cell does not show as it is; a sign before nothing but a number is a number."""

_MOST_NAMED = 3
_LONGEST = 60


def formulas(words: Iterable[str]) -> tuple[str, ...]:
    """Return those of the words that a spreadsheet would take for formulas, in order."""
    return tuple(sorted(filter(_FORMULA.match, words)))


def told_formulas(found: Sequence[str]) -> Iterator[str]:
    """Yield the warning about them, none where there are none."""
    if not found:
        return
    named = ", ".join(map(_shown, found[:_MOST_NAMED])) + (", ..." if len(found) > _MOST_NAMED else "")
    texts = "a text" if len(found) == 1 else f"{len(found):,} texts"
    what = f"the tables hold {texts} that a spreadsheet would take for formulas ({named})"
    yield f"{what}; import the files with these columns as text, or rename the model's labels"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
