"""Further inputs of a model, the same for every part, as a scenario says them."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from line_sim.scenario.fields import Text

MOST_VALUES = 1_000
LONGEST_VALUE = 10_000

_ALLOWED = "a number, a text, true, false, or a list of these"
_SCALAR = {"anyOf": [{"type": kind} for kind in ("number", "string", "boolean")]}


class Constants(dict[str, Any]):
    """Values by the name of their input; nobody changes it, so that it can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and values, whatever their order."""
        return hash(frozenset(self.items()))


def _value(written: Any) -> Any:
    """Read one value, or several in a list."""
    if not isinstance(written, list | tuple):
        return _scalar(written)
    if not written or len(written) > MOST_VALUES:
        raise ValueError(f"it must be {_ALLOWED}, of 1 to {MOST_VALUES:,} values")
    return tuple(_scalar(one) for one in written)


def _scalar(written: Any) -> Any:
    if not isinstance(written, bool | int | float | str):
        raise ValueError(f"it must be {_ALLOWED}")  # noqa: TRY004 - pydantic's way
    if isinstance(written, float) and not abs(written) < float("inf"):
        raise ValueError("it must be a finite number")
    if isinstance(written, int) and not isinstance(written, bool) and not -(2**63) <= written < 2**63:
        raise ValueError("it must be a whole number of 64 bits")
    if isinstance(written, str) and (len(written) > LONGEST_VALUE or not _is_text(written)):
        raise ValueError(f"it must be a text of at most {LONGEST_VALUE:,} characters")
    return written


def _is_text(written: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in written)


Value = Annotated[
    Any,
    BeforeValidator(_value),
    WithJsonSchema({"anyOf": [*_SCALAR["anyOf"], {"type": "array", "items": _SCALAR, "minItems": 1}]}),
]

Inputs = Annotated[dict[Text, Value], Field(max_length=100), AfterValidator(Constants)]
"""Values by the name of their input."""
