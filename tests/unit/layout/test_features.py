"""Each row of the layout carries its features, and no key of a scenario comes without a thought of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from every_kind import example_gateways
from pydantic import BaseModel, Field
from stories import QUICK_REVIEW, camera, modelled, press

from line_sim.layout import Feature, features, layout_of, unsaid
from line_sim.scenario import Scenario
from line_sim.scenario.model import Station

HOURS = {"hours": {"Mon-Sun": ["06:00-14:00"]}}
PLAIN = {"version": 1, "name": "a story", "run": {"items": 3}, "arrivals": {"every": 1}, "line": [press(1)]}
INSPECTED = {"line": [press(1), camera()], "review": {**QUICK_REVIEW, "buffer": 0, "cleared": "ships"}}
FAILS = {"up": 9, "repair": 1}
CREW = {"crews": {"fitters": 1}}


def asks(**keys: Any) -> dict[str, Any]:
    """Return the keys of a line whose camera asks a modelled server."""
    return {**INSPECTED, "line": [press(1), camera(gateway=modelled(1, **keys))]}


def reviewed(**keys: Any) -> dict[str, Any]:
    """Return the keys of a line with a review bench."""
    return {**INSPECTED, "review": {**INSPECTED["review"], **keys}}


def alone(**keys: Any) -> dict[str, Any]:
    """Return the keys of a line of one station."""
    return {"line": [press(1, **keys)]}


EXAMPLES: dict[Feature, dict[str, Any]] = {
    Feature.STATION: PLAIN,
    Feature.TAKT: PLAIN,
    Feature.PARALLEL: alone(units=2),
    Feature.BUFFER: alone(buffer=1),
    Feature.BELT: alone(buffer={"places": 2, "travel": 2}),
    Feature.STIFF_BELT: alone(buffer={"places": 2, "travel": 2, "accumulates": False}),
    Feature.BREAKDOWN_OPERATING: alone(breakdowns=FAILS),
    Feature.BREAKDOWN_CALENDAR: alone(breakdowns={**FAILS, "counts": "calendar"}),
    Feature.BREAKDOWN_PARTS: alone(breakdowns={**FAILS, "counts": "parts"}),
    Feature.SEVERAL_BREAKDOWNS: alone(breakdowns=[FAILS, {"name": "jam", **FAILS}]),
    Feature.CHANGEOVER: {**alone(changeover=1), "product": {"variants": {"A": {"share": 1.0}}}},
    Feature.VARIANTS: {"product": {"variants": {"A": {"share": 1.0}}}},
    Feature.MAKES_DEFECTS: alone(makes_defects={"rate": 0.5}),
    Feature.CALENDAR: {"calendars": HOURS, **alone(calendar="hours")},
    Feature.WORK_CREW: {**CREW, **alone(crew={"fitters": ["work"]})},
    Feature.REPAIR_CREW: {**CREW, **alone(crew={"fitters": ["repair"]}, breakdowns=FAILS)},
    Feature.INSPECTION: INSPECTED,
    Feature.REVIEW: INSPECTED,
    Feature.MODELLED: asks(),
    Feature.GATE: {
        **INSPECTED,
        "line": [camera(decides="at_gate", gate={"places": 2, "travel": 2}), press(1)],
    },
    Feature.DEADLINE: {**INSPECTED, "line": [camera(deadline=1)]},
    Feature.STOPS_LINE: {**INSPECTED, "line": [camera(on_no_result="stop")]},
    Feature.REJOINS: reviewed(cleared="rejoins"),
    Feature.REWORK: reviewed(rework={"to": "press"}),
    Feature.CIRCLE: reviewed(rework={"to": "press"}),
    Feature.KEEPS_COMPUTING: {
        **INSPECTED,
        "line": [camera(gateway=modelled(1, after_deadline="keeps_computing"), deadline=1)],
    },
    Feature.OVERHEAD: asks(overhead=1),
    Feature.SHARED_SERVER: {
        **INSPECTED,
        "servers": {"gpu": modelled(1)},
        "line": [camera("a", gateway={"server": "gpu"}), camera("b", gateway={"server": "gpu"})],
    },
    Feature.BATCHES: asks(batching={"max": 2}),
    Feature.SIDE_BY_SIDE: asks(sharing={"places": 2}),
    Feature.WAKES: asks(idle={"after": 1, "adds": 1}),
    Feature.SATURATED: {"arrivals": {"saturated": True}},
    Feature.LOSSY: {"arrivals": {"every": 1, "on_full": "lose"}},
    Feature.ARRIVAL_CALENDAR: {"calendars": HOURS, "arrivals": {"every": 1, "calendar": "hours"}},
    Feature.HORIZON: {"run": {"duration": 9}},
}
"""A line that has the feature; `PLAIN` has none of them but the first two."""

OF_OTHER_GATEWAYS = {Feature.LIVE, Feature.REPLAY, Feature.OTHER_ANSWERS}


def features_of(keys: dict[str, Any]) -> frozenset[Feature]:
    """Return the features of the plain line with other keys."""
    return layout_of(Scenario.model_validate({**PLAIN, **keys})).features


def test_a_plain_line_has_next_to_none():
    """Stations, and parts that come."""
    assert features_of({}) == {Feature.STATION, Feature.TAKT}


@pytest.mark.parametrize("feature", [each for each in Feature if each not in OF_OTHER_GATEWAYS])
def test_a_line_that_has_it_says_so(feature):
    """Each feature has its example, and each example is more than the plain line."""
    found = features_of(EXAMPLES[feature])
    assert feature in found
    if EXAMPLES[feature] is not PLAIN:
        assert feature not in features_of({})


def test_every_kind_of_gateway_says_what_it_is(tmp_path: Path):
    """Real servers and recordings are told from models; a measured server is one."""
    found = {}
    for kind, options in example_gateways(tmp_path).items():
        keys: dict[str, Any] = {**INSPECTED, "line": [camera(gateway={kind: options})]}
        if kind == "server":
            keys["servers"] = {options: modelled(1)}
        found[kind] = features_of(keys)
    live = {kind for kind, each in found.items() if Feature.LIVE in each}
    recorded = {kind for kind, each in found.items() if Feature.REPLAY in each}
    models = {kind for kind, each in found.items() if Feature.MODELLED in each}
    assert (live, recorded) == ({"grpc", "rest", "kserve"}, {"replay"})
    assert models == set(found) - live - recorded
    assert Feature.SIDE_BY_SIDE in found["calibrated"]
    assert Feature.SHARED_SERVER in found["server"]


def reachable(annotation: Any, found: set[type[BaseModel]]) -> None:
    """Collect the models that a scenario may hold, but for what is not looked into."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in found and not issubclass(annotation, features.LEAVES):
            found.add(annotation)
            for field in annotation.model_fields.values():
                reachable(field.annotation, found)
        return
    for each in get_args(annotation):
        reachable(each, found)


