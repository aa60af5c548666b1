"""The JSON Schema of a scenario file, for editors that complete and check while one types."""

from typing import Any

from line_sim.scenario.model import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTITY = "urn:line-sim:scenario:1"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what a user may write.

    It knows every key, its form and its limits; the rules between keys are `load`'s.
    """
    schema = _without_titles(Scenario.model_json_schema(mode="validation"))
    return {"$schema": DIALECT, "$id": IDENTITY, "title": "line-sim scenario", **schema}


def _without_titles(schema: Any) -> Any:
    """Drop the titles that only repeat a key's name; a key that is called title stays."""
    if isinstance(schema, dict):
        return {k: _without_titles(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    return [_without_titles(entry) for entry in schema] if isinstance(schema, list) else schema
