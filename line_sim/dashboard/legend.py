"""What the letters of the screen mean and what its keys do."""

from collections.abc import Iterator
from textwrap import wrap

from rich.text import Text

from line_sim.dashboard.frame import BLOCKED, BUSY, DOWN, OFF, STARVED, WAITING
from line_sim.dashboard.pens import COLOURS

MACHINES = {
    BUSY: "busy",
    WAITING: "waiting for the answer",
    BLOCKED: "blocked: its part is finished, but there is no room behind it",
    STARVED: "starved: nothing waits in front of it",
    DOWN: "down",
}
KEYS = {
    "q": "ends the run as Ctrl-C does: what was done is saved and told",
    "p": "freezes the picture, the line goes on; p again resumes",
    "?": "shows this, and takes it away again",
}
_WORDS = {
    "last": "the latest calls, each against the deadline; x brought no answer",
    "4/12": "parts in the waiting places in front of a station, of how many",
    "150/200 ms": "how long the longest open call is out, of its deadline",
    OFF: "a machine that is off by its calendar",
    "3W 2B": "machines in each state, where there is no room for a letter each",
}
_LABEL = 12
_ROOMY = 20  # lines: room for headings, too


def hint(width: int, *, frozen: bool, ending: bool) -> str:
    """Say in a line what the keys do."""
    if ending:
        return "ending: what was done is being saved"
    if width < 60:
        return f"q end  p {'resume' if frozen else 'freeze'}  ? help"
    picture = "p resumes the frozen picture" if frozen else "p freezes the picture"
    return f"q ends the run   {picture}   ? explains"


def legend(width: int, height: int) -> Text:
    """Explain letters and keys in at most `height` lines of at most `width` characters."""
    roomy = height >= _ROOMY
    kept: list[Text] = []
    for title, explained in (("Machines", MACHINES), ("Keys", KEYS), ("Elsewhere", _WORDS)):
        rows = [line for what, words in explained.items() for line in _row(what, words, width)]
        head = [Text(), Text(title, "bold")] if roomy else []
        if not kept or len(kept) + len(head) + len(rows) <= height:
            kept += [*head, *rows]
    for line in kept:
        line.truncate(width)
    return Text("\n").join(kept[: max(1, height)])


def _row(what: str, words: str, width: int) -> Iterator[Text]:
    label = _LABEL if width >= 60 else len(what) + 1
    first, *rest = wrap(words, max(8, width - label))
    yield Text.assemble((f"{what:<{label}}", COLOURS.get(what, "bold")), first)
    yield from (Text(" " * label + line) for line in rest)