def keys_of_a_scenario() -> Iterator[tuple[type[BaseModel], str]]:
    """Yield every key that a scenario may have, with the model that has it."""
    models: set[type[BaseModel]] = set()
    reachable(Scenario, models)
    for model in models:
        yield from ((model, name) for name in model.model_fields)


def test_for_every_key_of_a_scenario_it_is_said_which_features_it_brings():
    """A new key needs a thought: a feature of its own, which no compiled line knows yet, or none at all."""
    written = {(model, name) for model, names in features.SAID.items() for name in names}
    assert written == set(keys_of_a_scenario())


def test_every_feature_comes_from_some_key():
    """None is left over from a key that has gone."""
    brought = {each for names in features.SAID.values() for some in names.values() for each in some}
    assert brought == set(Feature)


class Polished(Station):
    """A station of some time to come."""

    polish: int = Field(0)


def test_a_key_of_which_nobody_has_thought_is_told():
    """Where it says something; a key that is as if it were absent changes nothing."""
    scenario = Scenario.model_validate(PLAIN)
    entry = {"station": "press", "cycle": 1}
    dull = scenario.model_copy(update={"line": (Polished.model_validate(entry),)})
    shiny = scenario.model_copy(update={"line": (Polished.model_validate({**entry, "polish": 2}),)})
    assert unsaid(scenario) == ()
    assert "polish" in unsaid(shiny)
    assert "polish" not in unsaid(dull)
