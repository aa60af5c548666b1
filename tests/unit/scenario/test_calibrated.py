"""A gateway to a server that was measured: read once, told in the scenario, and the same ever after."""

from pathlib import Path

import pytest
from every_kind import MEASURED

from line_sim.errors import ScenarioError
from line_sim.inspection.offline.models import Models
from line_sim.scenario import CalibratedGateway, Scenario, dump, load, loads
from line_sim.testing import run_in_memory

LINE = """\
version: 1
name: Measured
run: {items: 40}
arrivals: {every: 100 ms}
product: {defect_rate: 0.2}
line:
  - inspection: camera
    units: 4
    gateway: {calibrated: server.yaml}
review: {time: 0 s, buffer: 99}
"""
AS_READ = "line.camera.gateway.calibrated.as_read"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario and the calibration beside it."""
    (tmp_path / "server.yaml").write_text(MEASURED)
    (tmp_path / "line.yaml").write_text(LINE)
    return tmp_path


def gateway_of(scenario: Scenario) -> CalibratedGateway:
    """Return the only gateway of a scenario."""
    gateway = scenario.inspections[0].gateway
    assert isinstance(gateway, CalibratedGateway)
    return gateway


def test_it_acts_as_the_model_of_the_file(folder):
    """Beside the scenario, by a path; the same calls as with its options written out."""
    scenario = load(folder / "line.yaml")
    options = gateway_of(scenario).model
    assert options.sharing.places == 4
    assert gateway_of(scenario).calibrated.server == str(folder / "server.yaml")
    written = scenario.model_dump(exclude_none=True)
    written["line"][0]["gateway"] = {"modelled": options.model_dump(exclude_none=True)}
    assert run_in_memory(scenario) == run_in_memory(Scenario.model_validate(written))


def test_it_says_which_calibration_it_is(folder):
    """In the words of the line, and in run.json."""
    scenario = load(folder / "line.yaml")
    assert gateway_of(scenario).words.startswith(
        "a model of The server of the laboratory, measured 2026-03-01T12:00:00Z (lognormal through p50 120 ms"
    )
    assert Models(0).gateway(scenario.inspections[0]).identity == {
        "server": "calibrated",
        "calibration": "The server of the laboratory",
        "measured": "2026-03-01T12:00:00Z",
        "file": str(folder / "server.yaml"),
    }


def test_what_the_file_does_not_know_stands_beside_it(folder):
    """How often the network errs; the file's own rates are the default."""
    rates = "line.camera.gateway={calibrated: {server: server.yaml, miss_rate: 0.5, false_alarm_rate: 0.25}}"
    model = gateway_of(load(folder / "line.yaml", [rates])).model
    assert (model.miss_rate, model.false_alarm_rate) == (0.5, 0.25)
    (folder / "server.yaml").write_text(MEASURED + "  miss_rate: 0.125\n")
    model = gateway_of(load(folder / "line.yaml")).model
    assert (model.miss_rate, model.false_alarm_rate) == (0.125, 0.0)


@pytest.mark.parametrize("read_files", [True, False])
@pytest.mark.parametrize("becomes", [None, "line_sim_server: 2\n", MEASURED.replace("120 ms", "90 ms")])
def test_a_run_says_what_the_file_said(folder, becomes, read_files):
    """Gone, damaged or another one: what was run is what is told, and what is run again."""
    scenario = load(folder / "line.yaml")
    (folder / "run").mkdir()
    (folder / "run" / "scenario.yaml").write_text(dump(scenario))
    (folder / "server.yaml").unlink()
    if becomes is not None:
        (folder / "server.yaml").write_text(becomes)
    again = load(folder / "run" / "scenario.yaml", read_files=read_files)
    assert again == scenario
    assert hash(again) == hash(scenario)
    assert run_in_memory(again) == run_in_memory(scenario)


def with_measured_times(folder: Path, number: int) -> None:
    """Let the calibration hold so many measured times."""
    of = ", ".join(f"{90 + place / 1000:.3f} ms" for place in range(number))
    (folder / "server.yaml").write_text(f"""\
line_sim_server: 1
name: Measured at length
measured: {{at: 2026-03-01T12:00:00Z, how: by hand}}
model: {{service: {{values: {{of: [{of}]}}}}}}
""")


def test_what_a_run_of_long_calibrations_leaves_is_read_again(folder):
    """Three inspections whose calibrations are as long as one that line-sim makes."""
    with_measured_times(folder, 4000)
    others = [f"line.camera.inspection=camera{number}" for number in (2, 3)]
    line = [
        entry for keys in ([], *([key] for key in others)) for entry in load(folder / "line.yaml", keys).line
    ]
    scenario = load(folder / "line.yaml").model_copy(update={"line": tuple(line)})
    assert loads(dump(scenario), read_files=False) == scenario


def test_more_times_than_a_run_can_tell_are_refused(folder):
    """Rather than a run that nobody can read again."""
    with_measured_times(folder, 9000)
    assert len(dump(load(folder / "line.yaml"))) < 256 * 1024
    (folder / "line.yaml").write_text(
        LINE.replace(
            "review:",
            """\
  - inspection: other
    gateway: {calibrated: server.yaml}
review:""",
        )
    )
    with pytest.raises(ScenarioError, match=r"line\[1\].*more than 16,000 times together"):
        load(folder / "line.yaml")


def test_another_file_is_read_anew(folder):
    """Where the path of a run's scenario is changed, what the old one said counts no more."""
    text = dump(load(folder / "line.yaml"))
    (folder / "run.yaml").write_text(text)
    (folder / "quick.yaml").write_text(MEASURED.replace("120 ms", "90 ms").replace("laboratory", "hall"))
    quick = load(folder / "run.yaml", ["line.camera.gateway.calibrated.server=quick.yaml"])
    assert gateway_of(quick).calibrated.as_read.name == "The server of the hall"
    assert loads(dump(quick)) == quick


def test_a_scenario_that_does_not_hold_it_is_read_without_it(folder):
    """As other files that are left alone."""
    (folder / "server.yaml").unlink()
    scenario = load(folder / "line.yaml", read_files=False)
    assert gateway_of(scenario).model is None
    assert gateway_of(scenario).words == f"a model from {folder / 'server.yaml'}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "server.yaml cannot be read: No such file or directory"),
        ("version: 1\n", "server.yaml:1:1: this is no calibration file; one begins with line_sim_server: 1"),
        (
            MEASURED.replace("places: 4", "places: 0"),
            "server.yaml:6:21: model.sharing.places is 0; it must be 1",
        ),
        (MEASURED.replace("name:", "nmae:"), "(and 1 more mistake in it)"),
        ("line_sim_server: [\n", "server.yaml:2:1: this is no YAML"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_place(folder, content, said):
    """In the scenario, and in the file."""
    (folder / "server.yaml").unlink()
    if content is not None:
        (folder / "server.yaml").write_text(content)
    with pytest.raises(ScenarioError) as error:
        load(folder / "line.yaml")
    told = str(error.value)
    assert told.startswith(f"{folder / 'line.yaml'}:9:27: line[0].gateway.calibrated")
    assert said in told
    assert len(told.splitlines()) == 1


def test_it_is_no_server_to_be_shared_by_name(folder):
    """The text says what to write instead."""
    shared = LINE.replace("line:\n", "servers: {gpu: {calibrated: server.yaml}}\nline:\n")
    with pytest.raises(
        ScenarioError, match=r"servers\.gpu\.calibrated.*write the model of the file under modelled"
    ):
        loads(shared, folder=folder)
