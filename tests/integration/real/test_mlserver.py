"""MLServer, the real one, is asked by a whole line, and has its troubles in mid-run."""

import signal
import time

import pytest
from real_servers.lines import asking, default_line, lost_nothing, run

from line_sim.errors import GatewayError

pytestmark = pytest.mark.slow

FAULT_AT = 40


def target(server, form):
    """Return the target and the form of a gateway."""
    return {"target": getattr(server, form), "form": form}


def test_the_default_line(ml, form, tmp_path):
    """`scenarios/default.yaml` with three cameras: 300 parts, 300 answers; a version is any text."""
    before = len(ml.computed())
    rows = default_line(tmp_path, target(ml, form), units=3)
    assert sum(",answered,OK,good," in row for row in rows) == 300
    assert len(ml.computed()) - before == 300 + 3
    assert '"version": "v1.0"' in (tmp_path / "run" / "run.json").read_text()
    assert "mlserver 1.7.1" in (tmp_path / "run" / "run.json").read_text()


def test_a_model_whose_inputs_nobody_wrote_down(ml, form, tmp_path, telling_pictures):
    """It is asked as usual, and tells good from defective."""
    gateway = {"model": "untold", **target(ml, form)}
    ran = run(asking(gateway, 60, images=telling_pictures()), tmp_path / "run")
    assert lost_nothing(ran, 60)
    truth = {part["item_id"]: part["true_state"] for part in ran.rows("items")}
    assert {call["item_id"]: call["label"] for call in ran.calls} == truth


def test_a_picture_that_is_too_large_for_a_message(ml, form, tmp_path, telling_pictures):
    """More than 4 MiB over gRPC is RESOURCE_EXHAUSTED for that part; REST has no limit."""
    scenario = asking(target(ml, form), 40, images=telling_pictures(5_000_000))
    ran = run(scenario, tmp_path / "run")
    assert lost_nothing(ran, 40)
    bad = sum(part["true_state"] == "defective" for part in ran.rows("items"))
    refused = {"OK": 40 - bad, "RESOURCE_EXHAUSTED": bad}
    assert ran.statuses == (refused if form == "grpc" else {"OK": 40})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": "nobody"}, "model 'nobody' is not served there: .*not found"),
        ({"version": "7"}, "version 7 is not served there: .*not found"),
        ({"input": "picture"}, "it has no input 'picture'; its inputs are 'image'"),
        ({"outputs": {"score": "score"}}, "only Triton knows that question: name an output with the label"),
        ({"model": "untold", "outputs": {"label": "class"}}, "the answer has no output 'class'; it has"),
    ],
)
def test_what_does_not_fit_is_told_before_the_first_part(asked, words, ml, form, tmp_path):
    """With what there is."""
    with pytest.raises(GatewayError, match=words):
        run(asking({**target(ml, form), **asked}, 10), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_its_model_is_unloaded_and_loaded_again(ml, form, tmp_path):
    """NOT_FOUND as long as it is away."""

    def without_its_model():
        ml.unload()
        time.sleep(0.3)
        ml.load()

    ran = run(asking(target(ml, form), 150), tmp_path / "run", {FAULT_AT: without_its_model}, over_by=120)
    assert lost_nothing(ran, 150)
    assert set(ran.statuses) == {"OK", "NOT_FOUND"}
    assert ran.calls[-1]["status"] == "OK"


def test_it_is_stopped_and_goes_on(ml, form, tmp_path):
    """Calls end by their deadline while it stands still; it answers afterwards."""

    def stop_for_a_while():
        ml.running.send(signal.SIGSTOP)
        time.sleep(0.7)
        ml.running.send(signal.SIGCONT)

    scenario = asking(target(ml, form), 120, deadline="200 ms")
    ran = run(scenario, tmp_path / "run", {FAULT_AT: stop_for_a_while}, over_by=80)
    assert lost_nothing(ran, 120)
    assert set(ran.statuses) == {"OK", "DEADLINE_EXCEEDED"}
    said = [call["status"] for call in ran.calls]
    assert "OK" in said[said.index("DEADLINE_EXCEEDED") :]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends(number, new_ml, form, tmp_path):
    """UNAVAILABLE from then on; over gRPC one that comes while it ends may be CANCELLED, never NOT_FOUND."""
    server = new_ml()

    def ends():
        server.running.send(number)
        server.running.wait()

    ran = run(asking(target(server, form), 100), tmp_path / "run", {FAULT_AT: ends}, over_by=80)
    assert lost_nothing(ran, 100)
    ending = {"CANCELLED"} if form == "grpc" and number == signal.SIGTERM else set()
    assert {"OK", "UNAVAILABLE"} <= set(ran.statuses) <= {"OK", "UNAVAILABLE"} | ending
    assert ran.calls[-1]["status"] == "UNAVAILABLE"
