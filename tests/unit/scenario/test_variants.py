"""Variants as a scenario says them: read, written back, and every mistake told where it stands."""

import pytest
from pydantic import ValidationError
from stories import camera, press
from variant_lines import product, scenario_of

from line_sim.errors import ScenarioError
from line_sim.scenario import dump, json_schema, loads
from line_sim.scenario.mix.mix import Mix

TEXT = """\
version: 1
name: mix
run: {items: 3}
arrivals: {every: 1}
product:
  sequence: {batches: 5}
  variants:
    A: {share: 0.7, defect_rate: 0.02}
    B: {share: 0.3}
line:
  - station: mill
    cycle: {by_variant: {A: 18 s, B: {exponential: {mean: 24 s}}}}
    changeover: {uniform: {low: 4 min, high: 6 min}}
"""


def mistakes(*overrides):
    """Return what is wrong with the scenario above with some overrides, a line each."""
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT, "t.yaml", overrides)
    return str(caught.value).splitlines()


def test_what_is_read_is_written_back():
    """A dump loads to an equal scenario; one that says nothing of variants does not name them."""
    scenario = loads(TEXT)
    assert loads(dump(scenario)) == scenario
    assert hash(loads(dump(scenario))) == hash(scenario)
    plain = dump(scenario_of(press(1), made={}))
    assert not any(f"{word}:" in plain for word in ("variants", "by_variant", "sequence", "changeover"))


def test_a_time_by_variant_knows_the_mix():
    """Its mean is over all parts: 0.7 of 18 s and 0.3 of 24 s."""
    scenario = loads(TEXT)
    assert scenario.line[0].cycle.mean_ns == pytest.approx(19.8e9)
    assert scenario.product.mix == Mix(("A", "B"), (0.7, 0.3), 5)


def test_what_a_variant_does_not_say_is_as_the_product_says():
    """Defect rate and pictures."""
    scenario = loads(TEXT, overrides=["product.defect_rate=0.1"])
    assert scenario.product.defect_rates.values == (0.02, 0.1)
    assert scenario.product.mean_defect_rate == pytest.approx(0.7 * 0.02 + 0.3 * 0.1)


def test_shares_may_be_rounded():
    """To a millionth; they are taken in proportion."""
    made = product(1, A={"share": 0.333333}, B={"share": 0.666667})
    assert sum(scenario_of(press(1), made=made).product.mix.shares) == 1


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "product.variants.A.share=0.6",
            "product.variants is {A: {share: 0.6, defect_rate: 0.02}, B: {share: 0.3}}; the shares add up to 0.9; they must add up to 1",  # noqa: E501 - one message
        ),
        (
            "line.0.cycle={by_variant: {A: 1, C: 2}}",
            "line[0].cycle.by_variant.C is 2; there is no variant of that name; the variants are A, B",
        ),
        (
            "line.0.cycle={by_variant: {A: 1}}",
            "line[0].cycle.by_variant is {A: 1}; it says nothing of B; each of A, B needs its time",
        ),
        (
            "product.sequence=random",
            "product.sequence is random; it must be mixed, or a mapping such as {batches: 50}",
        ),
        ("line.0.cycle={by_variant: 3}", "line[0].cycle.by_variant is 3; it must be a mapping"),
        ("line.0.cycle.by_variant.A=-1", "line[0].cycle.by_variant.A is -1; it must be 0 or more"),
        ("product.variants={}", "product.variants is {}; it must have at least one entry"),
        ("product.variants.B.share=0", "product.variants.B.share is 0; it must be greater than 0"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(override, message):
    """Each where it stands."""
    assert any(line.endswith(f": {message}") for line in mistakes(override))


def test_what_needs_variants_says_so():
    """Without any: the order, the times by variant and the set-ups."""
    told = mistakes("product.variants=null")
    assert [message.split(": ")[1].partition(" is ")[0] for message in told] == [
        "product.sequence",
        "line[0].cycle.by_variant",
        "line[0].changeover",
    ]
    assert all("write them under product.variants" in message for message in told)


def test_every_time_of_a_part_may_be_by_variant():
    """Pictures and looks, too; a name that is none is refused there as well."""
    time = {"by_variant": {"A": 1, "B": 2}}
    line = camera(acquisition=time)
    assert scenario_of(line, made=product(), review={"time": time}).review.time.mean_ns == 1.5e9
    with pytest.raises(ValidationError, match="no variant of that name"):
        scenario_of(line, made=product(), review={"time": {"by_variant": {"A": 1, "B": 2, "D": 3}}})


def test_the_schema_knows_the_keys():
    """An editor completes them."""
    schema = json_schema()["$defs"]
    assert {"sequence", "variants"} <= schema["Product"]["properties"].keys()
    assert "changeover" in schema["Station"]["properties"]
    assert "by_variant" in schema["ByVariant"]["properties"]


def test_a_saturated_line_needs_some_time_of_some_variant():
    """Zero for all is no time at all; a set-up is some."""
    none = {"by_variant": {"A": 0, "B": 0}}
    endless = {"made": product(), "items": None, "run": {"duration": 5}}
    with pytest.raises(ValidationError, match="it would never pass"):
        scenario_of(press(none), **endless)
    assert scenario_of(press(none, changeover=1), **endless)
    assert scenario_of(press({"by_variant": {"A": 0, "B": 1}}), **endless)
