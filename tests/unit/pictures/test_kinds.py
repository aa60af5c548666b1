"""Every kind of pictures that a scenario may have can be made."""

import pickle

import pytest
from every_kind import example_images, one_part

from line_sim.pictures.kinds import source_of
from line_sim.pictures.opening import picture_source
from line_sim.scenario.images.kinds import KINDS

JPEG = b"\xff\xd8"


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_is_made(tmp_path, key):
    """A good part has a JPEG; a copy of the source in another process makes the same."""
    images = one_part({"modelled": {"service": 0}}, {key: example_images(tmp_path)[key]}).product.images
    source = source_of(images, 7)
    picture = source.picture(1, "good", "")
    assert picture.startswith(JPEG)
    assert pickle.loads(pickle.dumps(source)).picture(1, "good", "") == picture  # noqa: S301 - our own


@pytest.mark.parametrize("key", KINDS)
def test_files_that_nobody_looks_at_are_left_alone(tmp_path, key):
    """Drawn pictures know the kinds of defect of a modelled line's parts; files are not even opened."""
    scenario = one_part({"modelled": {"service": 0}}, {key: example_images(tmp_path)[key]})
    (tmp_path / "good" / "one.png").write_text("no picture")
    assert (picture_source(scenario) is None) == scenario.product.images.from_files
