"""Why there is no interval, as a value: summary.json, the text and the page all tell it; or why it ends."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["few", "alike", "rare", "scatter", "same", "hours"]
"""Too few observations, neighbours that resemble each other, outages too rare, a scatter without end, and no
scatter at all."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What an interval lacks: `short` stands in a cell beside a value, `text` says it in full."""

    short: str
    text: str
    reason: Reason = "scatter"


WITHOUT_END = Lack("scatters too much", "it scatters as much as it is large, so the interval has no end")


def too_few(n: int, needed: int, of: str) -> Lack:
    """Return what is said of so few observations that none is told: `needs 368`."""
    return Lack(f"needs {needed:,}", f"{n:,} {of}, and {needed:,} are needed", "few")


def too_alike(n: int, worth: float, needed: float, of: str) -> Lack:
    """Return what is said where neighbours resemble each other: `worth 55 of 184`."""
    worth_text, needed_text = f"{max(1, int(worth)):,}", f"{int(needed):,}"
    return Lack(
        f"worth {worth_text} of {needed_text}",
        f"{n:,} {of} are worth {worth_text} independent ones, as neighbours resemble each other, "
        f"and {needed_text} are needed",
        "alike",
    )


def drifting(batches: int, worth: float, needed: float) -> Lack:
    """Return what is said where one stretch resembles the next, as on a line that fills up: `it drifts`."""
    alike = too_alike(batches, worth, needed, "stretches")
    return replace(alike, short="it drifts from one stretch to the next")


def too_rare(seen: int, needed: int, place: str) -> Lack:
    """Return what is said where so few outages were seen that their effect is not known."""
    outages = f"{seen} outage{'' if seen == 1 else 's'}"
    return Lack(outages, f"{outages} of {place} seen, and about {needed} are needed", "rare")


def same_in_all(n: int, of: str) -> Lack:
    """Return what is said where nothing scattered, which so few cannot say of the next."""
    return Lack(
        f"same in all {n}", f"the same in all {n} {of}, so that how much it may vary is not known", "same"
    )


def other_hours() -> Lack:
    """Return what is said where some of the line works while the rest does not."""
    why = "stations, arrivals and review keep different hours, so that no stretch of the run is like the next"
    return Lack("different hours", why, "hours")


def cut_at(ceiling: float, uph: float) -> str:
    """Say where an interval ends that the line's own limits cut."""
    most = f"the line lets no more than {ceiling:,.0f} an hour pass in the long run: the interval ends"
    return f"{most} at what was shipped, which is more" if uph > ceiling else f"{most} there"
