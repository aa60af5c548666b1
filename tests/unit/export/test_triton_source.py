"""What becomes a model repository for Triton, and what is refused before TensorFlow starts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from line_sim_export.cli import command
from line_sim_export.triton.config import PYTHON, TENSORRT
from line_sim_export.triton.repository import copy_model
from line_sim_export.triton.source import source_of

from line_sim.errors import ScenarioError


def exported(folder: Path, precision: str | None = None) -> Path:
    """Make what looks like an exported version."""
    (folder / "assets.extra").mkdir(parents=True)
    (folder / "saved_model.pb").touch()
    if precision:
        (folder / "assets.extra" / "model_card.json").write_text(json.dumps({"precision": precision}))
    return folder


def export(*options: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(option) for option in options])


def test_the_newest_version_of_a_model_is_taken(tmp_path: Path) -> None:
    """By number, not by name; a draft and an empty folder are none."""
    for name in ("9", "10", ".draft-11-x"):
        exported(tmp_path / "flanges" / name)
    (tmp_path / "flanges" / "12").mkdir()
    source = source_of(tmp_path / "flanges")
    assert (source.model, source.number) == ("flanges", 10)


def test_a_version_may_be_named_itself(tmp_path: Path) -> None:
    """Then its number is the folder's, whatever newer ones there are."""
    exported(tmp_path / "flanges" / "1")
    exported(tmp_path / "flanges" / "2")
    source = source_of(tmp_path / "flanges" / "1")
    assert (source.model, source.number) == ("flanges", 1)


