"""The JSON Schema and the reference page say what the models say."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from line_sim.scenario import json_schema, loads

ROOT = Path(__file__).parents[3]
SCHEMA = json_schema()
SILENT = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, limit: not number(value) or value >= limit,
    "exclusiveMinimum": lambda value, limit: not number(value) or value > limit,
    "maximum": lambda value, limit: not number(value) or value <= limit,
    "exclusiveMaximum": lambda value, limit: not number(value) or value < limit,
    "minLength": lambda value, limit: not isinstance(value, str) or len(value) >= limit,
    "maxLength": lambda value, limit: not isinstance(value, str) or len(value) <= limit,
    "maxItems": lambda value, limit: not isinstance(value, list) or len(value) <= limit,
    "minItems": lambda value, limit: not isinstance(value, list) or len(value) >= limit,
    "pattern": lambda value, form: not isinstance(value, str) or re.search(form, value) is not None,
    "enum": lambda value, allowed: value in allowed,
    "const": lambda value, allowed: value == allowed,
    "required": lambda value, keys: not isinstance(value, dict) or set(keys) <= set(value),
    "type": lambda value, kind: value is None if kind == "null" else is_kind(value, kind),
    "$ref": lambda value, ref: fits(value, SCHEMA["$defs"][ref.removeprefix("#/$defs/")]),
    "propertyNames": lambda value, form: not isinstance(value, dict) or all(fits(k, form) for k in value),
    "minProperties": lambda value, limit: not isinstance(value, dict) or len(value) >= limit,
    "anyOf": lambda value, forms: any(fits(value, form) for form in forms),
    "oneOf": lambda value, forms: sum(fits(value, form) for form in forms) == 1,
    "items": lambda value, form: not isinstance(value, list) or all(fits(entry, form) for entry in value),
    "properties": lambda value, forms: (
        not isinstance(value, dict)
        or all(fits(value[key], form) for key, form in forms.items() if key in value)
    ),
}


def number(value: object) -> bool:
    """Tell whether a value is a number in JSON's sense."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_kind(value: object, kind: str) -> bool:
    """Tell whether a value is of one of JSON Schema's types."""
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Validate against the part of JSON Schema 2020-12 that the schema uses; KeyError for any other."""
    if (
        schema.get("additionalProperties") is False
        and isinstance(value, dict)
        and set(value) - set(schema["properties"])
    ):
        return False
    others = schema.get("additionalProperties")
    if (
        isinstance(others, dict)
        and isinstance(value, dict)
        and not all(map(fits, value.values(), [others] * len(value)))
    ):
        return False
    keywords = set(schema) - SILENT - {"additionalProperties"}
    return all(CHECKS[keyword](value, schema[keyword]) for keyword in keywords)


def example() -> str:
    """Return the text of the contract's scenario."""
    return (ROOT / "tests" / "contract.yaml").read_text(encoding="utf-8")


def keys_of(schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find every key that a scenario may have, with its schema."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            yield from schema["properties"].items()
        for part in schema.values():
            yield from keys_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys_of(part)


def test_the_default_scenario_fits_the_schema() -> None:
    """An editor that uses the schema finds nothing wrong with a scenario that runs."""
    assert fits(yaml.safe_load(example()), SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("buffer: 4", "bufer: 4"),
        ("180 ms", "180 parsec"),
        ("180 ms", "-1"),
        ("deadline: 200 ms", "deadline: 0"),
        ("items: 300", "items: 300\n  duration: 3 s"),
        ("grpc:", "grcp:"),
        ("units: 1", "units: 0"),
        ("0.06", "1.06"),
        ("on_full: wait", "on_full: block"),
        ("cv: 0.5", "cv: 0"),
        ("180 ms", "{normal: {mean: -1, sd: 1}}"),
        ("180 ms", "{normal: {mean: 1, sd: 0}}"),
        ("180 ms", "{weibull: {mean: 1, shape: 0.1}}"),
        ("180 ms", "{weibull: {mean: 1, shape: 2000000}}"),
        ("180 ms", "{quantiles: {p50: 1}}"),
        ("[good]", "[]"),
        ("cycle: 150 ms", "colour: red"),
        ("every: 250 ms", "saturated: false"),
        ("version: 1", "version: 2"),
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(good: str, bad: str) -> None:
    """The schema knows keys, forms, limits and words, not only that there is a mapping."""
    assert good in example()
    assert not fits(yaml.safe_load(example().replace(good, bad)), SCHEMA)


@pytest.mark.parametrize(
    "time",
    [
        *("0", "0.25", "1e3 ms", "'250ms'", "{exponential: {mean: 1}}", "{uniform: {low: 0, high: 1 h}}"),
        *("{triangular: {low: 1, mode: 2, high: 3}}", "{gamma: {mean: 1 s, cv: 0.5}}"),
        "{empirical: {file: a.csv, column: b}}",
        *("{normal: {mean: 0, sd: 1 s}}", "{weibull: {mean: 1 s, shape: 2}}"),
        "{quantiles: {p50: 85 ms, p99: 240 ms}}",
        "{values: {of: [118 ms, 0.121]}}",
    ],
)
def test_every_form_of_a_time_fits(time: str) -> None:
    """A time may be a duration, a number of seconds, or any distribution."""
    assert fits(yaml.safe_load(example().replace("180 ms", time)), SCHEMA)


@pytest.mark.parametrize(
    ("gateway", "right"),
    [
        ("{calibrated: server.yaml}", True),
        ("{calibrated: {server: server.yaml, miss_rate: 0.1}}", True),
        ("{calibrated: {miss_rate: 0.1}}", False),
        ("{calibrated: 3}", False),
        ("{modelled: {service: 1, sharing: {places: 2}}}", True),
        (
            "{modelled: {service: 1, sharing: {places: 2, speed: {'1': 1}}, idle: {after: 1, adds: 1}}}",
            True,
        ),
        ("{modelled: {service: 1, sharing: {places: 2, speed: {'2': 1.8}}}}", False),
        ("{modelled: {service: 1, sharing: {places: 0}}}", False),
        ("{modelled: {service: 1, sharing: {speed: {'1': 1}}}}", False),
        ("{modelled: {service: 1, idle: {after: 1 s}}}", False),
    ],
)
def test_servers_that_share_and_that_were_measured_are_known(gateway: str, right: bool) -> None:
    """Each form of them, and what must stand in it."""
    data = yaml.safe_load(example())
    (camera,) = [entry for entry in data["line"] if "inspection" in entry]
    camera["gateway"] = yaml.safe_load(gateway)
    assert fits(data, SCHEMA) == right


def test_every_key_says_what_it_is() -> None:
    """An editor can show a sentence for every key: its own, or that of the mapping it holds."""
    assert len(list(keys_of(SCHEMA))) > 80
    silent = []
    for key, schema in keys_of(SCHEMA):
        target = SCHEMA["$defs"].get(schema.get("$ref", "").removeprefix("#/$defs/"), {})
        if not (schema.get("description") or target.get("description")):
            silent.append(key)
    assert silent == []


def test_the_reference_page_has_every_key() -> None:
    """No key of the models is missing in docs/scenario.md."""
    page = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    assert [key for key, _ in keys_of(SCHEMA) if f"`{key}`" not in page] == []


def test_the_page_begins_with_a_scenario_that_runs() -> None:
    """The example of docs/scenario.md is complete and right."""
    page = (ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert loads(example).review is not None
