"""A study written back as a file reads as the same study, whatever its replications and its figure."""

from pathlib import Path

import pytest

from line_sim.scenario.dump import yaml_text
from line_sim.study.design.study import read_study
from line_sim.study.design.written import written

CAMERA = Path("scenarios/second_camera.yaml")
STUDY = f"study: s\nscenario: {CAMERA.absolute()}\nover: {{line.camera.units: [1, 2]}}\n"


@pytest.mark.parametrize(
    "more",
    [
        "",
        "replications: 20",
        "replications: {most: 20, until: {uph: 1 %}}",
        "replications: {least: 20, most: 20, until: {uph: 1 %}}",
        "replications: {until: {uph: 1 %}}",
        "replications: {least: 12, until: {uph: 1 %}}",
        "replications: {least: 300, until: {uph: 1 %}}",
        "replications: {least: 20, most: 400}",
        "replications: {most: 400}",
        "best: flow_time",
        "best: {uph: 20}",
        "best: {flow_time: 5 %}\ndemand: {flow_time: '<= 2 s'}\ntolerance: {flow_time: 20 ms}",
    ],
)
def test_a_study_is_read_again_as_it_was(more, tmp_path):
    """Its amount, its cap and what a plan chooses by are all in the file."""
    first, again = tmp_path / "first.yaml", tmp_path / "again.yaml"
    first.write_text(STUDY + more)
    study = read_study(first)
    again.write_text(yaml_text(written(study)))
    assert read_study(again) == study
