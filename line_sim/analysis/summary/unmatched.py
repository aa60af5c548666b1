"""Labels that never match: what `ship_when` waits for in vain, and what the answers said in its place."""

import unicodedata
from collections.abc import Iterator, Sequence

from line_sim.figures.labels import Labels, Said
from line_sim.nearest import nearest
from line_sim.units import counted

_MOST_NAMED = 3
_LONGEST = 60


def unmatched(told: Labels) -> Iterator[str]:
    """Yield the warnings about one inspection's labels, none where every one of them was seen."""
    wanted = told.place.ship_when
    if wanted is None or not told.answers or told.place.modelled:
        return
    name, known = told.place.name, {one.label: one for one in told.said}
    seen = [known[label] for label in wanted.labels if label in known]
    never = [label for label in wanted.labels if label not in known]
    if not told.met and seen:
        best = max(seen, key=lambda one: one.best)
        score = f"a score of {best.best:.3g} at most, and score_at_least is {wanted.score_at_least:g}"
        what = f"none of {counted(told.answers, 'answers')} met ship_when: {_shown(best.label)} had {score}"
        yield f"{name}: {what}; lower it, or ask a model that is surer"
    elif not told.met:
        labels = ", ".join(map(_shown, wanted.labels))
        yield (
            f"{name}: none of {counted(told.answers, 'answers')} met ship_when.labels ({labels}): "
            f"{_instead(wanted.labels, told.said)}"
        )
    else:
        for label in never:
            what = f"none of {counted(told.answers, 'answers')} said {_shown(label)} of ship_when.labels"
            yield f"{name}: {what}: {_instead([label], told.said)}"


def _instead(wanted: Sequence[str], said: Sequence[Said]) -> str:
    """Name the nearest label and what is different about it, else the most frequent ones."""
    for label in wanted:
        for one in said:
            if one.label not in wanted and _plain(one.label) == _plain(label):
                differs = _difference(label, one.label)
                only = (
                    f"{_shown(one.label)} ({one.answers:,} x) differs from {_shown(label)} only by {differs}"
                )
                return f"{only}; write it as it comes, or mend the model's labels"
    plain = {_plain(one.label): one for one in reversed(said) if one.label not in wanted}
    for label in wanted:
        near = nearest(_plain(label), plain)
        if near is not None:
            one = plain[near]
            return f"did you mean {_shown(one.label)} ({one.answers:,} x)? write it in ship_when.labels"
    named = ", ".join(f"{_shown(one.label)} ({one.answers:,} x)" for one in said[:_MOST_NAMED])
    more = ", ..." if len(said) > _MOST_NAMED else ""
    return f"they said {named}{more}; write in ship_when.labels what the model calls a good part"


def _difference(wanted: str, said: str) -> str:
    if wanted.casefold() == said.casefold():
        return "its case"
    differs = [
        *(["line ends"] if any(sign in "\r\n" for sign in said) else []),
        *(["blanks"] if _without_ends(wanted) != _without_ends(said) and " " in wanted + said else []),
        *(["its case"] if _case(wanted) != _case(said) else []),
    ]
    return " and ".join(differs) or "signs that are not seen"


def _without_ends(label: str) -> str:
    return label.replace("\r", "").replace("\n", "")


def _case(label: str) -> str:
    return "".join(sign for sign in label if not _unseen(sign))


def _plain(label: str) -> str:
    """Return what two labels share that a reader would call the same."""
    return _case(unicodedata.normalize("NFKC", label)).casefold()


def _unseen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf"}


def _shown(label: str) -> str:
    return repr(label if len(label) <= _LONGEST else f"{label[:_LONGEST]}...")
