"""Rows to numbers: pure functions that know neither files nor screens."""

from line_sim.analysis.audit import audit
from line_sim.analysis.facts import LineFacts, StationFacts, facts_of
from line_sim.analysis.latency import latency_csv
from line_sim.analysis.summarise import summarise
from line_sim.analysis.summary import Summary
from line_sim.analysis.summary_json import summary_json

__all__ = [
    "LineFacts",
    "StationFacts",
    "Summary",
    "audit",
    "facts_of",
    "latency_csv",
    "summarise",
    "summary_json",
]
