"""What the page says of itself: how the run ended, whether its files agree, what it was made with."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from line_sim.analysis.audit.check import Check
from line_sim.analysis.summary.summary import Summary
from line_sim.report.words import span

_DOES_NOT_APPLY = "does not apply"
_ROWS = 12


class Ending(NamedTuple):
    """How the run ended, in a word and in a sentence; `partial` when not all of it is told."""

    word: str
    partial: bool
    sentence: str


class CheckRow(NamedTuple):
    """A check of the audit; `verdict` is passed, failed or `does not apply`."""

    name: str
    verdict: str
    detail: str
    rows: tuple[str, ...]


def ending(summary: Summary, info: Mapping[str, Any]) -> Ending:
    """Say how the run ended, and that the page is partial where it is."""
    until = span(summary.window.last)
    reason = f" ({info['reason']})" if info.get("reason") else ""
    match summary.ended:
        case None:
            torn = " The last row of a file was torn off and is left out." if summary.partial else ""
            kept = (
                f"It tells what its files kept, up to {until} of line time; what was going on then is lost."
            )
            why = f"This page is partial: the run was killed before it ended. {kept}{torn}"
            return Ending("killed", True, why)
        case "interrupted":
            what = f"the run was interrupted at {until} of line time{reason}"
            return Ending("interrupted", True, f"This page is partial: {what}. All that was done is told.")
        case "stopped":
            return Ending("stopped", True, f"The line was stopped at {until} of line time{reason}.")
        case "deadlocked":
            return Ending("locked up", True, f"The line locked up at {until} of line time{reason}.")
        case word:
            return Ending(word, False, "")


def check_rows(audit: Mapping[str, Check]) -> Iterator[CheckRow]:
    """Yield the audit's checks, the failed ones first."""
    for name, check in sorted(audit.items(), key=lambda pair: pair[1].passed):
        idle = check.passed and check.detail.startswith(_DOES_NOT_APPLY)
        verdict = _DOES_NOT_APPLY if idle else "passed" if check.passed else "failed"
        detail = check.detail.removeprefix(f"{_DOES_NOT_APPLY}: ") if idle else check.detail
        yield CheckRow(name.replace("_", " "), verdict, detail, tuple(check.rows[:_ROWS]))


def provenance(info: Mapping[str, Any]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield what `run.json` says, as groups of names and texts."""
    plain = (
        *(("started", "Started"), ("finished", "Finished"), ("ended", "Ended"), ("reason", "Reason")),
        *(("clock", "Clock"), ("seed", "Seed")),
    )
    run = tuple((words, str(info[key])) for key, words in plain if _is_fact(info.get(key)))
    groups = [
        ("Run", run),
        ("Versions", _pairs(info.get("versions"))),
        ("Machine", _pairs(info.get("machine"))),
    ]
    servers = info.get("servers")
    if isinstance(servers, Mapping):
        groups += [(f"Server of {name}", _pairs(server)) for name, server in servers.items()]
    yield from ((title, pairs) for title, pairs in groups if pairs)


def _is_fact(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _pairs(facts: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(facts, Mapping):
        return ()
    return tuple((str(key).replace("_", " "), str(value)) for key, value in facts.items())
