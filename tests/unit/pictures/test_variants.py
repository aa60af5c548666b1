"""Each variant's pictures come from its own images."""

from every_kind import example_images
from PIL import Image
from stories import camera
from variant_lines import product, scenario_of

from line_sim.chance.chance import Chance
from line_sim.line.mix.parts import maker_of
from line_sim.pictures.opening import glance_at_pictures, picture_source, pictures_of
from line_sim.scenario import Scenario

LIVE = {"grpc": {"target": "127.0.0.1:1"}}


def line(folder, gateway) -> Scenario:
    """Return a line of flanges (A) and of parts whose pictures lie in a folder (B), in turn."""
    made = product(1, A={"share": 0.5}, B={"share": 0.5, "images": {"folder": str(folder)}})
    made["defect_rate"] = 1.0
    return scenario_of(camera(gateway=gateway), made=made, review={"time": 0})


def test_a_part_is_seen_in_its_variants_pictures(tmp_path):
    """A is drawn, and has a kind of defect; B is the file of its folder, and has none."""
    example_images(tmp_path)
    Image.new("RGB", (9, 9)).save(tmp_path / "defective" / "one.jpg")
    (tmp_path / "defective" / "one.png").unlink()
    scenario = line(tmp_path, LIVE)
    pictures = picture_source(scenario)
    maker = maker_of(Chance(0), scenario.product, pictures.defect_kinds)
    first, second = maker.make(1), maker.make(2)
    assert (first.variant, second.variant) == ("A", "B")
    assert (bool(first.defect), second.defect) == (True, "")
    assert pictures.picture(2, "defective", "") == (tmp_path / "defective" / "one.jpg").read_bytes()
    assert len(pictures.picture(1, "defective", first.defect)) > 1000


def test_files_that_nobody_looks_at_are_left_alone(tmp_path):
    """With a modelled server the drawn ones still know their kinds of defect; the folder is not opened."""
    example_images(tmp_path)
    (tmp_path / "good" / "one.png").write_text("no picture")
    scenario = line(tmp_path, {"modelled": {"service": 0}})
    kinds = picture_source(scenario).defect_kinds.values
    assert (len(kinds[0]) > 0, kinds[1]) == (True, ())
    assert glance_at_pictures(scenario) == []


def test_one_source_for_all_is_that_source(tmp_path):
    """Variants that all show the same need no more than it."""
    scenario = scenario_of(camera(), made=product(), review={"time": 0})
    assert pictures_of(scenario).defect_kinds == picture_source(scenario).defect_kinds
    assert isinstance(picture_source(scenario).defect_kinds, tuple)
