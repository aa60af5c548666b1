"""Several models from a configuration: policies, labels, reloading, and what cannot be started with."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from serving_stories import (
    MODEL,
    copy_in,
    eventually,
    predict,
    refusal,
    refused,
    reload,
    reload_request,
    request_for,
    states_of,
)

from line_sim.inspection.servers.embedded import EmbeddedServer

pytestmark = pytest.mark.server
Code = grpc.StatusCode


def entry(name: str, base: Path, more: str = "") -> str:
    """Write one model of a configuration, in the dialect of TensorFlow Serving's documents."""
    return f"""config: {{ name: "{name}", base_path: '{base}', model_platform: "tensorflow" {more} }}"""


def configured(path: Path, *entries: str) -> Path:
    """Write a configuration file, by one rename."""
    half = path.with_suffix(".half")
    half.write_text(f"# models\nmodel_config_list {{\n{chr(10).join(entries)}\n}}\n")
    half.rename(path)
    return path


def flags_for(config: Path, *more: str) -> list[str]:
    """Give the flags of a server that is configured by a file and looks often."""
    return [
        f"--model_config_file={config}",
        "--file_system_poll_wait_seconds=0.1",
        "--allow_reload_config",
        *more,
    ]


@pytest.fixture
def two(models: Path, base: Path) -> Path:
    """A model folder with versions 1 and 2."""
    copy_in(models / "tiny" / "2", base / "2")
    return base


def named(model: str, *, version: int | None = None, label: str = "") -> Any:
    """Write a request that counts, for a model's version."""
    request = request_for("count")
    request.model_spec.name = model
    if version is not None:
        request.model_spec.version.value = version
    if label:
        request.model_spec.version_label = label
    return request


def version_of(server: EmbeddedServer, request: Any) -> int:
    """Ask, and tell which version answered."""
    return int(predict(server, request).model_spec.version.value)


def test_policies_say_which_versions_are_served(two: Path, tmp_path: Path) -> None:
    """The latest, all, and the ones that were named; the highest is asked where no version is."""
    config = configured(
        tmp_path / "models.config",
        entry("newest", two),
        entry("both", two, "model_version_policy { all {} }"),
        entry("two_newest", two, "model_version_policy: { latest: { num_versions: 2 } }"),
        entry("old", two, "model_version_policy { specific { versions: 1 } }"),
    )
    with EmbeddedServer("unused", two, arguments=flags_for(config)) as server:
        assert eventually(lambda: states_of(server.target, "both") == {1: "AVAILABLE", 2: "AVAILABLE"})
        assert eventually(lambda: states_of(server.target, "two_newest") == {1: "AVAILABLE", 2: "AVAILABLE"})
        assert states_of(server.target, "newest") == {2: "AVAILABLE"}
        assert states_of(server.target, "old") == {1: "AVAILABLE"}
        assert version_of(server, named("both")) == 2
        assert version_of(server, named("both", version=1)) == 1
        assert version_of(server, named("old")) == 1
        assert refusal(server, named("old", version=2)) == (
            "NOT_FOUND",
            "Servable not found for request: Specific(old, 2)",
        )
        assert refusal(server, named("unused"))[0] == "NOT_FOUND"


def test_labels_name_versions(two: Path, tmp_path: Path) -> None:
    """At the start they need leave to point to what is not loaded yet; an unknown one is refused."""
    labels = """model_version_policy { all {} } version_labels { key: "stable" value: 1 }"""
    config = configured(tmp_path / "models.config", entry("tiny", two, labels))
    leave = "--allow_version_labels_for_unavailable_models"
    with EmbeddedServer("tiny", two, arguments=flags_for(config, leave)) as server:
        assert eventually(lambda: states_of(server.target, "tiny") == {1: "AVAILABLE", 2: "AVAILABLE"})
        assert version_of(server, named("tiny", label="stable")) == 1
        assert refusal(server, named("tiny", label="canary")) == (
            "INVALID_ARGUMENT",
            "Unrecognized servable version label: canary",
        )
        every = {"name": "tiny", "base_path": str(two), "model_version_policy": {"all": {}}}
        reload(server, {**every, "version_labels": {"stable": 2, "canary": 2}})
        assert version_of(server, named("tiny", label="stable")) == 2
        moved_away = reload_request({**every, "version_labels": {"stable": 9}})
        assert refused(server, MODEL + "HandleReloadConfigRequest", moved_away) == (
            "FAILED_PRECONDITION",
            (
                "Request to assign label to version 9 of model tiny, "
                "which is not currently available for inference"
            ),
        )
        assert version_of(server, named("tiny", label="canary")) == 2