def test_a_folder_may_be_named_from_within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.` and `..` have names all the same."""
    exported(tmp_path / "flanges" / "4")
    monkeypatch.chdir(tmp_path / "flanges" / "4")
    found = [source_of(path) for path in (Path(), Path(".."))]
    assert [(source.model, source.number) for source in found] == [("flanges", 4)] * 2


def test_where_no_model_is_the_way_to_one_is_told(tmp_path: Path) -> None:
    """The message is a command."""
    with pytest.raises(ScenarioError, match=r"line-sim export --out .*/nothing$"):
        source_of(tmp_path / "nothing")


def test_a_version_is_not_replaced_unasked(tmp_path: Path) -> None:
    """What is there stays, and the way out is named."""
    exported(tmp_path / "flanges" / "3")
    kept = tmp_path / "triton" / "flanges" / "3" / "kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    done = export("--for", "triton", "--from", tmp_path / "flanges", "--out", tmp_path / "triton")
    assert done.exit_code == 2
    assert "--force" in done.stderr
    assert kept.exists()


def test_a_repository_of_another_backend_is_left_alone(tmp_path: Path) -> None:
    """A SavedModel of one backend in the folder of the other would be a model that does not load."""
    exported(tmp_path / "flanges" / "3", "float32")
    config = tmp_path / "triton" / "flanges" / "config.pbtxt"
    config.parent.mkdir(parents=True)
    config.write_text(PYTHON.config("flanges"))
    done = export("--for", "triton-tensorrt", "--from", tmp_path / "flanges", "--out", tmp_path / "triton")
    assert done.exit_code == 2
    assert TENSORRT.mark in done.stderr
    assert sorted(path.name for path in config.parent.iterdir()) == ["config.pbtxt"]


@pytest.mark.parametrize(
    ("server", "precision"),
    [("triton", "tensorrt-fp16"), ("triton-tensorrt", "bfloat16"), ("triton-tensorrt", "tensorrt-fp16")],
)
def test_a_precision_that_the_backend_cannot_run_is_refused(
    tmp_path: Path, server: str, precision: str
) -> None:
    """With the command that makes another one."""
    exported(tmp_path / "flanges" / "3", precision)
    done = export("--for", server, "--from", tmp_path / "flanges", "--out", tmp_path / "triton")
    assert done.exit_code == 2
    assert "--precision float32" in done.stderr
    assert not (tmp_path / "triton").exists()


def test_options_for_building_are_refused_all_at_once(tmp_path: Path) -> None:
    """They would change nothing, since nothing is built."""
    done = export("--for", "triton", "--seed", "2", "--pictures", tmp_path, "--quiet")
    assert done.exit_code == 2
    assert [line.split()[0] for line in done.stderr.removeprefix("line-sim export: ").splitlines()] == [
        "--seed",
        "--pictures",
    ]


def test_a_model_that_is_built_is_not_taken_from_anywhere() -> None:
    """--from alone says nothing about what is built."""
    done = export("--from", "models/mine")
    assert (done.exit_code, "--for triton" in done.stderr) == (2, True)


def test_triton_knows_no_version_0(tmp_path: Path) -> None:
    """Asked for, it is refused; it would be ignored there."""
    exported(tmp_path / "flanges" / "0")
    done = export("--for", "triton", "--version", "0", "--from", tmp_path / "flanges")
    assert done.exit_code == 2
    assert "begin with 1" in done.stderr


@pytest.mark.parametrize("backend", [PYTHON, TENSORRT])
def test_both_configurations_batch_and_warm_up(backend) -> None:
    """Dynamic batching is on and without the policy that makes requests lie; every bracket is closed."""
    said = [line for line in backend.config("flanges").splitlines() if not line.startswith("#")]
    text = "\n".join(said)
    assert said[:2] == ['name: "flanges"', backend.mark]
    assert "dynamic_batching { }" in said
    assert "default_queue_policy" not in text
    assert text.count("model_warmup") == 2
    assert [text.count(mark) for mark in "{["] == [text.count(mark) for mark in "}]"]


@pytest.mark.parametrize("card", [b'{"precision": "flo', b"[1]", b"\xff\xfe", b'{"precision": 16}'])
def test_a_card_that_is_half_written_is_named(tmp_path: Path, card: bytes) -> None:
    """In one line, before anything is copied."""
    (exported(tmp_path / "flanges" / "3") / "assets.extra" / "model_card.json").write_bytes(card)
    done = export("--for", "triton", "--from", tmp_path / "flanges", "--out", tmp_path / "triton")
    assert done.exit_code == 2
    assert "model_card.json" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "triton").exists()


def test_a_configuration_that_is_no_text_is_left_alone(tmp_path: Path) -> None:
    """It is not this backend's."""
    exported(tmp_path / "flanges" / "3")
    config = tmp_path / "triton" / "flanges" / "config.pbtxt"
    config.parent.mkdir(parents=True)
    config.write_bytes(b"\xff\xfe")
    done = export("--for", "triton", "--from", tmp_path / "flanges", "--out", tmp_path / "triton")
    assert done.exit_code == 2
    assert PYTHON.mark in done.stderr


@pytest.mark.parametrize(("source", "out"), [("flanges", "."), ("flanges/3", "."), ("flanges", "flanges/3")])
def test_a_model_is_not_put_into_its_own_folder(tmp_path: Path, source: str, out: str) -> None:
    """Not even by force: its version would be replaced by Triton's, which no other server takes."""
    there = exported(tmp_path / "flanges" / "3")
    done = export("--for", "triton", "--from", tmp_path / source, "--out", tmp_path / out, "--force")
    assert done.exit_code == 2
    assert "give another --out" in done.stderr
    assert (there / "saved_model.pb").exists()


def test_a_version_beyond_64_bits_is_refused(tmp_path: Path) -> None:
    """Told, or the folder's own."""
    exported(tmp_path / "flanges" / str(2**63))
    for version in ([], ["--version", str(2**64)]):
        done = export("--for", "triton", "--from", tmp_path / "flanges", "--out", tmp_path / "t", *version)
        assert done.exit_code == 2
        assert str(2**63 - 1) in done.stderr


def test_a_name_is_told_as_it_is(tmp_path: Path) -> None:
    """Quotes and backslashes as protobuf's text has them; what cannot be printed is refused."""
    assert r'name: "5\" \\ ü"' in PYTHON.config('5" \\ ü').splitlines()
    exported(tmp_path / "a\nb" / "3")
    done = export("--for", "triton", "--from", tmp_path / "a\nb", "--out", tmp_path / "triton")
    assert done.exit_code == 2
    assert "another name" in done.stderr


def test_a_copy_that_fails_has_one_reason(tmp_path: Path) -> None:
    """As of a full disk; here two files are links to nothing. It was a list of pairs of paths."""
    folder = exported(tmp_path / "flanges" / "3")
    for name in ("a", "b"):
        (folder / name).symlink_to("nowhere")
    with pytest.raises(OSError, match=r"flanges/3 cannot be copied: \[Errno 2\] No such file") as caught:
        copy_model(folder, tmp_path / "copy")
    assert str(caught.value).count("Errno") == 1
