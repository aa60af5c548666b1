"""Verdicts in words: of each figure, of all of them, and what to do next."""

import pytest
from calibrated import asking, scenario

from line_sim.errors import ScenarioError
from line_sim.study.confirm.agreement import Margin
from line_sim.study.confirm.findings import Finding, advice, by_verdict, findings, size_text
from line_sim.study.confirm.margins import default_margin, margins_of, read_margin
from line_sim.study.confirm.predicted.prediction import Parts, Prediction


def prediction(kpi: str, mean: float, **parts: float) -> Prediction:
    """Return a prediction that is known but for these deviations."""
    own = Parts(**{"server": 0.0, "labels": 0.0, "line": 0.0, "calibration": 0.0, "model": 0.0, **parts})
    return Prediction(kpi, mean, 100, own, (0.9 * mean, 1.1 * mean), (0.8 * mean, 1.2 * mean))


def found(kpi: str, predicted: float, live: list[float | None], **parts: float) -> dict[str, Finding]:
    """Return what came of one figure."""
    runs = [{kpi: value} for value in live]
    return findings({kpi: default_margin(kpi)}, {kpi: prediction(kpi, predicted, **parts)}, runs, 900)


AGREE = [999.0, 1000.0, 1001.0]


def test_live_runs_as_predicted_are_equivalent_and_the_prediction_stands():
    """UPH within 1.5 %, all three runs in the predicted interval."""
    each = found("uph", 1000, AGREE)
    assert each["uph"].verdict == "equivalent"
    assert each["uph"].inside == 3
    assert by_verdict(each)["equivalent"] == ["uph"]
    assert "The prediction stands" in " ".join(advice(each))


@pytest.mark.parametrize(
    ("kpi", "words"),
    [
        ("inference_time", "Calibrate it again"),
        ("camera.service.p50", "Calibrate it again"),
        ("escape_rate", "miss_rate"),
        ("uph", "yet the line does not do as predicted"),
    ],
)
def test_what_differs_says_where_to_look(kpi, words):
    """The server's answers, what the network says, or the line itself."""
    each = found(kpi, 0.5, [0.9, 0.901, 0.902])
    assert each[kpi].verdict == "different"
    assert words in " ".join(advice(each))


@pytest.mark.parametrize(
    ("live", "parts", "blamed"),
    [
        ([988.0, 1000.0, 1012.0], {}, "the live runs' own noise"),
        (AGREE, {"calibration": 30.0}, "the calibration"),
        (AGREE, {"model": 30.0, "calibration": 5.0}, "the model's held-out error"),
        (AGREE, {"server": 300.0}, "the few predicted runs"),
    ],
)
def test_what_is_undecided_says_why(live, parts, blamed):
    """What makes the interval wide is named."""
    each = found("uph", 1000, live, **parts)
    assert each["uph"].verdict == "undecided"
    assert each["uph"].why.endswith(blamed)
    assert "--runs" in " ".join(advice(each))


def test_noisy_live_runs_say_so():
    """2.4 % from their own mean against a margin of 1.5 %: no verdict."""
    each = found("uph", 1000, [976.0, 1000.0, 1024.0])
    assert each["uph"].verdict == "undecided"
    assert "no verdict: repeated live runs lie up to 2.4 % from their own mean" in each["uph"].why
    assert "do not agree among themselves" in " ".join(advice(each))


def test_what_a_run_cannot_tell_has_no_verdict():
    """Nor have fewer than three live runs; both say why."""
    missing = found("uph", 1000, [1000.0, None, 1000.0])["uph"]
    assert (missing.verdict, missing.why) == ("not told", "not every live run tells it")
    few = found("uph", 1000, AGREE[:2])["uph"]
    assert (few.verdict, few.why) == ("not told", "it needs 3 live runs")
    unknown = findings({"uph": default_margin("uph")}, {}, [{"uph": 1.0}] * 3, 10)["uph"]
    assert (unknown.verdict, unknown.inside) == ("not told", 0)


def test_margins_are_those_of_the_docs_and_of_the_command_line():
    """1.5 % of UPH, 2 % of a median answer, 1 point of a rate, and what is wished."""
    line = scenario(asking())
    margins = margins_of(line, ["camera"], [read_margin("uph=3%"), read_margin("camera.busy = 2 %")])
    assert margins["uph"] == Margin("uph", 0.03, points=False)
    assert margins["camera.busy"] == Margin("camera.busy", 0.02, points=True)
    assert margins["timeout_rate"] == Margin("timeout_rate", 0.01, points=True)
    assert margins["camera.service.p50"] == Margin("camera.service.p50", 0.02, points=False)
    assert "loss" not in margins


@pytest.mark.parametrize("text", ["uph", "uph=3", "uph=-1%", "uph=0%", "uph=100%", "=3%"])
def test_what_is_no_margin_is_refused(text):
    """With the way it is written."""
    with pytest.raises(ScenarioError, match="--margin"):
        read_margin(text)


@pytest.mark.parametrize(("kpi", "what"), [("speed", "no such figure"), ("loss", "is not predicted")])
def test_a_margin_of_no_predicted_figure_is_refused(kpi, what):
    """What no run tells, and the loss, which other runs tell."""
    with pytest.raises(ScenarioError, match=what):
        margins_of(scenario(asking()), ["camera"], [(kpi, 0.1)])


def test_sizes_are_written_in_the_measure_of_their_margin():
    """Percent of a figure, points of a share."""
    assert size_text(0.0123, points=False) == "1.2 %"
    assert size_text(0.0123, points=True) == "1.2 points"
    assert size_text(0.01, points=True) == "1 point"
    assert size_text(0.997, points=False) == "100 %"
