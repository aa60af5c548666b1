"""Whether a calibration may speak of the server that a scenario asks."""

from pathlib import Path

import pytest
from calibrated import asking, calibration, line, scenario
from PIL import Image

from line_sim.errors import ScenarioError
from line_sim.scenario import Scenario
from line_sim.study.confirm.predicted.fitting import doubts, measured_together, model_error, refuse_another
from line_sim.study.confirm.predicted.model import asked_servers


def doubts_about(asked: Scenario, **keys) -> list[str]:
    """Return what is doubted of a calibration for a line."""
    return list(doubts(asked, calibration(**keys), asked_servers(asked)))


def test_another_model_than_the_measured_one_is_refused():
    """The line asks inception_v3, resnet was measured; a file that names none is believed."""
    asked = asked_servers(scenario(asking()))
    with pytest.raises(ScenarioError, match="was measured with resnet; calibrate with --model inception_v3"):
        refuse_another(calibration(measured={"model": "resnet"}), asked)
    refuse_another(calibration(measured={"model": "inception_v3"}), asked)
    refuse_another(calibration(), asked)


def test_more_calls_than_were_measured_are_told():
    """Four cameras, and three calls out at most when the server was measured."""
    measured = {"sharing": {"places": 3, "speed": {1: 1, 2: 1.6, 3: 1.8}}}
    assert doubts_about(scenario(asking(), units=3), **measured) == []
    (told,) = doubts_about(scenario(asking(), units=4), **measured)
    assert "up to 4 calls may be out at once" in told
    assert "with 3 at most" in told


def test_how_many_were_measured_together():
    """Rates of more callers than the model has speeds for count, too."""
    assert measured_together(calibration()) is None
    assert measured_together(calibration(blocks={"together": {2: [1.0], 6: [1.0]}})) == 6


@pytest.mark.parametrize(("bytes_measured", "doubted"), [(2000, True), (900, False), (300, True)])
def test_pictures_far_from_the_measured_size_are_told(tmp_path: Path, bytes_measured, doubted):
    """Files of about 900 bytes, against requests half and twice as large, and such as they are."""
    for state in ("good", "defective"):
        (tmp_path / state).mkdir()
        path = tmp_path / state / "one.jpg"
        Image.new("RGB", (8, 8)).save(path)
        path.write_bytes(path.read_bytes().ljust(900, b"\0"))
    written = line(asking()) | {"product": {"images": {"folder": str(tmp_path)}}}
    keys = {"measured": {"payload_bytes": bytes_measured}, "payload": {"seconds_per_byte": 1e-6}}
    found = doubts_about(Scenario.model_validate(written), **keys)
    assert bool(found) == doubted
    more = f"{(900 - bytes_measured) / 1000:+.2g} ms"
    assert all("about 900 bytes" in told and told.endswith(more) for told in found)


@pytest.mark.parametrize(
    ("alone", "said"), [([], "holds no measurements"), ([[0.03, 0.031]], "holds one stretch of measurements")]
)
def test_a_file_with_too_few_measurements_is_told(alone, said):
    """Nobody knows then how well its model is known: one stretch that is drawn again is the same."""
    (told,) = doubts_about(scenario(asking()), blocks={"alone": alone})
    assert said in told


@pytest.mark.parametrize(
    ("held_out", "error"),
    [
        ({}, 0.0),
        ({"mean": 0.03, "p50": -0.04}, 0.025 * 2**0.5),
        ({"mean": 0.03, "p95": 0.5, "calls": 100}, 0.03),
        ({"mean": 0.05, "why": "text", "noise": {"mean": 0.03, "p95": 0.5}}, 0.04),
        ({"mean": 0.02, "p50": 0.01, "noise": {"mean": 0.03, "p50": 0.02}}, 0.0),
    ],
)
def test_the_model_s_error_is_that_of_its_times(held_out, error):
    """The root mean square of throughput, mean and median, less the probe's noise; no tail, no count."""
    assert model_error(calibration(held_out=held_out)) == pytest.approx(error)
