"""Pictures that vanish or break in mid-run: an outcome of their parts, and the line goes on."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stub_rest
from PIL import Image
from stub_rest import RestServer, rest_gateway_to

from line_sim.errors import PictureError, ScenarioError
from line_sim.inspection.gateway import Inquiry
from line_sim.inspection.outcome import Unreadable
from line_sim.report.page.writing import write_page
from line_sim.scenario import Scenario
from line_sim.simulation import RunResult, simulate

PARTS = 60
BREAKS_AT = 15  # so many answers after the warm-up


class Gone:
    """A source whose pictures are there for the proof, and then no more."""

    defect_kinds = ()
    remarks = ()

    def __init__(self) -> None:
        self.asked = 0

    def picture(self, item_id: int, true_state: str, defect: str) -> bytes:
        """Fail from the second time on."""
        self.asked += 1
        if self.asked > 1:
            raise PictureError("good/1.jpg: there is no such file")
        return b"a picture"


def test_a_part_without_a_picture_is_an_outcome_and_no_request(rest_server: RestServer) -> None:
    """No time passes, nothing is sent, and the gateway can say how often and why."""
    with rest_gateway_to(rest_server) as gateway:
        gateway._pictures = Gone()
        gateway._pictures.asked = 1
        before = len(rest_server.requests)
        replies = [gateway.ask(Inquiry(item, 1, "good", "", 0, None)) for item in range(3)]
        assert len(rest_server.requests) == before
    assert {reply.outcome for reply in replies} == {Unreadable("good/1.jpg: there is no such file")}
    assert {(reply.status, reply.request_bytes) for reply in replies} == {("NO_PICTURE", 0)}
    assert gateway.identity["no_picture"] == "good/1.jpg: there is no such file (3 x)"


def test_without_a_picture_to_prove_a_server_with_the_run_does_not_begin(rest_server: RestServer) -> None:
    """That is a mistake in the scenario's folder, told before the first part."""
    gateway = rest_gateway_to(rest_server)
    gateway._pictures = Gone()
    gateway._pictures.asked = 1
    with pytest.raises(ScenarioError, match=r"product\.images: good/1\.jpg: there is no such file"), gateway:
        pass


def pictures_in(folder: Path) -> Path:
    """Make a folder of pictures of both kinds that are sent: as they are, and converted."""
    for state, grey in (("good", 200), ("defective", 50)):
        (folder / state).mkdir(parents=True)
        for number in range(4):
            picture = Image.new("RGB", (32, 32), (grey + number,) * 3)
            picture.save(folder / state / f"{number}.{'jpg' if number % 2 else 'png'}")
    return folder


def vanish(folder: Path) -> None:
    """Let the whole folder go."""
    shutil.rmtree(folder)


def break_all(folder: Path) -> None:
    """Write something else over every file."""
    for file in folder.rglob("*.*"):
        file.write_bytes(b"no picture at all")


def cut_pngs(folder: Path) -> None:
    """Cut the converted ones in the middle."""
    for file in folder.rglob("*.png"):
        file.write_bytes(file.read_bytes()[:60])


def make_folders(folder: Path) -> None:
    """Put a folder in every file's place."""
    for file in [*folder.rglob("*.*")]:
        file.unlink()
        file.mkdir()


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return [*csv.DictReader(path.read_text().splitlines())]


def run(rest_server: RestServer, folder: Path, breaking: Callable[[Path], None], units: int) -> RunResult:
    """Run a line of so many cameras in whose middle the pictures go."""
    pictures = pictures_in(folder / "pictures")
    answers = 0

    def answer(_: Any) -> stub_rest.Said:
        nonlocal answers
        answers += 1
        if answers == BREAKS_AT:
            breaking(pictures)
        return stub_rest.answer()

    rest_server.predict = answer
    scenario = {
        "version": 1,
        "name": "lost pictures",
        "seed": 5,
        "run": {"items": PARTS},
        "arrivals": {"every": 0.01},
        "product": {"defect_rate": 0.2, "images": {"folder": str(pictures)}},
        "line": [
            {
                "inspection": "camera",
                "units": units,
                "gateway": {"rest": {"target": f"127.0.0.1:{rest_server.port}"}},
            }
        ],
        "review": {"time": 0.001},
    }
    return simulate(Scenario.model_validate(scenario), folder / "run")


@pytest.mark.parametrize("units", [1, 2])
@pytest.mark.parametrize("breaking", [vanish, break_all, cut_pngs, make_folders])
def test_the_line_goes_on_and_every_part_has_its_row(
    rest_server: RestServer, tmp_path: Path, breaking: Callable[[Path], None], units: int
) -> None:
    """One camera reads its files itself, several have them read ahead; the summary warns of it."""
    result = run(rest_server, tmp_path, breaking, units)
    assert result.ended == "completed"
    assert result.summary.audit_passed
    items, calls = rows(result.folder / "items.csv"), rows(result.folder / "calls.csv")
    assert len(items) == PARTS
    assert {row["disposition"] for row in items} <= {"shipped", "scrapped"}
    kinds = Counter((row["outcome"], row["status"]) for row in calls)
    assert kinds.keys() == {("answered", "OK"), ("unreadable", "NO_PICTURE")}
    lost = kinds["unreadable", "NO_PICTURE"]
    assert {row["request_bytes"] for row in calls if row["status"] == "NO_PICTURE"} == {"0"}
    assert {row["lane"] for row in items if row["inference_outcome"] == "unreadable"} == {"review"}
    warning = f"{lost} of {PARTS} calls had no picture to send (NO_PICTURE in calls.csv)"
    assert any(warning in told for told in result.summary.warnings)
    assert not any("met no server" in told for told in result.summary.warnings)
    why = json.loads((result.folder / "run.json").read_text())["servers"]["camera"]["no_picture"]
    assert str(tmp_path / "pictures") in why
    assert write_page(result).is_file()
