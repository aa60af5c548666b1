"""What variants must be to the rest of a scenario, asked of it as it is written."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from line_sim.scenario.fields import Key
from line_sim.scenario.mix.by_variant import BY_VARIANT
from line_sim.scenario.mix.mix import GRAINS
from line_sim.scenario.stops.agreement import Broken

_NONE_AT_ALL = "the product has no variants; write them under product.variants: {A: {share: 1.0}}"


def variants_agree(scenario: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Iterator[Broken]:
    """Shares add up to 1, and what is said by variant is said of every one, and of no other."""
    product = scenario.get("product")
    written = product.get("variants") if isinstance(product, Mapping) else None
    known = list(written) if isinstance(written, Mapping) else []
    if not known and written is not None:
        return  # the model says what is wrong with them
    if isinstance(written, Mapping):
        yield from _add_up(written)
    elif isinstance(product, Mapping) and product.get("sequence") is not None:
        yield ("product", "sequence"), _NONE_AT_ALL, product["sequence"]
    for key, time in _by_variant(scenario, entries):
        yield from _named(key, time, known)
    for place, entry in enumerate(entries):
        if entry.get("changeover") is not None and not known:
            message = f"nothing is changed over for parts of one kind: {_NONE_AT_ALL}"
            yield ("line", place, "changeover"), message, entry["changeover"]


def _add_up(written: Mapping[Any, Any]) -> Iterator[Broken]:
    """Shares that are none are left to the model."""
    shares = [each.get("share") for each in written.values() if isinstance(each, Mapping)]
    numbers = [share for share in shares if isinstance(share, int | float) and not isinstance(share, bool)]
    if len(numbers) < len(written) or not all(0 < share <= 1 for share in numbers):
        return
    if abs(sum(numbers) - 1) > 1 / GRAINS:
        message = f"the shares add up to {sum(numbers):.7g}; they must add up to 1"
        yield ("product", "variants"), message, written


def _by_variant(
    scenario: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Key, Mapping[Any, Any]]]:
    """Yield every time by variant and where it stands."""
    review = scenario.get("review")
    times: list[tuple[Key, object]] = [
        (("line", place, key), entry.get(key))
        for place, entry in enumerate(entries)
        for key in ("cycle", "acquisition")
    ]
    if isinstance(review, Mapping):
        times.append((("review", "time"), review.get("time")))
    for key, time in times:
        by_variant = time.get(BY_VARIANT) if isinstance(time, Mapping) else None
        if isinstance(by_variant, Mapping):
            yield (*key, BY_VARIANT), by_variant


def _named(key: Key, times: Mapping[Any, Any], known: Sequence[Any]) -> Iterator[Broken]:
    """Every variant is named, and nothing else."""
    if not known:
        yield key, _NONE_AT_ALL, times
        return
    names = ", ".join(map(str, known))
    for name in times:
        if name not in known:
            near = get_close_matches(str(name), list(map(str, known)), 1)
            way_out = f"did you mean '{near[0]}'?" if near else f"the variants are {names}"
            yield (*key, name), f"there is no variant of that name; {way_out}", times[name]
    missing = [str(name) for name in known if name not in times]
    if missing and times:
        yield key, f"it says nothing of {', '.join(missing)}; each of {names} needs its time", times


def written_times(time: object) -> tuple[object, ...]:
    """Return a time as it is written, or those of all variants."""
    by_variant = time.get(BY_VARIANT) if isinstance(time, Mapping) else None
    return tuple(by_variant.values()) if isinstance(by_variant, Mapping) else (time,)
