"""The folders of a study's runs: whole or not there, whoever makes them, and however often."""

import pytest

from line_sim.errors import ScenarioError
from line_sim.study.replications.places import signed_folder, whole_folder


def write(place, text):
    """Do as a run does, which makes its folder itself."""
    place.mkdir()
    (place / "items.csv").write_text(text)


def fails(place, sign):
    """Come half the way."""
    with whole_folder(place, sign) as fresh:
        write(fresh, "half")
        raise OSError("the disk is full")


def test_a_run_has_its_name_once_it_is_whole(tmp_path):
    """Until then its files are beside it."""
    with signed_folder(tmp_path / "study") as sign:
        place = tmp_path / "study" / "replication-001"
        with whole_folder(place, sign) as fresh:
            write(fresh, "all")
            assert not place.exists()
        assert (place / "items.csv").read_text() == "all"
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["replication-001"]


def test_a_run_that_was_begun_twice_is_there_once(tmp_path):
    """Who is over first has it; the other leaves nothing."""
    with signed_folder(tmp_path, ["a"]) as sign:
        place = tmp_path / "a" / "replication-001"
        with whole_folder(place, sign) as slow:
            write(slow, "slow")
            with whole_folder(place, sign) as quick:
                write(quick, "quick")
    assert (place / "items.csv").read_text() == "quick"
    assert list((tmp_path / "a").iterdir()) == [place]


def test_what_a_killed_worker_left_is_removed_at_the_end(tmp_path):
    """It has no name that anybody looks for; a run that failed has, so that one sees why."""
    with signed_folder(tmp_path, ["a", "b"]) as sign:
        write(tmp_path / "a" / ".replication-001.0123456789abcdef.part", "half")
        with pytest.raises(OSError, match="full"):
            fails(tmp_path / "b" / "replication-002", sign)
    assert [path.name for path in tmp_path.rglob("*.csv")] == ["items.csv"]
    assert list(tmp_path.iterdir()) == [tmp_path / "b"]
    assert (tmp_path / "b" / "replication-002" / "items.csv").exists()


def test_a_machine_that_does_not_see_the_folder_says_so(tmp_path):
    """A folder of the same name is not enough."""
    (tmp_path / "study").mkdir()
    with pytest.raises(ScenarioError, match=r"does not see the study's folder .*study: .*choose an --out"):
        whole_folder(tmp_path / "study" / "replication-001", tmp_path / "study" / ".seen.01").__enter__()
    assert list((tmp_path / "study").iterdir()) == []
