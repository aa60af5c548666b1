"""What two scenarios have different, key by key, as a user would write it."""

from collections.abc import Iterator
from typing import Any

import yaml

from line_sim.scenario import Scenario
from line_sim.scenario.dump import dump
from line_sim.scenario.secrets import HIDDEN, METADATA, without_secrets

ABSENT = "absent"


def differences(one: Scenario, other: Scenario) -> list[tuple[str, str, str]]:
    """Return (key path, value in one, value in other) of every key in which they differ.

    The name of the scenario is no difference. Stations are told by name; where the lines have others, or in
    another order, which these are, and what differs in those of both.
    """
    ours, theirs = _plain(one), _plain(other)
    found = []
    names = list(ours["line"]), list(theirs["line"])
    if names[0] != names[1]:  # mappings are equal in any order
        found.append(("line", ", ".join(names[0]), ", ".join(names[1])))
        for line, others in ((ours["line"], names[1]), (theirs["line"], names[0])):
            for name in set(line).difference(others):
                del line[name]
    return [*(change for change in _between("", ours, theirs) if change[0] != "name"), *found]


def _plain(scenario: Scenario) -> dict[str, Any]:
    plain: dict[str, Any] = yaml.safe_load(dump(scenario))
    names = [entry.get("station") or entry.get("inspection") for entry in plain["line"]]
    plain["line"] = dict(zip(names, plain["line"], strict=True))
    return plain


def _between(path: str, one: Any, other: Any) -> Iterator[tuple[str, str, str]]:
    if one == other:
        return
    if not (isinstance(one, dict) and isinstance(other, dict)) or _of_another_kind(one, other):
        yield path, _shown(one, path), _shown(other, path)
        return
    for key in dict.fromkeys((*one, *other)):
        yield from _between(f"{path}.{key}".lstrip("."), one.get(key), other.get(key))


def _of_another_kind(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether mappings are better told whole: a time or a gateway of another kind."""
    return len(one) == len(other) == 1 and list(one) != list(other)


def _shown(value: Any, path: str) -> str:
    """Write a value; of metadata it is told that it differs, never what it is."""
    if value is None:
        return ABSENT
    if METADATA in path.split("."):
        return HIDDEN
    value = without_secrets(value)
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...").strip()
