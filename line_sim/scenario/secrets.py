"""What nobody but the user is to read of a scenario: the values of metadata, such as API keys.

The scenario's own file holds what the user wrote. Whatever tells of it - pages, messages, lists of what two
scenarios have different - says `(not shown)` in place of such a value.
"""

import re
from typing import Any

from line_sim.scenario.fields import Key

METADATA = "metadata"
HIDDEN = "(not shown)"
_LEAST = 4
"""Shorter values give nothing away, and would be found in any text."""

_ENV = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME_ENDS = re.compile(r"[^A-Za-z0-9_.-]")


def is_secret(key: Key) -> bool:
    """Whether the value of a key path is, or holds, metadata."""
    return METADATA in key


def shown_name(name: object) -> str:
    """Return a name as far as it is one: of `name:value`, its blank forgotten, what is before the colon."""
    text = str(name)
    end = _NAME_ENDS.search(text)
    return text if end is None else f"{text[: end.start()]}..."


def shown_override(text: str) -> str:
    """Return `KEY=VALUE` as it may be told."""
    if METADATA not in text:
        return text
    path, equals, _ = text.partition("=")
    if not equals:
        return f"{path[: path.index(METADATA)]}{METADATA}... {HIDDEN}"
    return f"{path}={HIDDEN}"


def without_secrets(plain: Any) -> Any:
    """Return plain data of a scenario without the values of metadata; names of variables stay."""
    if isinstance(plain, dict):
        return {
            key: _hidden(part) if key == METADATA else without_secrets(part) for key, part in plain.items()
        }
    return [without_secrets(part) for part in plain] if isinstance(plain, list | tuple) else plain


def _hidden(metadata: Any) -> Any:
    if not isinstance(metadata, dict):
        return HIDDEN
    return {name: value if _names_a_variable(value) else HIDDEN for name, value in metadata.items()}


def _names_a_variable(value: Any) -> bool:
    return isinstance(value, dict) and list(value) == ["env"] and bool(_ENV.fullmatch(str(value["env"])))


def secret_words(values: list[str]) -> list[str]:
    """Return what must not stand in a text: the values, and their words, the longest first."""
    words = {word for value in values for word in (value, *value.split()) if len(word) >= _LEAST}
    return sorted(words - {"Basic", "Bearer", "Token"}, key=len, reverse=True)


def censored(text: str, words: list[str]) -> str:
    """Return a text without these words."""
    for word in words:
        text = text.replace(word, HIDDEN)
    return text