def test_a_new_list_replaces_the_old(two: Path, server_of_two: EmbeddedServer) -> None:
    """New models answer when the call returns; what is listed no longer goes, and is remembered."""
    server = server_of_two
    response = reload(server, {"name": "other", "base_path": str(two)})
    assert (response.status.error_code, response.status.error_message) == (0, "")
    assert version_of(server, named("other")) == 2
    assert eventually(lambda: states_of(server.target, "tiny") == {2: "END"})
    assert refusal(server, named("tiny"))[0] == "NOT_FOUND"
    reload(server, {"name": "tiny", "base_path": str(two)})
    assert version_of(server, named("tiny")) == 2
    assert reload(server).status.error_code == 0
    assert eventually(lambda: states_of(server.target, "tiny") == {2: "END"})


@pytest.fixture(scope="module")
def running(models: Path) -> Iterator[EmbeddedServer]:
    """One server for all tests that only change its list, which gives up a bad load at once."""
    flags = ["--file_system_poll_wait_seconds=0.1", "--allow_reload_config"]
    with EmbeddedServer("tiny", models / "tiny", arguments=flags) as server:
        yield server


@pytest.fixture
def server_of_two(running: EmbeddedServer, two: Path) -> EmbeddedServer:
    """The server with nothing but the newest version of `tiny` on its list."""
    reload(running, {"name": "tiny", "base_path": str(two)})
    return running


def test_a_list_that_is_refused_changes_nothing(two: Path, server_of_two: EmbeddedServer) -> None:
    """Each mistake has TensorFlow Serving's text, and the models go on."""
    good = {"name": "tiny", "base_path": str(two)}
    empty = reload_request()
    empty.config.ClearField("model_config_list")
    mistakes = [
        (
            empty,
            (
                "ServerModelConfig type not supported by HandleReloadConfigRequest. "
                "Only ModelConfigList is currently supported"
            ),
        ),
        (reload_request(good, good), "Illegal to list model tiny multiple times in config list"),
        (
            reload_request({**good, "base_path": "models/tiny"}),
            "Expected model tiny to have an absolute path or URI; got base_path()=models/tiny",
        ),
        (
            reload_request({**good, "model_platform": ""}),
            (
                "Illegal setting neither ModelServerConfig::model_type (deprecated) "
                "nor ModelServerConfig::model_platform, model name is tiny"
            ),
        ),
        (
            reload_request({**good, "name": "new", "model_platform": "caffe"}),
            "Model new requests unsupported platform caffe",
        ),
        (
            reload_request({**good, "model_platform": "caffe"}),
            (
                "Illegal to change a model's platform. For model tiny platform was tensorflow "
                "and new platform requested is caffe"
            ),
        ),
    ]
    for request, text in mistakes:
        told = refused(server_of_two, MODEL + "HandleReloadConfigRequest", request)
        assert told == ("INVALID_ARGUMENT", text)
    assert version_of(server_of_two, named("tiny")) == 2


def test_a_new_model_that_fails_is_told(two: Path, tmp_path: Path, server_of_two: EmbeddedServer) -> None:
    """The call ends with the reason; the other models of the list are served."""
    broken = tmp_path / "broken" / "7"
    broken.mkdir(parents=True)
    request = reload_request(
        {"name": "broken", "base_path": str(broken.parent)}, {"name": "tiny", "base_path": str(two)}
    )
    code, text = refused(server_of_two, MODEL + "HandleReloadConfigRequest", request)
    assert code == "UNKNOWN"
    assert text.startswith("1 model(s) did not become available: {{{name: broken version: 7} due to error: ")
    assert version_of(server_of_two, named("tiny")) == 2


def test_a_model_that_never_comes_holds_up_nobody(
    two: Path, tmp_path: Path, server_of_two: EmbeddedServer
) -> None:
    """Whoever waits for it waits for its deadline; other lists are served meanwhile."""
    nowhere = {"name": "nowhere", "base_path": str(tmp_path / "nowhere")}
    request = reload_request(nowhere, {"name": "tiny", "base_path": str(two)})
    told: list[str] = []
    method = MODEL + "HandleReloadConfigRequest"
    waiting = threading.Thread(
        target=lambda: told.append(refused(server_of_two, method, request, timeout=3)[0])
    )
    waiting.start()
    assert version_of(server_of_two, named("tiny")) == 2
    waiting.join(60)
    assert told == ["DEADLINE_EXCEEDED"]
    reload(server_of_two, {"name": "another", "base_path": str(two)})
    assert version_of(server_of_two, named("another")) == 2


