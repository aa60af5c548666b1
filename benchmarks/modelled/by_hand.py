"""The line as somebody fluent in SimPy writes it: processes and Stores. It records nothing.

    python benchmarks/modelled/by_hand.py stores|leanest PARTS     what a run takes, as JSON

A Store is a station's waiting places. A machine takes a part out of the one in front, and goes on to the
next part only when its own has found a place in the one behind: so it is blocked after its service, as the
scenario's is. A part that comes to an idle machine spends no time in its Store, as in the scenario.

`stores` is the one that all ratios are of. `leanest` is the least that SimPy can be asked to do for the same
throughput: nobody brings the parts, nobody takes them away, and there are no places in front of the first
machine (it is never without a part). It is told beside, so that nobody need take the first one's word.
"""

import random
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import simpy

PLACES = 4
Process = Generator[simpy.Event, Any, None]


def stores(parts: int, seed: int = 1) -> float:
    """Run the line as SimPy's examples would write it; return when the last part left."""
    env = simpy.Environment()
    chance = random.Random(seed)
    buffers = [simpy.Store(env, capacity=PLACES) for _ in range(3)]
    out = simpy.Store(env)

    def source() -> Process:
        for part in range(parts):
            yield buffers[0].put(part)

    def station(before: simpy.Store, after: simpy.Store) -> Process:
        while True:
            part = yield before.get()
            yield env.timeout(chance.expovariate(1.0))
            yield after.put(part)

    env.process(source())
    for before, after in zip(buffers, [*buffers[1:], out], strict=True):
        env.process(station(before, after))
    env.run()
    return float(env.now)


def leanest(parts: int, seed: int = 1) -> float:
    """Run the line with as few events as its throughput needs; return when the last part left."""
    env = simpy.Environment()
    chance = random.Random(seed)
    second, third = (simpy.Store(env, capacity=PLACES) for _ in range(2))

    def first_machine() -> Process:
        for part in range(parts):
            yield env.timeout(chance.expovariate(1.0))
            yield second.put(part)

    def second_machine() -> Process:
        while True:
            part = yield second.get()
            yield env.timeout(chance.expovariate(1.0))
            yield third.put(part)

    def third_machine() -> Process:
        while True:
            yield third.get()
            yield env.timeout(chance.expovariate(1.0))

    for machine in (first_machine, second_machine, third_machine):
        env.process(machine())
    env.run()
    return float(env.now)


if __name__ == "__main__":
    from measuring import tell

    line = {"stores": stores, "leanest": leanest}[sys.argv[1]]

    def run(parts: int, _: Path) -> None:
        """Run it; there is nothing to keep."""
        line(parts)

    tell(run, int(sys.argv[2]))
