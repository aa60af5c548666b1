"""The tables of kinds: what a row brings with it, and that nothing of it can be left out."""

import inspect
from typing import Any

import pytest
from every_kind import example_gateways, example_images, one_part
from pydantic import ValidationError

from line_sim.report.diagram import diagram
from line_sim.scenario import Scenario, dump, json_schema, loads
from line_sim.scenario.fields import key_of
from line_sim.scenario.gateways.kinds import KINDS as GATEWAYS
from line_sim.scenario.images.kinds import KINDS as IMAGES


def named_in_schema(record: str, key: str) -> set[str]:
    """Return the keys that tell the forms of a property in the JSON Schema apart."""
    schema = json_schema()["$defs"]
    forms = schema[record]["properties"][key]["oneOf"]
    return {name for form in forms for name in schema[form["$ref"].removeprefix("#/$defs/")]["required"]}


@pytest.mark.parametrize("key", GATEWAYS)
def test_every_kind_of_gateway_is_read_told_and_written(tmp_path, key):
    """By its key a mapping is that kind; the diagram has its words; it reads back as it was."""
    scenario = one_part({key: example_gateways(tmp_path)[key]})
    (inspection,) = scenario.inspections
    assert type(inspection.gateway) is GATEWAYS[key]
    assert f"wait for {inspection.gateway.words}" in diagram(scenario)
    assert inspection.gateway.words
    assert scenario.live == GATEWAYS[key].live == (inspection.deadline is not None)
    assert loads(dump(scenario)) == scenario


@pytest.mark.parametrize("key", IMAGES)
def test_every_kind_of_pictures_is_read_told_and_written(tmp_path, key):
    """By its key a mapping is that kind; it has words; it reads back as it was."""
    scenario = one_part({"modelled": {"service": 0}}, {key: example_images(tmp_path)[key]})
    assert type(scenario.product.images) is IMAGES[key]
    assert scenario.product.images.words
    assert loads(dump(scenario)) == scenario


@pytest.mark.parametrize("kind", [*GATEWAYS.values(), *IMAGES.values()])
def test_no_kind_leaves_anything_out(kind):
    """A final class without an abstract part, known by its only key: what is missing is seen."""
    assert not inspect.isabstract(kind)
    assert kind.__final__
    assert list(kind.model_fields) == [key_of(kind)]


def test_the_schema_has_every_kind():
    """An editor completes each of them."""
    assert named_in_schema("Inspection", "gateway") == set(GATEWAYS)
    assert named_in_schema("Product", "images") == set(IMAGES)


@pytest.mark.parametrize(
    ("gateway", "images", "said"),
    [
        ({"telepathy": {}}, None, f"it must be a mapping with one of {', '.join(GATEWAYS)}"),
        ({}, {"dream": "flange"}, f"it must be {' or '.join(kind.written for kind in IMAGES.values())}"),
    ],
)
def test_an_unknown_kind_is_refused_with_all_that_are_known(gateway, images, said):
    """The message is made of the table."""
    with pytest.raises(ValidationError) as caught:
        one_part(gateway or {"modelled": {"service": 0}}, images)
    assert said in [mistake["msg"] for mistake in caught.value.errors()]


@pytest.mark.parametrize(
    ("key", "passes"),
    [
        *(("grpc", True), ("rest", True), ("kserve", True), ("modelled", True)),
        *(("calibrated", True), ("server", True), ("replay", False)),
    ],
)
def test_an_endless_line_needs_an_answer_that_takes_time(tmp_path, key, passes):
    """Each kind says for itself whether line time is sure to pass."""
    written: dict[str, Any] = one_part({key: example_gateways(tmp_path)[key]}).model_dump(exclude_none=True)
    written |= {"run": {"duration": "1 s"}, "arrivals": {"saturated": True}}
    if passes:
        assert Scenario.model_validate(written)
    else:
        with pytest.raises(ValidationError, match="it would never pass"):
            Scenario.model_validate(written)
