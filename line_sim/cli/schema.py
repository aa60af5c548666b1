"""`line-sim schema`: the scenario's JSON Schema."""

import json

import click

HELP = """Print the scenario's JSON Schema, for editors.

\b
Save it beside a scenario,
  line-sim schema > scenario.schema.json
and begin the scenario with
  # yaml-language-server: $schema=scenario.schema.json
An editor with a YAML language server then completes the keys and marks mistakes.
"""


@click.command(help=HELP)
def schema() -> None:
    """Print the JSON Schema."""
    from line_sim.scenario.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
