"""NVIDIA's Triton, the real one, is asked by a whole line: every part is answered, by its own answer."""

import zlib
from collections import Counter

import pytest
from real_servers.lines import asking, default_line, lost_nothing, run
from real_servers.triton import TritonModel

from line_sim.errors import GatewayError
from line_sim.pictures.opening import picture_source
from line_sim.scenario import load

NUMBERS = "FP16 or FP32 or FP64"


def target(triton, form):
    """Return the target and the form of a gateway."""
    return {"target": getattr(triton, form), "form": form}


def test_the_default_line(triton, form, tmp_path):
    """`scenarios/default.yaml`, as from a terminal: 300 parts, 300 answers, each about its own picture."""
    before = len(triton.computed())
    rows = default_line(tmp_path, target(triton, form))
    assert sum(",answered,OK,good," in row for row in rows) == 300
    assert len(triton.computed()) - before == 300 + 3
    assert "triton 2.51.0" in (tmp_path / "run" / "run.json").read_text()


@pytest.mark.parametrize("model", ["flanges", "plain_bytes"])
def test_four_cameras_get_each_its_own_answer(model, triton, form, tmp_path):
    """The score belongs to the picture's bytes: no answer goes to another part, in either form of input."""
    scenario = asking({"model": model, **target(triton, form)}, 80, units=4, every="5 ms")
    ran = run(scenario, tmp_path / "run")
    assert lost_nothing(ran, 80)
    assert ran.outcomes == {"answered": 80}
    pictures = picture_source(load(tmp_path / "run" / "scenario.yaml"))
    for part in ran.rows("items"):
        shown = pictures.picture(int(part["item_id"]), part["true_state"], part["defect"])
        assert float(part["score"]) == pytest.approx(score_of(shown), abs=1e-6)


def score_of(picture):
    """Return what the served model says of a picture."""
    return 0.8 + zlib.crc32(picture) % 4096 / 4096 * 0.19


def test_triton_names_the_best_class(triton, form, tmp_path, telling_pictures):
    """A score alone: the label comes from Triton's file of labels, in a model that takes batches."""
    gateway = {"model": "batching", "outputs": {"score": "probabilities"}, **target(triton, form)}
    ran = run(asking(gateway, 60, images=telling_pictures()), tmp_path / "run")
    assert lost_nothing(ran, 60)
    truth = {part["item_id"]: part["true_state"] for part in ran.rows("items")}
    assert {call["item_id"]: call["label"] for call in ran.calls} == truth
    assert set(truth.values()) == {"good", "defective"}


def test_pictures_beyond_other_servers_limits_are_taken(triton, form, tmp_path, telling_pictures):
    """Triton 2.51 takes messages of 5 MB without being told to."""
    ran = run(asking(target(triton, form), 30, images=telling_pictures(5_000_000)), tmp_path / "run")
    assert lost_nothing(ran, 30)
    assert ran.statuses == {"OK": 30}
    assert {"good", "defective"} == {call["label"] for call in ran.calls}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": "nobody"}, "model 'nobody' is not served there: .*unknown model"),
        ({"version": "7"}, "version 7 is not served there: .*; its versions are '1'"),
        ({"input": "picture"}, "it has no input 'picture'; its inputs are 'image'"),
        ({"outputs": {"label": "class"}}, "it has no output 'class'; its outputs are 'label', 'score'"),
        ({"outputs": {"score": "label"}}, f"its output 'label' is BYTES of shape .1.; a score is {NUMBERS}"),
        ({"model": "decoded"}, "its input 'image' is FP32 of shape .-1.; a picture is sent as its JPEG's"),
    ],
)
def test_what_does_not_fit_is_told_before_the_first_part(asked, words, triton, form, tmp_path):
    """With what there is; Triton goes on, and no run is left behind."""
    with pytest.raises(GatewayError, match=words):
        run(asking({**target(triton, form), **asked}, 10), tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert triton.running.is_running


def test_a_full_queue_is_the_servers_fault_and_not_its_absence(triton, form, tmp_path):
    """Six cameras, a queue of two: who finds no room is told at once, the others are answered in the end."""
    gateway = {"model": "short", **target(triton, form)}
    scenario = asking(gateway, 120, units=6, every="5 ms")
    ran = run(scenario, tmp_path / "run")
    assert lost_nothing(ran, 120)
    assert set(ran.statuses) == {"OK", "UNAVAILABLE"}
    assert ran.server["without_use"].count("Exceeds maximum queue size") == 1


def test_a_wait_in_the_queue_that_is_too_long(triton, form, tmp_path):
    """`timeout` bounds it, in a model whose queue policy allows that."""
    gateway = {"model": "patient", "timeout": "30 ms", **target(triton, form)}
    ran = run(asking(gateway, 120, units=6, every="5 ms"), tmp_path / "run")
    assert lost_nothing(ran, 120)
    assert set(ran.statuses) == {"OK", "UNAVAILABLE"}
    assert ran.server["without_use"].count("Request timeout expired") == 1


def test_a_picture_on_which_the_model_fails(triton, form, tmp_path, telling_pictures):
    """Its part has no answer, the next has."""
    gateway = {"model": "choosy", **target(triton, form)}
    ran = run(asking(gateway, 60, images=telling_pictures()), tmp_path / "run")
    assert lost_nothing(ran, 60)
    bad = {part["item_id"] for part in ran.rows("items") if part["true_state"] == "defective"}
    assert {call["item_id"] for call in ran.calls if call["status"] == "INTERNAL"} == bad
    assert ran.statuses == {"OK": 60 - len(bad), "INTERNAL": len(bad)}


def test_a_new_version_while_the_line_runs(triton, form, tmp_path):
    """It is loaded beside the old one, and takes over between two parts; `run.json` names both."""

    def load_another():
        TritonModel("changing", sleep_ms=5, versions=(1, 2)).write(triton.repository)
        triton.load("changing")

    TritonModel("changing", sleep_ms=5).write(triton.repository)
    triton.load("changing")
    gateway = {"model": "changing", **target(triton, form)}
    ran = run(asking(gateway, 200), tmp_path / "run", {20: load_another}, over_by=120)
    computed = Counter(line.split()[0] for line in triton.computed("changing"))
    triton.forget("changing")
    assert lost_nothing(ran, 200)
    assert ran.statuses == {"OK": 200}
    assert ran.server["version"] == "1, 2"
    assert min(computed["1"], computed["2"]) > 0
