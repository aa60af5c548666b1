"""`line-sim compare-inference`: the same network asked in several ways."""

import click

from line_sim.cli.handover import PASS_ON, hand_over, passes_on


@click.command(
    "compare-inference",
    short_help="Ask a model in several ways and compare the times.",
    context_settings=PASS_ON,
    add_help_option=False,
)
@passes_on
def compare_inference(arguments: tuple[str, ...]) -> None:
    """Compare ways to run an exported model (`compare-inference --help` says more)."""
    hand_over("compare-inference", "line_sim_export.compare", arguments)
