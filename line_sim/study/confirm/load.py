"""What share of the machine's processors others take during a live run."""

import os
from collections.abc import Callable, Mapping

from line_sim.scenario.gateways.servers import ServerOptions
from line_sim.study.calibration.measuring.load import Machine, Usage, all_processors, foreign_share
from line_sim.study.confirm.live import Meter


def meter_for(asked: Mapping[str, ServerOptions]) -> Meter:
    """Return a meter for runs that ask these servers; what runs for the line itself is nobody else's.

    That is this process, the processes that it started and that have ended by the end of a run (an embedded
    server, the maker of pictures), and a server of this machine. Nothing is told where there are several.
    """
    addresses = {address for server in asked.values() for address in server.addresses if not server.embedded}
    if len(addresses) > 1:
        return lambda: lambda: None
    read = _reader(Machine(next(iter(addresses), None)))

    def begun() -> Callable[[], float | None]:
        before = read()
        return lambda: foreign_share(before, read(), all_processors())

    return begun


def _reader(machine: Machine) -> Callable[[], Usage | None]:
    def read() -> Usage | None:
        usage, times = machine(), os.times()
        if usage is None:
            return None
        return usage._replace(own=usage.own + times.children_user + times.children_system)

    return read
