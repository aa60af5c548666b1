"""A key that a user wrote into a scenario is read by nobody else: not on a page, not in a message."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import DEFAULT, line_sim
from stub_server import Code, Server

import line_sim as library
from line_sim.errors import ScenarioError
from line_sim.inspection.wires.transport import Access
from line_sim.scenario import Scenario
from line_sim.scenario.load import loads

SECRET = "sk-7f9c-Zx81-QQ"  # noqa: S105 - nobody's
GATEWAY = "line.camera.gateway.grpc"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server for real calls."""
    served = Server()
    served.start()
    yield served
    served.stop()


def asked(server: Server, *options: str, cwd: Path, **more: Any) -> Any:
    """Run the default scenario against it, the key written out."""
    target = ("--target", f"127.0.0.1:{server.port}", "--items", "12")
    key = ("--set", f"{GATEWAY}.metadata.x-api-key={SECRET}")
    return line_sim("run", DEFAULT, *target, *key, *options, cwd=cwd, **more)


def holding(folder: Path) -> list[str]:
    """Name the files in which the key is."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    )


def test_the_key_is_in_the_scenario_alone(server: Server, tmp_path: Path) -> None:
    """It was sent, and of all that a run leaves only `scenario.yaml` has it, also when told again."""
    done = asked(server, "--out", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert server.metadata_seen[-1]["x-api-key"] == SECRET
    assert holding(tmp_path) == ["mine/scenario.yaml"]
    assert "x-api-key: (not shown)" in (tmp_path / "mine" / "report.html").read_text()
    again = line_sim("--debug", "report", "mine", cwd=tmp_path)
    assert holding(tmp_path) == ["mine/scenario.yaml"]
    assert SECRET not in done.stdout + done.stderr + again.stdout + again.stderr


def test_a_variables_name_is_shown(server: Server, tmp_path: Path) -> None:
    """The other way to give it: no file has the value."""
    options = ("--set", f"{GATEWAY}.metadata.x-api-key={{env: THE_KEY}}", "--out", "mine")
    done = asked(server, *options, cwd=tmp_path, env={"THE_KEY": SECRET})
    assert done.returncode == 0, done.stderr
    assert server.metadata_seen[-1]["x-api-key"] == SECRET
    assert holding(tmp_path) == []
    assert "env: THE_KEY" in (tmp_path / "mine" / "report.html").read_text()


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_server_that_repeats_the_key_is_told_without_it(
    server: Server, debug: tuple[str, ...], tmp_path: Path
) -> None:
    """Refusals like to quote it; the rest of their words is told."""
    server.refuse(Code.PERMISSION_DENIED, f"the key {SECRET} has no rights here")
    done = asked(server, *debug, cwd=tmp_path)
    assert done.returncode == 3
    assert "the key (not shown) has no rights here" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    header = ("--header", f"authorization=Bearer {SECRET}")
    single = line_sim(
        "classify", picture(tmp_path), "--target", f"127.0.0.1:{server.port}", *header, cwd=tmp_path
    )
    assert "the key (not shown) has no rights here" in single.stderr
    assert SECRET not in single.stderr + single.stdout


def picture(folder: Path) -> Path:
    """Make a picture."""
    from PIL import Image

    path = folder / "grey.jpg"
    Image.new("RGB", (32, 32), "grey").save(path)
    return path


def test_what_differs_is_told_without_the_keys(server: Server, tmp_path: Path) -> None:
    """That they differ is told, their values are not, in the table and in its file."""
    for name, more in (("a", ""), ("b", "2"), ("c", None)):
        key = () if more is None else ("--set", f"{GATEWAY}.metadata.x-api-key={SECRET}{more}")
        target = ("--target", f"127.0.0.1:{server.port}", "--items", "60", "--quiet")
        assert line_sim("run", DEFAULT, *target, *key, "--out", name, cwd=tmp_path).returncode == 0
    for other in ("b", "c"):
        done = line_sim("compare", "a", other, "--json", "told.json", cwd=tmp_path)
        assert SECRET not in done.stdout + done.stderr + (tmp_path / "told.json").read_text()
        assert "metadata" in json.dumps(json.loads((tmp_path / "told.json").read_text()))


MISTAKES = {
    "value": "{x-api-key: '%s\u00e9'}",
    "list": "{x-api-key: ['%s']}",
    "mapping": "{x-api-key: {text: '%s', env: A}}",
    "other key": "{x-api-key: {value: '%s'}}",
    "environment": "{x-api-key: {env: '%s'}}",
    "name": "{'authorization:%s': }",
    "alone": "'%s'",
    "taken name": "{host: '%s'}",
    "alias": "{x-api-key: *%s}",
    "tag": "{x-api-key: !%s x}",
    "twice": "{x-api-key: '%s', x-api-key: '%s'}",
    "open": "{x-api-key: '%s",
    "number": "{x-api-key: 5, y: '%s'}",
}


@pytest.mark.parametrize("written", MISTAKES.values(), ids=MISTAKES)
def test_no_mistake_quotes_the_key(written: str) -> None:
    """In a file or in an override, in its value or in what holds it: the place is told, the value is not."""
    metadata = written.replace("%s", SECRET)
    text = DEFAULT.read_text()
    for override in (
        f"{GATEWAY}.metadata={metadata}",
        f"line.camera.gateway={{grpc: {{target: a:1, metadata: {metadata}, model: 5}}}}",
        f"line.camera.gateway={{grpc: {{target: a:1, metadata: {metadata}}}, rest: {{}}}}",
        f"line.camera.gateway={{gprc: {{metadata: {metadata}}}}}",
        f"line.camera={{metadata: {metadata}}}",
    ):
        with pytest.raises(ScenarioError) as caught:
            loads(text, "mine.yaml", [override])
        assert SECRET not in str(caught.value), override
        assert "line.camera" in str(caught.value) or "line[1]" in str(caught.value)


def test_an_override_without_an_equals_sign_is_not_quoted() -> None:
    """Whoever types a blank there has typed the key."""
    with pytest.raises(ScenarioError, match=r"metadata\.\.\. \(not shown\)") as caught:
        loads(DEFAULT.read_text(), "mine.yaml", [f"{GATEWAY}.metadata.x-api-key {SECRET}"])
    assert SECRET not in str(caught.value)


def test_python_shows_no_key() -> None:
    """Neither a scenario's repr, nor that of what lets a client in, nor pydantic's own error."""
    written = {"grpc": {"target": "a:1", "metadata": {"x-api-key": SECRET}}}
    scenario = loads(DEFAULT.read_text(), "mine.yaml", [f"line.camera.gateway={json.dumps(written)}"])
    assert SECRET not in repr(scenario) + str(scenario)
    assert SECRET not in repr(Access(None, (("x-api-key", SECRET),)))
    plain = scenario.model_dump(exclude_none=True)
    plain["line"][1]["deadline"] = "never"
    with pytest.raises(ValueError, match="deadline") as caught:
        Scenario.model_validate(plain)
    assert SECRET not in str(caught.value)
    assert library.load  # the same scenario by its public name
