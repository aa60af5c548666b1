"""What a sweep says of its axes: which moves a figure most, and what matters, beyond what is chance."""

from collections.abc import Callable, Sequence

from line_sim.report.points.figures import Json, Shown

Named = Callable[[str], str]
"""How the key of an axis is told."""


def moves_most(found: Json, it: str, shares: Sequence[Json], named: Named = str) -> str:
    """Say which axis moves `it` most, or what can be said instead; nothing where nobody can tell.

    `found` is what sweep.json has of a figure as its `strongest`, `shares` what it has as `matters`: where a
    share stands out, that says more than that steps do not.
    """
    key, apart, others = found["key"], found["apart"], [*found["alike"], *found["behind"]]
    if apart is None:
        return ""
    if key in apart and not found["alike"]:
        return f"{named(key)} moves {it} most" if others else ""
    if stands_out(shares):
        return ""
    if not apart:
        which = "none of the axes moves" if others else f"{named(key)} does not move"
        return f"{which} {it} by more than chance explains"
    alike = _listed([named(each) for each in (key, *found["alike"])])
    which = f"which of {alike} moves {it} most cannot be told"
    return f"{which}: they are no further apart than chance explains"


def moves(effect: Json, strongest: Json | None, figure: Shown, named: Named) -> str:
    """Say by how much an axis moves a figure, and whether that is more than chance, and the most of all."""
    if effect.get("spread") is None:
        return ""
    said = f"{named(effect['key'])} moves it by {figure.text(effect['spread'])}"
    if strongest is None or strongest["apart"] is None:
        return f"{said}."
    if effect["key"] not in strongest["apart"]:
        return f"{said}, no more than chance explains."
    most = effect["key"] == strongest["key"] and not strongest["alike"] and strongest["behind"]
    return f"{said}{', the most of all' if most else ''}."


def what_matters(shares: Sequence[Json], named: Named) -> str:
    """Say what has the largest share of what a figure varies, and whether it is told apart from others."""
    first, *others = _by_size(shares)
    of = str(first.get("of") or "what varies").removeprefix("of ")
    has = f"{_percent(first)} of {of}"
    name, rest = _begun(named(first["key"])), _rest(shares)
    if not others:
        return f"{name} makes {has}.{rest}"
    if stands_out(shares):
        return f"{name} matters most: {has}.{rest}"
    if first.get("ci_low") is None:
        return f"{name} has the largest share, {has}; how much of that is chance cannot be told.{rest}"
    alike = [first, *(one for one in others if not _is_above(first, one))]
    which = f"Which of {_listed([named(one['key']) for one in alike])} matters most cannot be told"
    return f"{which}: their shares are no further apart than chance explains. {name} has {has}.{rest}"


def stands_out(shares: Sequence[Json]) -> bool:
    """Whether the interval of the largest share lies above those of all others."""
    first, *others = _by_size(shares) or [{}]
    return bool(others) and all(_is_above(first, one) for one in others)


def _by_size(shares: Sequence[Json]) -> list[Json]:
    return sorted(shares, key=lambda one: -(one.get("share") or 0))


def sentence(text: str, *keys: str) -> str:
    """Return a text as a sentence; the key of an axis that it begins with stays as it is."""
    return f"{text if text.startswith(keys) else _begun(text, always=True)}." if text else ""


def _is_above(one: Json, other: Json) -> bool:
    """Whether the interval of a share is above that of another."""
    low, high = one.get("ci_low"), other.get("ci_high")
    return low is not None and high is not None and float(low) > float(high)


def _percent(one: Json) -> str:
    return f"{100 * float(one.get('share') or 0):.0f} %"


def _rest(shares: Sequence[Json]) -> str:
    in_all = sum(float(one.get("share") or 0) for one in shares)
    missing = " What is missing to 100 % is what the axes do together, and chance."
    return missing if 0 < in_all < 0.95 else ""


def _begun(text: str, *, always: bool = False) -> str:
    """Return a text as a sentence begins; a key does not, unless it is `always` one."""
    return text[:1].upper() + text[1:] if always or text.startswith("what ") else text


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
