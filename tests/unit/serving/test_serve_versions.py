"""Which versions are served, and how long somebody is waited for; neither needs a model."""

from pathlib import Path

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_sim_serving.inference.patience import FOR_EVER, Patience
from line_sim_serving.inference.refusal import Refusal
from line_sim_serving.models.versions import VersionPolicy, complaint_about, find_versions

Code = grpc.StatusCode
VERSIONS = st.sets(st.integers(0, 2**63 - 1), max_size=12)


@given(VERSIONS, st.integers(1, 15))
def test_the_latest_are_the_highest(found: set[int], number: int) -> None:
    """As many as are wanted and there, highest first, and none that is left out is higher."""
    chosen = VersionPolicy(latest=number).choose(found)
    assert len(chosen) == min(number, len(found))
    assert chosen == sorted(chosen, reverse=True)
    assert all(out < min(chosen) for out in found - set(chosen))


@given(VERSIONS, VERSIONS)
def test_specific_versions_are_those_that_are_there(found: set[int], wanted: set[int]) -> None:
    """What was named and is there is served; all means all."""
    assert set(VersionPolicy(specific=frozenset(wanted)).choose(found)) == found & wanted
    assert set(VersionPolicy(latest=None).choose(found)) == found


def test_versions_are_folders_named_by_numbers(tmp_path: Path) -> None:
    """Leading zeros count for nothing; files, other names and numbers beyond int64 are no versions."""
    for name in ("0", "00000123", "7a", "-1", "tmp", str(2**63)):
        (tmp_path / name).mkdir()
    (tmp_path / "5").write_text("a file")
    assert find_versions(tmp_path) == {0: tmp_path / "0", 123: tmp_path / "00000123"}


@pytest.mark.parametrize(
    ("found", "policy", "text"),
    [
        (
            None,
            VersionPolicy(),
            (
                "FileSystemStoragePathSource encountered a filesystem access error: "
                "Could not find base path /m for servable x"
            ),
        ),
        (
            {},
            VersionPolicy(),
            (
                "No versions of servable x found under base path /m. Did you forget to name your leaf "
                "directory as a number (eg. '/1/')?"
            ),
        ),
        (
            {1: Path("/m/1")},
            VersionPolicy(specific=frozenset({1, 2})),
            (
                "Version 2 of servable x, which was requested to be served as a 'specific' version in the "
                "servable's version policy, was not found in the file system"
            ),
        ),
        ({1: Path("/m/1")}, VersionPolicy(), ""),
    ],
)
def test_what_is_missing_is_said(found: dict[int, Path] | None, policy: VersionPolicy, text: str) -> None:
    """In the words that people look for in TensorFlow Serving's log."""
    assert complaint_about("x", Path("/m"), found, policy) == text


def test_patience_ends_with_the_deadline_or_the_client() -> None:
    """What is left is at least a millisecond; 0 is for ever."""
    assert FOR_EVER.left_ms() == 0
    assert 0 < Patience.of(60).left_ms() <= 60_000
    for patience, code in (
        (Patience.of(0), Code.DEADLINE_EXCEEDED),
        (Patience(None, lambda: False), Code.CANCELLED),
    ):
        with pytest.raises(Refusal) as caught:
            patience.left_ms()
        assert caught.value.code is code


def test_a_versions_own_folder_is_one_level_too_deep(tmp_path: Path) -> None:
    """Whoever names the version's folder instead of the model's is told which one to name."""
    version = tmp_path / "judge" / "1"
    version.mkdir(parents=True)
    (version / "saved_model.pb").touch()
    text = complaint_about("judge", version, {}, VersionPolicy())
    assert text.endswith(f"{version} is a version's folder, the model's folder is {version.parent}")


def test_a_version_needs_a_number_for_a_name(tmp_path: Path) -> None:
    """A model in a folder called v1 is found, and how to name it said."""
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "saved_model.pb").touch()
    text = complaint_about("judge", tmp_path, {}, VersionPolicy())
    assert text.endswith(f"{tmp_path / 'v1'} holds a model: name it by a number, such as {tmp_path / '1'}")
