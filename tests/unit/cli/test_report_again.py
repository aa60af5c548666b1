"""`line-sim report DIR` makes again, from a run's files, the very bytes that the run made from its memory."""

import pytest
from hypothesis import given, settings
from strategies import scenarios

from line_sim import simulation
from line_sim.inspection.offline.scripted import ScriptedGateway
from line_sim.inspection.outcome import Answered
from line_sim.report.page.writing import write_page
from line_sim.simulation import report_again, simulate

ODD = ["good", "a, b", 'the "big" one', "two\nlines", "a\r\nb\n", "cr\ralone", "Säge", " x "]
MADE = ("latency.csv", "summary.json", "report.html")


def told_oddly(*args):
    """Open the gateways, and let every answer come with a label that a network might have."""

    def answering(gateway):
        def answer(inquiry):
            reply = gateway.ask(inquiry)
            if not isinstance(reply.outcome, Answered):
                return reply
            label = ODD[inquiry.item_id % len(ODD)]
            return reply._replace(outcome=Answered(label, 1 / inquiry.item_id), status=label)

        return ScriptedGateway(answer)

    return {name: answering(gateway) for name, gateway in OPEN(*args).items()}


OPEN = simulation.open_gateways


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(scenarios())
def test_a_report_made_again_is_the_same_to_the_byte(tmp_path_factory, scenario):
    """Whatever the line does, and whatever commas, quotes and line ends the labels hold."""
    folder = tmp_path_factory.mktemp("run") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "open_gateways", told_oddly)
        write_page(simulate(scenario, folder))
    mine = {name: (folder / name).read_bytes() for name in MADE}
    write_page(report_again(folder))
    for name in MADE:
        assert (folder / name).read_bytes() == mine[name], name
