"""A scenario back as YAML."""

from collections.abc import Mapping
from typing import Any

import yaml

from line_sim.scenario.document import FIRST_CHARACTERS, FORMS
from line_sim.scenario.model import Scenario
from line_sim.scenario.secrets import without_secrets


class _Dumper(yaml.SafeDumper):
    """Quotes every text that this or any other reader of YAML would take for something else."""


for _tag, _form in FORMS.items():
    _Dumper.add_implicit_resolver(_tag, _form, FIRST_CHARACTERS)


class _Row(list[Any]):
    """Many plain values, which a file has room for only where several stand on a line."""


def _in_rows(dumper: yaml.SafeDumper, row: _Row) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True)


_Dumper.add_representer(_Row, _in_rows)

MANY = 30
"""From so many plain values on a list is written in rows."""


def dump(scenario: Scenario) -> str:
    """Write a scenario as YAML that loads to an equal one, its defaults written out.

    Paths of a scenario that came from a file are absolute, so that the text may lie anywhere.
    """
    return yaml_text(scenario.model_dump(exclude_none=True))


def dump_to_show(scenario: Scenario) -> str:
    """Write a scenario for others than the user to read: the same without the values of metadata."""
    return yaml_text(without_secrets(_lists(scenario.model_dump(exclude_none=True))))


def yaml_text(written: Any, *, rows: bool = False) -> str:
    """Write plain data as YAML that `read_yaml` reads as the same; `rows`: lists of values on a line."""
    style = None if rows else False
    plain = _lists(written)
    text: str = yaml.dump(
        plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, default_flow_style=style
    )
    return text


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(part) for key, part in value.items()}
    if not isinstance(value, tuple):
        return value
    plain = len(value) >= MANY and not any(isinstance(part, dict | tuple | list) for part in value)
    return (_Row if plain else list)(_lists(part) for part in value)


def flow(value: Any) -> str:
    """Write plain data on one line, as an override reads it back: `200 ms`, `{exponential: {mean: 1 s}}`."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=2**20
    )
    return text.removesuffix("...\n").strip()


def overrides_of(settings: Mapping[str, object]) -> tuple[str, ...]:
    """Write keys and their values as they are typed behind --set: `line.camera.deadline=200 ms`."""
    return tuple(f"{key}={flow(value)}" for key, value in settings.items())
