"""A time that each variant has its own of."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias, Union, get_args

from pydantic import AfterValidator, Discriminator, Field, PrivateAttr, Tag

from line_sim.scenario.fields import Key, Name, Record, one_of_error
from line_sim.scenario.mix.mix import Mix
from line_sim.scenario.mix.variants import MOST_VARIANTS
from line_sim.scenario.times import CONSTANT, KINDS, Time

BY_VARIANT = "by_variant"


class TimeMap(dict[str, Time]):
    """Times by variant; nobody changes it, so that it can be hashed like every part of a scenario."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash the names and times, whatever their order."""
        return hash(frozenset(self.items()))


class ByVariant(Record):
    """A time for each variant of the product; in a scenario it knows their mix."""

    by_variant: Annotated[
        dict[Name, Time], Field(min_length=1, max_length=MOST_VARIANTS), AfterValidator(TimeMap)
    ] = Field(description="The time of each variant, by its name; every one must be named.")
    _mix: Mix | None = PrivateAttr(None)

    @property
    def mix(self) -> Mix:
        """How often each variant comes. Raises ValueError where the time is in no scenario."""
        if self._mix is None:
            raise ValueError("a time by variant needs the variants of a scenario")
        return self._mix

    @property
    def times(self) -> tuple[Time, ...]:
        """The times, in the order of the mix."""
        return tuple(self.by_variant[name] for name in self.mix.names)

    @property
    def mean_ns(self) -> float:
        """The mean over all parts. Raises ValueError where measured times have not been read."""
        return self.mix.mean(tuple(float(time.mean_ns) for time in self.times))

    def joined_to(self, mix: Mix | None) -> Self:
        """Return the same time that knows the mix; one that has no mix, or lacks a variant, knows none."""
        joined = self.model_copy()
        known = mix is not None and set(mix.names) == set(self.by_variant)
        joined._mix = mix if known else None  # noqa: SLF001 - its own
        return joined


if TYPE_CHECKING:
    PartTime: TypeAlias = Time | ByVariant
else:

    def _kind_of(value: Any) -> str | None:
        """Return the tag of a time of either sort."""
        if isinstance(value, ByVariant) or (isinstance(value, Mapping) and set(value) == {BY_VARIANT}):
            return f"<{BY_VARIANT}>"
        if isinstance(value, Mapping):
            return next(iter(value)) if len(value) == 1 and set(value) <= set(KINDS) else None
        return getattr(type(value), "kind", CONSTANT)

    _forms = get_args(get_args(Time)[0])
    PartTime = Annotated[
        Union[(*_forms, Annotated[ByVariant, Tag(f"<{BY_VARIANT}>")])],
        Discriminator(
            _kind_of,
            custom_error_type=one_of_error((*KINDS, BY_VARIANT)),
            custom_error_message="it must be a duration such as 250 ms, or have one key of "
            f"{', '.join((*KINDS, BY_VARIANT))}",
        ),
    ]
"""A constant or a distribution, the same for all parts or each variant's own."""


def times_in(key: Key, time: PartTime) -> Iterator[tuple[Key, Time]]:
    """Yield the one time, or that of each variant, by key path."""
    if isinstance(time, ByVariant):
        for name, each in time.by_variant.items():
            yield (*key, BY_VARIANT, name), each
    else:
        yield key, time


class OfPart(Record):
    """Something that is done to parts; in a scenario it knows their mix, as do its times by variant."""

    _mix: Mix | None = PrivateAttr(None)

    @property
    def mix(self) -> Mix | None:
        """The variants of the scenario; None where there is one kind of part."""
        return self._mix

    def joined_to(self, mix: Mix | None) -> Self:
        """Return the same that knows the mix."""
        known = {
            name: value.joined_to(mix)
            for name in type(self).model_fields
            if isinstance(value := getattr(self, name), ByVariant)
        }
        joined = self.model_copy(update=known)
        joined._mix = mix  # noqa: SLF001 - its own
        return joined
