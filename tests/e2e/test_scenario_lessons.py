"""The scenarios that teach something: the commands in their heads, run as typed, show what they promise."""

import json
import re
import shlex
from typing import Any

import pytest
from commands import ROOT, line_sim

pytestmark = pytest.mark.slow

SCENARIOS = ROOT / "scenarios"
COMMAND = re.compile(r"line-sim run (?P<arguments>.+?)(?: {3,}.*)?$", re.MULTILINE)


def told(name: str, tmp_path) -> list[dict[str, Any]]:
    """Run every command in a scenario's head, in order; return their summaries."""
    head = (SCENARIOS / f"{name}.yaml").read_text().split("\nversion:")[0]
    head = re.sub(r"\\\n# *", " ", head)  # a command may go on in the next line
    summaries = []
    for number, command in enumerate(COMMAND.finditer(head)):
        folder = tmp_path / str(number)
        done = line_sim("run", *shlex.split(command["arguments"]), "--quiet", "--out", folder, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        summaries.append(json.loads((folder / "summary.json").read_text()))
    return summaries


def uph(summary: dict[str, Any]) -> float:
    """The output, in units per hour."""
    return float(summary["throughput"]["uph"])


def test_on_a_slow_network_the_tail_costs_what_places_or_a_nearer_server_win_back(tmp_path):
    """The camera is the quicker station on average, yet its late answers cost the press output."""
    far, with_places, near = told("slow_network", tmp_path)
    camera = far["stations"]["camera"]
    assert camera["busy"] < 1
    assert far["stations"]["press"]["blocked"] > 0.03
    assert far["throttle"]["loss"] > 0.03
    assert uph(far) < uph(with_places) < uph(near)
    assert near["throttle"]["loss"] < 0.005


def test_a_second_camera_hides_only_the_picture_where_one_server_answers_both(tmp_path):
    """A second camera wins the acquisition time and no more; the second server wins the takt."""
    one, two, two_servers = told("second_camera", tmp_path)
    won = uph(two) / uph(one) - 1
    assert 0.05 < won < 0.15  # 330 ms a part become 300
    assert two["stations"]["camera"]["inference_wait"] > one["stations"]["camera"]["inference_wait"]
    assert two_servers["throttle"]["loss"] < 0.005


def test_a_tight_deadline_moves_the_cost_to_the_review_bench(tmp_path):
    """Timed-out parts overload the reviewer, who blocks the camera; shipping them lets defects escape."""
    tight, relaxed, shipped = told("tight_deadline", tmp_path)
    assert tight["timeouts"]["rate"] > 0.03
    assert tight["stations"]["camera"]["blocked"] > 0.2
    assert uph(tight) < 0.9 * uph(relaxed)
    assert relaxed["throttle"]["loss"] < 0.005
    assert uph(shipped) > 0.99 * uph(relaxed)
    assert shipped["quality"]["escape_rate"] > relaxed["quality"]["escape_rate"]


def test_a_third_camera_takes_all_that_the_gpu_can_answer_and_a_fourth_only_waits(tmp_path):
    """The head's figures; where the GPU is busy all the time one camera more brings later answers."""
    two, three, four = told("gpu_server", tmp_path)
    head = (SCENARIOS / "gpu_server.yaml").read_text()
    assert all(f"{uph(summary):,.0f}" in head for summary in (two, three))
    assert all(f"{1000 * summary['inference_time']['mean_s']:.1f} ms" in head for summary in (three, four))
    assert uph(three) > 1.15 * uph(two)
    assert uph(four) == pytest.approx(uph(three), rel=1e-4)
    assert {summary["stations"]["camera"]["busy"] > 0.99 for summary in (two, three, four)} == {True}


def test_an_overloaded_review_bench_blocks_a_camera_that_is_fast(tmp_path):
    """No inference loss, yet a blocked camera; a second reviewer or fewer false alarms cure it."""
    alone, two_people, better_model = told("overloaded_review", tmp_path)
    assert alone["stations"]["review"]["busy"] > 0.95
    assert alone["stations"]["camera"]["blocked"] > 0.2
    for cured in (two_people, better_model):
        assert uph(cured) > 1.1 * uph(alone)
        assert cured["stations"]["camera"]["blocked"] < 0.02


def test_a_gate_pays_where_the_server_answers_what_it_is_asked(tmp_path):
    """Twice the output with four answers at a time; with one, less than held, unless fewer calls are out."""
    held, gate, slow, shorter = told("at_gate", tmp_path)
    assert uph(gate) > 2 * uph(held)
    assert uph(slow) < 0.95 * uph(held) < uph(shorter)
    assert slow["timeouts"]["rate"] > 0.05 > shorter["timeouts"]["rate"]
    assert 0.04 < gate["gates"]["camera"]["share"] < 0.15


def test_batching_helps_only_where_enough_cameras_ask(tmp_path):
    """One camera each never fills a batch, and more cameras alone only queue; a GPU that waits is worse."""
    alone, together, cameras, both, patient = told("shared_server", tmp_path)
    assert uph(together) == uph(alone)
    assert alone["held_back_by"]["station"] == "gpu"
    assert uph(alone) < uph(cameras) < 1.03 * uph(alone)
    assert uph(both) > 1.03 * uph(alone)
    assert both["throttle"]["loss"] < 0.005
    assert uph(patient) < 0.85 * uph(alone)
    assert all(summary["audit"]["passed"] for summary in (alone, together, cameras, both, patient))


def test_in_a_factory_with_time_to_spare_a_camera_that_waits_for_another_holds_the_line_up(tmp_path):
    """A second GPU, a second camera or a gate wins it back; batching wins little, small batches cost much."""
    full, alone, batches, gpus, cameras, gate = told("factory", tmp_path)
    assert full["held_back_by"]["station"] == "gpu"
    assert 0.10 < full["throttle"]["loss"] < 0.17
    assert full["stations"]["bores"]["starved"] < 0.04
    assert 0.9 * uph(full) < uph(alone) < uph(full)
    assert batches["held_back_by"]["station"] == "mill"
    assert uph(batches) < 0.85 * uph(full)
    assert batches["stations"]["mill"]["changeover"] > 5 * full["stations"]["mill"]["changeover"] > 0
    for cured in (gpus, cameras, gate):
        assert uph(cured) > 1.1 * uph(full)
        assert cured["throttle"]["loss"] < 0.005
        assert cured["held_back_by"]["cause"] == "takt"
    for summary in (full, alone, batches, gpus, cameras, gate):
        assert summary["audit"]["passed"]
        assert summary["stations"]["mill"]["off"] == pytest.approx(1 - 30 / 39.5)
        assert summary["stations"]["mill"]["down"] > 0.03
        assert summary["crews"]["fitters"]["busy"] < 0.1
        assert summary["inspections"]["bores"]["defective"] > summary["inspections"]["surface"]["escaped"]
