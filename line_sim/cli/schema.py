"""`line-sim schema`: the scenario's JSON Schema."""

import json

import click


@click.command()
def schema() -> None:
    r"""Print the scenario's JSON Schema, for editors.

    \b
    For YAML support in an editor, save it and begin a scenario with
        # yaml-language-server: $schema=scenario.schema.json
    """
    from line_sim.scenario.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
