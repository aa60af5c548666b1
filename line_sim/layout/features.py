"""What there is on a line: each row of the layout carries its features.

Whoever makes a line names those that he knows: one that is to come is known to nobody yet. So that none comes
unseen, `SAID` tells for each key of a scenario which features it may bring; what is not there is `unsaid`.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from pydantic import BaseModel

from line_sim.scenario.defects.making import MakesDefects
from line_sim.scenario.defects.repairs import Rework
from line_sim.scenario.distributions.kind import Distribution
from line_sim.scenario.fields import Belt, GateBelt
from line_sim.scenario.gateways.batching import Batching
from line_sim.scenario.gateways.calibrated import AsRead, CalibratedGateway, CalibratedOptions
from line_sim.scenario.gateways.kind import GatewayKind, LiveKind
from line_sim.scenario.gateways.modelled import ModelledGateway, ModelledOptions
from line_sim.scenario.gateways.replay import ReplayGateway, ReplayOptions
from line_sim.scenario.gateways.shared import SharedGateway, SharedServer
from line_sim.scenario.gateways.sharing import Idle, Sharing
from line_sim.scenario.images.kind import ImagesKind
from line_sim.scenario.mix.by_variant import ByVariant
from line_sim.scenario.mix.product import Product
from line_sim.scenario.mix.variants import Batches, Variant
from line_sim.scenario.model import (
    Arrivals,
    Breakdowns,
    Inspection,
    PartsStops,
    Review,
    Run,
    Scenario,
    ShipWhen,
    Station,
)
from line_sim.scenario.stops.calendars import Calendar
from line_sim.scenario.stops.crews import Crew
from line_sim.scenario.times import Constant


class Feature(StrEnum):
    """Something that a line may have, in words that follow "it has"."""

    STATION = "stations"
    PARALLEL = "parallel machines"
    BUFFER = "buffers"
    BELT = "belts"
    STIFF_BELT = "belts that do not accumulate"
    BREAKDOWN_OPERATING = "breakdowns by operating time"
    BREAKDOWN_CALENDAR = "breakdowns by the calendar"
    BREAKDOWN_PARTS = "stops after so many parts"
    SEVERAL_BREAKDOWNS = "several ways to break down at one station"
    CHANGEOVER = "changeovers"
    MAKES_DEFECTS = "stations that make defects"
    CALENDAR = "calendars of places"
    WORK_CREW = "crews for work"
    REPAIR_CREW = "crews for repair"
    INSPECTION = "inspections"
    GATE = "gates"
    DEADLINE = "deadlines"
    STOPS_LINE = "answers that stop the line"
    REVIEW = "a review bench"
    REJOINS = "cleared parts that rejoin the line"
    CIRCLE = "parts that come round again"
    REWORK = "rework"
    MODELLED = "modelled answers"
    KEEPS_COMPUTING = "servers that go on past a deadline"
    OVERHEAD = "answers with a way of their own"
    SHARED_SERVER = "servers that inspections name"
    BATCHES = "servers that put calls together"
    SIDE_BY_SIDE = "servers that work on calls side by side"
    WAKES = "servers that wake up"
    REPLAY = "recorded answers"
    LIVE = "real servers"
    OTHER_ANSWERS = "answers of a kind that is new"
    SATURATED = "a part that always waits at the entry"
    TAKT = "parts that come in a takt"
    LOSSY = "parts that are lost where the line is full"
    ARRIVAL_CALENDAR = "a calendar of arrivals"
    HORIZON = "an end at a moment"
    VARIANTS = "variants"


_F = Feature
Features: TypeAlias = frozenset[Feature]

SAID: Mapping[type[BaseModel], Mapping[str, tuple[Feature, ...]]] = MappingProxyType(
    {
        Scenario: {
            **dict.fromkeys(("version", "name", "seed", "run", "arrivals", "product", "servers", "line"), ()),
            "calendars": (_F.CALENDAR, _F.ARRIVAL_CALENDAR),
            "crews": (_F.WORK_CREW, _F.REPAIR_CREW),
            "review": (_F.REVIEW,),
        },
        Run: {
            **dict.fromkeys(("items", "clock", "pace", "skew_budget", "warm_up", "starts_at"), ()),
            "duration": (_F.HORIZON,),
        },
        Calendar: {"shifts": ()},
        Crew: {"people": (), "calendar": ()},
        Arrivals: {
            "every": (_F.TAKT,),
            "saturated": (_F.SATURATED,),
            "on_full": (_F.LOSSY,),
            "calendar": (_F.ARRIVAL_CALENDAR,),
        },
        Product: {"defect_rate": (), "images": (), "sequence": (_F.VARIANTS,), "variants": (_F.VARIANTS,)},
        Batches: {"batches": (_F.VARIANTS,)},
        Variant: {"share": (), "defect_rate": (), "images": ()},
        ByVariant: {"by_variant": (_F.VARIANTS,)},
        Station: {
            "station": (_F.STATION,),
            "buffer": (_F.BUFFER, _F.BELT),
            "units": (_F.PARALLEL,),
            "cycle": (),
            "changeover": (_F.CHANGEOVER,),
            "breakdowns": (_F.BREAKDOWN_OPERATING, _F.SEVERAL_BREAKDOWNS),
            "calendar": (_F.CALENDAR,),
            "crew": (_F.WORK_CREW, _F.REPAIR_CREW),
            "makes_defects": (_F.MAKES_DEFECTS,),
        },
        Belt: {"places": (_F.BELT,), "travel": (_F.BELT,), "accumulates": (_F.STIFF_BELT,)},
        GateBelt: {"places": (_F.GATE,), "travel": (_F.GATE,)},
        Breakdowns: {
            "name": (),
            "up": (),
            "repair": (),
            "counts": (_F.BREAKDOWN_OPERATING, _F.BREAKDOWN_CALENDAR),
        },
        PartsStops: {"name": (), "up": (), "repair": (), "counts": (_F.BREAKDOWN_PARTS,)},
        MakesDefects: {"rate": (_F.MAKES_DEFECTS,), "kinds": ()},
        Inspection: {
            "inspection": (_F.INSPECTION,),
            "buffer": (_F.BUFFER, _F.BELT),
            "units": (_F.PARALLEL,),
            "acquisition": (),
            "gateway": (_F.MODELLED, _F.REPLAY, _F.LIVE, _F.OTHER_ANSWERS),
            "deadline": (_F.DEADLINE,),
            "on_no_result": (_F.STOPS_LINE,),
            "ship_when": (),
            "decides": (_F.GATE,),
            "gate": (_F.GATE,),
            "calendar": (_F.CALENDAR,),
        },
        ShipWhen: {"labels": (), "score_at_least": ()},
        ModelledGateway: {"modelled": (_F.MODELLED,)},
        CalibratedGateway: {"calibrated": (_F.MODELLED,)},
        CalibratedOptions: dict.fromkeys(("server", "miss_rate", "false_alarm_rate", "as_read"), ()),
        AsRead: dict.fromkeys(("file", "name", "at", "model"), ()),
        SharedGateway: {"server": (_F.SHARED_SERVER,)},
        SharedServer: {"modelled": (_F.SHARED_SERVER,)},
        ReplayGateway: {"replay": (_F.REPLAY,)},
        ReplayOptions: {"calls": (_F.REPLAY,)},
        ModelledOptions: {
            **dict.fromkeys(("service", "servers", "miss_rate", "false_alarm_rate"), ()),
            "after_deadline": (_F.KEEPS_COMPUTING,),
            "batching": (_F.BATCHES,),
            "sharing": (_F.SIDE_BY_SIDE,),
            "idle": (_F.WAKES,),
            "overhead": (_F.OVERHEAD,),
        },
        Batching: dict.fromkeys(("max", "wait", "pads"), (_F.BATCHES,)),
        Sharing: dict.fromkeys(("places", "speed"), (_F.SIDE_BY_SIDE,)),
        Idle: dict.fromkeys(("after", "adds"), (_F.WAKES,)),
        Review: {
            "buffer": (_F.BUFFER, _F.BELT),
            "units": (_F.PARALLEL,),
            **dict.fromkeys(("time", "miss_rate", "false_alarm_rate"), ()),
            "calendar": (_F.CALENDAR,),
            "cleared": (_F.REJOINS, _F.CIRCLE),
            "rework": (_F.REWORK, _F.CIRCLE),
        },
        Rework: dict.fromkeys(("share", "to", "at_most", "buffer", "defect_rate"), (_F.REWORK,)),
    }
)
"""The features that each key may bring: none where it is but a number or a name to those that are there."""

LEAVES = (Constant, Distribution, ImagesKind, LiveKind)
"""What is not looked into: a time is a draw like any other, pictures change no moment, a real server is a
feature by itself."""


def unsaid(scenario: Scenario) -> tuple[str, ...]:
    """Return the keys of a scenario for which no feature stands, and which say something."""
    return tuple(dict.fromkeys(_unsaid(scenario)))


def _unsaid(value: object) -> Iterator[str]:
    match value:
        case BaseModel():
            if not isinstance(value, LEAVES):
                yield from _unsaid_keys(value)
        case tuple():
            for each in value:
                yield from _unsaid(each)
        case dict():
            for each in value.values():
                yield from _unsaid(each)


def _unsaid_keys(value: BaseModel) -> Iterator[str]:
    known = SAID.get(type(value), {})
    for name, field in type(value).model_fields.items():
        said = getattr(value, name)
        if name in known:
            yield from _unsaid(said)
        elif said != field.get_default(call_default_factory=True):
            yield name


def answers_of(gateway: GatewayKind) -> Features:
    """Return the features of what answers an inspection, as far as no row of a server tells them."""
    match gateway:
        case LiveKind():
            return frozenset({_F.LIVE})
        case ReplayGateway():
            return frozenset({_F.REPLAY})
    model = gateway.model
    if model is None:
        return frozenset({_F.OTHER_ANSWERS})
    keeps = model.after_deadline == "keeps_computing"
    return only({_F.MODELLED: True, _F.KEEPS_COMPUTING: keeps, _F.OVERHEAD: bool(model.overhead)})


def only(there: Mapping[Feature, bool]) -> Features:
    """Return the features that are there."""
    return frozenset(feature for feature, is_there in there.items() if is_there)
