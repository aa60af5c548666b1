"""Features on disk: found again by content, whole after any interruption, one export at a time."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_sim_export.pictures.feature_store import opened

from line_sim.errors import ScenarioError

WIDTH = 3
DIGESTS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(5)]
ROWS = np.arange(5 * WIDTH, dtype=np.float32).reshape(5, WIDTH)


@given(rows=st.integers(0, ROWS.nbytes), digests=st.integers(0, 65 * 5))
def test_what_was_cut_off_is_computed_again_and_nothing_else(rows: int, digests: int) -> None:
    """However much of both files was written, the pictures that are known have their own rows."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with opened(folder, WIDTH) as store:
            store.add(DIGESTS, ROWS)
        for file, length in (("rows.f32", rows), ("digests.txt", digests)):
            with (folder / file).open("r+b") as cut:
                cut.truncate(length)
        with opened(folder, WIDTH) as store:
            missing = [place for place, digest in enumerate(DIGESTS) if digest not in store]
            assert len(missing) == 5 - min(rows // (4 * WIDTH), digests // 65)
            store.add([DIGESTS[place] for place in missing], ROWS[missing])
            assert (store.read(store.places(DIGESTS)) == ROWS).all()


def test_two_exports_do_not_write_into_one_store(tmp_path: Path) -> None:
    """The second one is told what it can do."""
    with (
        opened(tmp_path, WIDTH),
        pytest.raises(ScenarioError, match="another export is keeping features in"),
        opened(tmp_path, WIDTH),
    ):
        pass


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The message names the option and the folder."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ScenarioError, match="--cache: features cannot be kept in"),
        opened(tmp_path / "file", 1),
    ):
        pass
