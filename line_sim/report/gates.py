"""What parts had to wait at a gate, in a sentence."""

from line_sim.figures.latency import GateWait
from line_sim.report.words import length, percent
from line_sim.units import counted


def at_the_gate(gate: GateWait) -> str:
    """Say how often, and how long, a part had to wait at a gate for its answer."""
    waited, mean = gate.waited, gate.mean_of_waiting
    if not waited.n:
        return "no part came to it in the time that counts"
    if mean is None or waited.value is None:
        return f"no part had to wait there: every answer was there before its part ({waited.n:,})"
    share = f"{waited.count:,} of {counted(waited.n, 'parts')} had to wait there ({percent(waited.value)})"
    return f"{share}, for {length(round(mean))} on average and {length(gate.longest)} at most"
