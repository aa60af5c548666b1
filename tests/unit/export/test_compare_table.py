"""Comparing ways to ask a network: turns, quantiles, ratios, agreement, refusals."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from line_sim_export.compare.cli import command, newest_version
from line_sim_export.compare.rounds import Answer, Measured, measure
from line_sim_export.compare.table import cells, ratio_of_medians, row_of, rows_of
from PIL import Image

GOOD = Answer("good", 0.9)


def told(log: list[str], name: str) -> Callable[[], Answer]:
    """Make a way to ask that notes when it is asked."""

    def ask() -> Answer:
        log.append(name)
        return GOOD

    return ask


def test_every_round_asks_in_every_way_and_begins_with_the_next() -> None:
    """Order rotates; warm-up rounds give answers and no latencies."""
    log: list[str] = []
    clock = count(step=5)
    asks = {name: told(log, name) for name in "abc"}
    done: list[None] = []
    found = measure(asks, 1, 2, lambda: done.append(None), lambda: next(clock))
    assert log == [*"abc", *"bca", *"cab"]
    assert len(done) == 3
    assert found == {name: Measured([5, 5], [GOOD] * 3) for name in "abc"}


def test_a_way_that_says_something_else_is_told() -> None:
    """One label of three differs, and the scores by a quarter at most."""
    eager = Measured([10, 10, 10], [GOOD] * 3)
    other = Measured([20, 20, 20], [GOOD, Answer("stain", 0.65), Answer("good", 0.8)])
    row = row_of("other", other, eager)
    assert (row.agreed, row.asked) == (2, 3)
    assert row.largest_difference == pytest.approx(0.25)
    assert (row.ratio.value, row.ratio.low, row.ratio.high) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize(("n", "bracketed"), [(5, 0), (6, 1), (36, 2), (368, 3)])
def test_an_interval_is_given_from_the_least_number_of_calls_that_allows_it(n: int, bracketed: int) -> None:
    """The order statistics of n calls hold the median's interval from 6 on, p90's from 36, p99's from 368."""
    steady = [1_000_000 * (151 * k % n + 1) for k in range(n)]  # no neighbour tells of the next
    measured = Measured(steady, [GOOD] * n)
    (row,) = rows_of({"eager": measured})
    assert sum("[" in cell for cell in cells(row)[2:5]) == bracketed


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40), st.integers(2, 9))
def test_what_takes_k_times_as_long_in_every_round_has_the_ratio_k(latencies: list[int], factor: int) -> None:
    """Rounds are resampled in pairs: noise that all ways share does not widen the interval."""
    ratio = ratio_of_medians([factor * latency for latency in latencies], latencies)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((factor, factor, factor))


def test_the_newest_version_is_the_greatest_number(tmp_path: Path) -> None:
    """Version 10 is newer than 9; what is no number is no version."""
    for name in ("9", "10", ".draft-11-x"):
        (tmp_path / name).mkdir()
    assert newest_version(tmp_path).name == "10"


def picture(path: Path, kind: str) -> Path:
    """Write a small grey picture."""
    Image.new("RGB", (8, 8), "grey").save(path, kind)
    return path


def test_a_picture_that_is_not_there_or_damaged_is_refused_with_2(tmp_path: Path) -> None:
    """The message names the file and what is wanted."""
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "cut.jpg").write_bytes(picture(tmp_path / "whole.jpg", "JPEG").read_bytes()[:-300])
    pictures = ["none.jpg", "text.jpg", "cut.jpg", "."]
    for name in pictures:
        result = CliRunner().invoke(command, [str(tmp_path / name)])
        assert result.exit_code == 2, name
        assert str(tmp_path / name) in result.output
        assert "give a JPEG, PNG, TIFF, BMP, WebP or GIF" in result.output


def test_without_a_model_the_export_is_named_with_3(tmp_path: Path) -> None:
    """As with a run whose embedded server has nothing to serve."""
    jpeg = picture(tmp_path / "part.jpg", "JPEG")
    result = CliRunner().invoke(command, [str(jpeg), "--model", str(tmp_path / "nothing")])
    assert result.exit_code == 3
    assert f"line-sim export --out {tmp_path / 'nothing'}" in result.output
