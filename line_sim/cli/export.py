"""`line-sim export`: build the SavedModel and prove it."""

import click

from line_sim.cli.handover import PASS_ON, hand_over, passes_on


@click.command(
    short_help="Build the model that an inspection asks, and prove it.",
    context_settings=PASS_ON,
    add_help_option=False,
)
@passes_on
def export(arguments: tuple[str, ...]) -> None:
    """Build the SavedModel of InceptionV3 and prove it, or take it to Triton (`export --help` says more)."""
    hand_over("export", "line_sim_export", arguments)
