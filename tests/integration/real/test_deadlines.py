"""2,000 calls with deadlines of 1 to 60 ms: what a real Triton did for them, by its metrics and its model."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from real_servers.skipping import or_skipped
from real_servers.triton import TritonModel, triton_server
from serving_stories import eventually
from stub_server import Pictures

from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.servers.live import ServerGateway
from line_sim.inspection.servers.opening import dialect_of
from line_sim.units import MILLISECOND

pytestmark = pytest.mark.slow

CALLS, CAMERAS, PROOFS = 2000, 4, 3
BATCHED = TritonModel("batched", sleep_ms=5, batches=8, more="dynamic_batching { }")
ALONE = TritonModel("alone", sleep_ms=5, batches=1, more="dynamic_batching { }")


@pytest.fixture(scope="module")
def triton(tmp_path_factory):
    """A Triton with both models."""
    with ExitStack() as stack:
        with or_skipped():
            server = triton_server(tmp_path_factory.mktemp("triton"), [BATCHED, ALONE])
            running = stack.enter_context(server)
        yield running


def statuses(triton, form, model):
    """Let four cameras ask, one call after the other each; return how often which status came."""
    gateway = ServerGateway(
        dialect_of(form, "kserve"), getattr(triton, form), model, "", Pictures(), input_name=""
    )

    def camera(number):
        chance = random.Random(number)  # noqa: S311 - no secrets here
        found = Counter()
        for item_id in range(1, CALLS // CAMERAS + 1):
            deadline = round(chance.uniform(1, 60) * MILLISECOND)
            found[gateway.ask(Inquiry(item_id, number, "good", "", 0, deadline)).status] += 1
        return found

    with gateway, ThreadPoolExecutor(CAMERAS) as cameras:
        return sum(cameras.map(camera, range(CAMERAS)), Counter())


def is_idle(triton, model):
    """Whether nothing waits in Triton, and nothing has been done for a while."""
    names = ("request_success", "request_failure")
    counts = [triton.metric(f"nv_inference_{name}", model) for name in names]
    time.sleep(0.3)
    later = [triton.metric(f"nv_inference_{name}", model) for name in (*names, "pending_request_count")]
    return later == [*counts, 0]


@pytest.mark.parametrize(
    ("form", "model"), [("grpc", ALONE.name), ("grpc", BATCHED.name), ("rest", BATCHED.name)]
)
def test_triton_has_counted_what_the_cameras_have(form, model, triton):
    """No more is answered than was computed, and every call is one or the other: answered or given up.

    Triton's own count of what it computed is that of its model. What it computed and nobody had is there in
    both; over REST it is all that was given up, as no deadline reaches it.
    """
    before = len(triton.computed(model))
    counted = {name: triton.metric(f"nv_inference_request_{name}", model) for name in ("success", "failure")}
    seen = statuses(triton, form, model)
    assert eventually(lambda: is_idle(triton, model))
    success, failure = (
        triton.metric(f"nv_inference_request_{name}", model) - counted[name] for name in counted
    )
    assert set(seen) == {"OK", "DEADLINE_EXCEEDED"}
    assert seen.total() == CALLS
    assert len(triton.computed(model)) - before == success
    assert seen["OK"] + PROOFS <= success
    assert success + failure <= CALLS + PROOFS
    assert success + failure >= 0.7 * CALLS
    assert success > seen["OK"] + PROOFS, "nothing was computed for nobody"
    if form == "rest":
        assert failure == 0