def test_the_file_is_read_again(two: Path, tmp_path: Path) -> None:
    """What it says is followed; while it is broken, what it said before."""
    config = configured(tmp_path / "models.config", entry("first", two))
    flags = flags_for(config, "--model_config_file_poll_wait_seconds=0.2")
    log = tmp_path / "serve.log"
    with EmbeddedServer("unused", two, arguments=flags, log=log) as server:
        config.write_text("model_config_list { this is not it }")
        assert eventually(lambda: "Error parsing text-format" in log.read_text())
        assert version_of(server, named("first")) == 2
        configured(config, entry("first", two, "model_version_policy { specific { versions: 1 } }"))
        assert eventually(lambda: states_of(server.target, "first") == {1: "AVAILABLE", 2: "END"})
        configured(config, entry("second", two))
        assert eventually(lambda: states_of(server.target, "second") == {2: "AVAILABLE"})
        assert eventually(lambda: states_of(server.target, "first") == {1: "END", 2: "END"})


def test_one_bad_version_stops_no_other(two: Path) -> None:
    """With all versions served, the broken one is END with its error, and the others answer."""
    (two / "3").mkdir()
    config = configured(two.with_name("models.config"), entry("tiny", two, "model_version_policy { all {} }"))
    with EmbeddedServer("tiny", two, arguments=flags_for(config)) as server:
        expected = {1: "AVAILABLE", 2: "AVAILABLE", 3: "END"}
        assert eventually(lambda: states_of(server.target, "tiny") == expected)
        assert version_of(server, named("tiny")) == 2
        shutil.rmtree(two / "1")
        expected[1] = "END"
        assert eventually(lambda: states_of(server.target, "tiny") == expected)


def started(*flags: str) -> "subprocess.CompletedProcess[str]":
    """Start a server that cannot start."""
    return subprocess.run(
        [sys.executable, "-m", "line_sim_serving", "--host=127.0.0.1", "--port=0", "--announce_port", *flags],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "told", "detail"),
    [
        (
            "model_config_list { config { nme: 'x' } }",
            "INVALID_ARGUMENT: Invalid protobuf file: '{path}'",
            "Error parsing text-format tensorflow.serving.ModelServerConfig: 1:30: ",
        ),
        (
            (
                "model_config_list { config { name: 'x' base_path: '/x' model_platform: 'tensorflow' "
                "version_labels { key: 'a' value: 1 } } }"
            ),
            (
                "FAILED_PRECONDITION: Request to assign label to version 1 of model x, "
                "which is not currently available for inference"
            ),
            "",
        ),
    ],
    ids=["unreadable", "label"],
)
def test_a_configuration_that_cannot_be_started_with(
    tmp_path: Path, text: str, told: str, detail: str
) -> None:
    """Exit code 255, the reason where TensorFlow Serving says it, and the place in the file."""
    path = tmp_path / "models.config"
    path.write_text(text)
    # with --announce_port, stdout belongs to the announcement, and all else goes to stderr
    done = started(f"--model_config_file={path}")
    assert done.returncode == 255
    assert f"Failed to start server. Error: {told.format(path=path)}\n" in done.stderr
    assert detail in done.stderr


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    """It is said which file."""
    done = started(f"--model_config_file={tmp_path / 'none'}")
    assert done.returncode == 255
    assert f"Error: NOT_FOUND: {tmp_path / 'none'}; No such file or directory" in done.stderr


def test_a_model_that_cannot_be_loaded_ends_the_start(tmp_path: Path) -> None:
    """With its name, version and error, once all tries have failed."""
    (tmp_path / "broken" / "4").mkdir(parents=True)
    done = started(
        "--model_name=broken",
        f"--model_base_path={tmp_path / 'broken'}",
        "--max_num_load_retries=1",
        "--load_retry_interval_micros=1000",
    )
    assert done.returncode == 255
    assert (
        "Failed to start server. Error: UNKNOWN: 1 servable(s) did not become available: "
        "{{{name: broken version: 4} due to error: " in done.stderr
    )
    assert done.stderr.count("Loading servable {name: broken version: 4} failed") == 2


def test_flags_that_do_not_go_together_end_as_there() -> None:
    """On stdout, with 255, in TensorFlow Serving's words."""
    done = subprocess.run(
        [sys.executable, "-m", "line_sim_serving"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (
        255,
        (
            "Failed to start server. Error: INVALID_ARGUMENT: Both server_options.model_base_path and "
            "server_options.model_config_file are empty!\n"
        ),
    )
