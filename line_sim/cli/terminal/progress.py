"""What a run shows while it runs: the live screen or a bar on a terminal, plain lines elsewhere."""

from line_sim.cli.terminal.counting import Lines, Narrator, Silent
from line_sim.live.state import LiveState
from line_sim.scenario import Scenario


def narrator(
    scenario: Scenario, state: LiveState, *, quiet: bool, live: bool | None = False, compiled: bool = False
) -> Narrator:
    """Choose how a run is told: not at all, with the live screen, a bar, or in lines.

    `live` None means the screen wherever there is a terminal that can show it, unless the run would be
    `compiled` without one; only the screen asks for the state to be kept. Only what is chosen is loaded.
    """
    if quiet:
        return Silent()
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        lines = Lines(scenario)
        if live:
            lines.stage("--live needs a terminal, and this is none: going on with lines")
        return lines
    if live is None:
        live = not compiled
    if live and not console.is_dumb_terminal:
        from line_sim.cli.terminal.screen import Screen

        return Screen(scenario, state)
    from line_sim.cli.terminal.bar import Bar

    return Bar(scenario)
