"""What happens to a Triton in mid-run: each part has its outcome, the audit passes, nothing is left."""

import os
import signal
import time

import pytest
from real_servers.lines import asking, lost_nothing, run
from real_servers.running import members
from serving_stories import eventually

pytestmark = pytest.mark.slow

FAULT_AT = 40
PROOFS = 3


@pytest.fixture(autouse=True)
def _nothing_is_left(new_triton):
    """Whatever became of a server, no process of it and no shared memory stays."""
    started = []
    yield started
    for one in started:
        one.running.end()
        assert members(one.running.pid) == []


@pytest.fixture
def one(new_triton, form, _nothing_is_left):
    """A Triton of the test's own, and the gateway to it."""
    triton = new_triton()
    _nothing_is_left.append(triton)
    return triton, {"target": getattr(triton, form), "form": form}


@pytest.fixture
def two(new_triton, form, _nothing_is_left):
    """Two of them, and the gateway to both: the second is the one that has the trouble."""
    both = [new_triton(), new_triton()]
    _nothing_is_left.extend(both)
    return both[1], {"targets": [getattr(each, form) for each in both], "form": form}


def test_it_is_killed(one, tmp_path):
    """Answers until then, UNAVAILABLE from then on."""
    triton, gateway = one
    ran = run(asking(gateway, 100), tmp_path / "run", {FAULT_AT: lambda: triton.running.send(signal.SIGKILL)})
    assert lost_nothing(ran, 100)
    assert set(ran.statuses) == {"OK", "UNAVAILABLE"}
    assert ran.statuses["OK"] >= FAULT_AT


def test_it_is_stopped_and_goes_on(one, tmp_path):
    """Calls end by their deadline while it stands still; the same connection answers afterwards."""
    triton, gateway = one

    def stop_for_a_while():
        triton.running.send(signal.SIGSTOP)
        time.sleep(0.7)
        triton.running.send(signal.SIGCONT)

    scenario = asking(gateway, 120, deadline="200 ms")
    ran = run(scenario, tmp_path / "run", {FAULT_AT: stop_for_a_while}, over_by=80)
    assert lost_nothing(ran, 120)
    assert set(ran.statuses) == {"OK", "DEADLINE_EXCEEDED"}
    said = [call["status"] for call in ran.calls]
    assert "OK" in said[said.index("DEADLINE_EXCEEDED") :]


def test_it_drains(one, form, tmp_path):
    """SIGTERM: gRPC says NOT_FOUND of its models until it has ended, REST closes the connection."""
    triton, gateway = one
    ran = run(asking(gateway, 100), tmp_path / "run", {FAULT_AT: lambda: triton.running.send(signal.SIGTERM)})
    assert lost_nothing(ran, 100)
    refusals = {"NOT_FOUND", "UNAVAILABLE"} if form == "grpc" else {"UNAVAILABLE"}
    assert "OK" in ran.statuses
    assert set(ran.statuses) - {"OK"} <= refusals
    assert ran.calls[-1]["status"] in refusals


def test_its_model_is_unloaded_and_loaded_again(one, tmp_path):
    """NOT_FOUND as long as it is away; nobody needs to connect anew."""
    triton, gateway = one

    def without_its_model():
        triton.unload()
        time.sleep(0.3)
        triton.load()

    ran = run(asking(gateway, 150), tmp_path / "run", {FAULT_AT: without_its_model}, over_by=120)
    assert lost_nothing(ran, 150)
    assert set(ran.statuses) == {"OK", "NOT_FOUND"}
    assert ran.calls[-1]["status"] == "OK"


def test_its_models_process_dies(one, tmp_path):
    """INTERNAL on every call from then on, a second each, while the model goes on to be called ready."""
    triton, gateway = one
    dies = {FAULT_AT: lambda: os.kill(triton.stub(), signal.SIGKILL)}
    ran = run(asking(gateway, FAULT_AT + 4), tmp_path / "run", dies, over_by=FAULT_AT)
    assert lost_nothing(ran, FAULT_AT + 4)
    assert set(ran.statuses) == {"OK", "INTERNAL"}
    assert ran.calls[-1]["status"] == "INTERNAL"
    assert triton.states() == {"flanges/1": "READY"}


def test_of_two_the_one_without_its_model_is_set_aside_and_comes_back(two, tmp_path):
    """One part is lost; the other target answers alone until the model has been proved again."""
    triton, gateway = two

    def without_its_model():
        triton.unload()
        time.sleep(0.3)
        before = len(triton.computed())
        triton.load()
        assert eventually(lambda: len(triton.computed()) >= before + PROOFS)

    ran = run(asking(gateway, 260), tmp_path / "run", {FAULT_AT: without_its_model}, over_by=200)
    assert lost_nothing(ran, 260)
    assert ran.statuses["OK"] >= 258
    assert ran.server["set_aside"].startswith(gateway["targets"][1])
    assert len(triton.computed()) >= (FAULT_AT + 260 - 200) / 2 + 2 * PROOFS - 2


def test_of_two_the_one_that_is_killed_is_set_aside(two, tmp_path):
    """The other one takes it all."""
    triton, gateway = two
    ran = run(asking(gateway, 150), tmp_path / "run", {FAULT_AT: lambda: triton.running.send(signal.SIGKILL)})
    assert lost_nothing(ran, 150)
    assert ran.statuses["OK"] >= 148
    assert gateway["targets"][1] in ran.server["set_aside"]


def test_of_two_the_one_whose_models_process_dies_is_set_aside(two, tmp_path):
    """INTERNAL is enough, as the proof that would bring it back fails: its queue holds nobody up but once."""
    triton, gateway = two
    dies = {FAULT_AT: lambda: os.kill(triton.stub(), signal.SIGKILL)}
    ran = run(asking(gateway, 150), tmp_path / "run", dies, over_by=FAULT_AT)
    assert lost_nothing(ran, 150)
    assert ran.statuses["OK"] >= 148
    assert gateway["targets"][1] in ran.server["set_aside"]
