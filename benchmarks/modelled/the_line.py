"""The line that all of them run: saturated, three exponential stations of mean 1 s, buffers of 4.

A part is always waiting in front of the first station. Each station is one machine behind four waiting
places; it keeps its part until the next one has a place for it (blocking after service). The last one is
never blocked.
"""

SCENARIO = """\
version: 1
name: benchmark
seed: {seed}
run: {{items: {parts}}}
arrivals: {{saturated: true}}
line:
  - {{station: a, cycle: {{exponential: {{mean: 1}}}}, buffer: 4}}
  - {{station: b, cycle: {{exponential: {{mean: 1}}}}, buffer: 4}}
  - {{station: c, cycle: {{exponential: {{mean: 1}}}}, buffer: 4}}
"""


def scenario_text(parts: int, seed: int = 0) -> str:
    """Return the line as a scenario file."""
    return SCENARIO.format(parts=parts, seed=seed)
