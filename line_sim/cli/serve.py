"""`line-sim serve`: the embedded inference server."""

import click

from line_sim.cli.handover import PASS_ON, hand_over, passes_on


@click.command(
    short_help="Serve models with TensorFlow Serving's flags.",
    context_settings=PASS_ON,
    add_help_option=False,
)
@passes_on
def serve(arguments: tuple[str, ...]) -> None:
    """Serve SavedModels with TensorFlow Serving's flags (`serve --help` says more)."""
    hand_over("serve", "line_sim_serving", arguments)
