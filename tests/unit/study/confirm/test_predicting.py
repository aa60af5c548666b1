"""A line whose server is replaced by its model: which line that is, and which chance each arm meets."""

from functools import partial

import pytest
from calibrated import asking, calibration, scenario

from line_sim.errors import ScenarioError
from line_sim.line.interrupt import Interrupt
from line_sim.scenario.gateways.shared import SharedGateway
from line_sim.study.confirm.predicted.model import asked_servers, gateways_of, replaced
from line_sim.study.confirm.predicted.predicting import (
    Job,
    Predicted,
    Subject,
    forecast,
    jobs_of,
    predict_one,
)
from line_sim.study.lean import figures_in, lean_run, summary_of
from line_sim.study.workers import Processes

SERVICE = {"gamma": {"mean": "60 ms", "cv": 0.5}}


def subject(*gateways, error: float = 0.01, **model) -> Subject:
    """Return what is predicted of a line that asks servers."""
    line = scenario(*(gateways or (asking(),)))
    found = calibration(0.06, service=SERVICE, **model)
    return Subject(line, asked_servers(line), found, error)


def predicted(about: Subject, arm, number: int) -> Predicted:
    """Make one run."""
    return predict_one(Job(arm, number), Interrupt(), subject=about)


def test_the_replaced_line_is_the_one_that_a_user_would_model_by_hand():
    """The same figures to the last digit as a scenario with that model in the place of its gateway."""
    about = subject()
    model = about.calibration.model
    line = replaced(about.scenario, about.asked, model)
    seed = about.scenario.seed
    found = lean_run(line, None, gateways_of(line, ("camera",), (seed, seed), 1.0)).summary
    by_hand = scenario({"modelled": model.model_dump(exclude_none=True)})
    assert figures_in(found) == figures_in(summary_of(by_hand))


def test_inspections_that_ask_one_address_share_a_model_and_others_have_their_own():
    """Two cameras at one port wait for each other, the third does not."""
    line = scenario(asking("localhost:1"), asking("localhost:1"), asking("localhost:2"))
    names = [spec.gateway for spec in replaced(line, asked_servers(line), calibration().model).inspections]
    assert all(isinstance(gateway, SharedGateway) for gateway in names)
    one, other, third = (gateway.server for gateway in names)
    assert one == other != third


def test_the_line_s_chance_is_the_same_in_every_arm_but_one():
    """What the press takes is decided by the scenario's seed; only `line` draws it anew."""
    about = subject()
    busy = {
        arm: {predicted(about, arm, n).figures["press.busy"] for n in (2, 3, 4)} for arm in ("server", "line")
    }
    times = {predicted(about, "server", n).figures["inference_time"] for n in (2, 3, 4)}
    assert len(times) == 3
    assert len(busy["line"]) == 3
    assert len(busy["server"]) == 1


def test_run_n_of_each_arm_meets_the_same_answers():
    """With measurements that never vary a refitted model is the model, and its run the same run."""
    about = subject(blocks={"alone": [[0.06] * 5] * 4})
    assert predicted(about, "calibration", 5).figures == predicted(about, "server", 5).figures


def test_labels_alone_change_what_is_shipped_and_not_how_long_answers_take():
    """The network misses half of the defective parts, each time other ones."""
    about = subject(miss_rate=0.5)
    runs = [predicted(about, "labels", n) for n in range(1, 9)]
    assert len({run.latencies["camera"] for run in runs}) == 1
    assert len({run.figures["escape_rate"] for run in runs}) > 1


def test_slower_and_quicker_move_by_the_model_s_error():
    """The median answer of a server that is never waited for is 1 % longer and shorter."""
    about = subject(error=0.01)
    as_is, slower, quicker = (
        predicted(about, arm, 1).latencies["camera"] for arm in ("server", "slower", "quicker")
    )
    middle = len(as_is) // 2
    assert slower[middle] / as_is[middle] == pytest.approx(1.01, abs=0.005)
    assert quicker[middle] / as_is[middle] == pytest.approx(1 / 1.01, abs=0.005)


def test_arms_that_could_tell_nothing_are_not_run():
    """A network that never errs, a model without a held-out error."""
    arms = {job.arm for job in jobs_of(subject(error=0.0, miss_rate=0.0), 40)}
    assert arms == {"server", "calibration", "line"}
    assert {job.arm for job in jobs_of(subject(), 40)} == {*arms, "labels", "slower", "quicker"}


@pytest.mark.slow
def test_a_forecast_does_not_depend_on_who_makes_it():
    """One process or two: the same numbers."""
    make = partial(
        forecast, subject(error=0.0, miss_rate=0.0), 40, interrupt=Interrupt(), counted=lambda _, __: None
    )
    one, two = (make(workers=Processes(count)) for count in (1, 2))
    assert one.figures == two.figures
    assert one.latencies == two.latencies


def test_a_stop_before_the_end_leaves_no_forecast():
    """A prediction from some of its arms would be none."""
    interrupt = Interrupt()
    found = forecast(subject(), 40, Processes(1), interrupt, lambda done, _: done == 50 and interrupt.wish())
    assert found is None


@pytest.mark.parametrize(
    ("only", "what"), [(("press",), "asks no real server"), (("camera",), "camera2: it would still ask")]
)
def test_inspections_are_named_right(only, what):
    """What cannot be predicted is refused with the way out."""
    line = scenario(asking("localhost:1"), asking("localhost:2"))
    with pytest.raises(ScenarioError, match=what):
        asked_servers(line, only)


def test_a_line_without_a_real_server_has_nothing_to_confirm():
    """All its answers are modelled."""
    with pytest.raises(ScenarioError, match="no inspection asks a real server"):
        asked_servers(scenario({"modelled": {"service": "10 ms"}}))
