"""The changes that a line allows, each as a trial of its own."""

from collections.abc import Iterator
from typing import NamedTuple

from line_sim.analysis.summary.helps import Helps
from line_sim.analysis.what_if.answers import Change
from line_sim.analysis.what_if.trials import Trial, with_person, with_review, with_server, with_spec
from line_sim.chance.purposes import Purpose
from line_sim.layout import REVIEW, Server, layout_of, server_name
from line_sim.scenario.fields import Belt, GateBelt, one_place_more
from line_sim.scenario.mix.by_variant import PartTime
from line_sim.scenario.model import Inspection, Scenario, Station
from line_sim.scenario.rules import gate_name
from line_sim.scenario.times import Constant

QUICKER = 0.9
"""The share of itself that a time takes which becomes a tenth shorter."""

_SHORTER = Change(share=QUICKER)
_IN_TIME = Change(none_missing=True)


class Try(NamedTuple):
    """A remedy, the place where it is applied, and the line with it."""

    remedy: Helps
    place: str
    trial: Trial


def changes(scenario: Scenario, places: frozenset[str], missing: frozenset[str]) -> Iterator[Try]:
    """Yield every change at some of the places that can change anything.

    `missing` are the inspections at which answers did not come in time.
    """
    for number, spec in enumerate(scenario.line):
        if spec.name in places:
            yield from (
                _at_station(scenario, spec)
                if isinstance(spec, Station)
                else _at_inspection(scenario, spec, spec.name in missing)
            )
            if isinstance(spec.buffer, Belt):
                quicker = with_spec(scenario, spec.name, buffer=_quicker(spec.buffer))
                yield Try(Helps.FASTER_BELT, spec.name, Trial(quicker))
            if number or scenario.arrivals.on_full == "lose":
                roomier = with_spec(scenario, spec.name, buffer=one_place_more(spec.buffer))
                yield Try(Helps.ONE_PLACE_MORE, spec.name, Trial(roomier))
        if isinstance(spec, Inspection) and spec.gate is not None and gate_name(spec.name) in places:
            yield from _at_gate(scenario, spec, spec.gate)
    for server in layout_of(scenario).servers:
        yield from _at_server(scenario, server)
    for crew in layout_of(scenario).crews:
        yield Try(Helps.ONE_PERSON_MORE, crew.name, Trial(with_person(scenario, crew.name)))
    if REVIEW in places:
        yield from _at_review(scenario)


def everywhere(scenario: Scenario) -> Try:
    """Return the line whose every time is a tenth shorter: whether it could make more at all."""
    stations = [spec for spec in scenario.line if isinstance(spec, Station)]
    pace = {part: QUICKER for spec in stations for part in _work_at(spec)}
    pace |= {(Purpose.ACQUISITION, spec.name): QUICKER for spec in scenario.inspections}
    pace |= {(Purpose.REVIEW_TIME, REVIEW): QUICKER}
    answers = {spec.name: _SHORTER for spec in scenario.inspections}
    return Try(Helps.FASTER, "", Trial(scenario, pace, answers))


def _at_station(scenario: Scenario, spec: Station) -> Iterator[Try]:
    if _takes_time(spec.cycle) or spec.changeover is not None:
        yield Try(Helps.FASTER, spec.name, Trial(scenario, dict.fromkeys(_work_at(spec), QUICKER)))
    if spec.breakdowns is not None:
        yield Try(Helps.NEVER_FAILS, spec.name, Trial(with_spec(scenario, spec.name, breakdowns=None)))


def _work_at(spec: Station) -> tuple[tuple[Purpose, str], ...]:
    """Return what keeps a station's machines busy: the work, and the set-ups for it."""
    return (Purpose.CYCLE, spec.name), (Purpose.CHANGEOVER, spec.name)


def _at_inspection(scenario: Scenario, spec: Inspection, missing: bool) -> Iterator[Try]:
    name, sooner = spec.name, {spec.name: _SHORTER}
    shares = server_name(spec) != name  # its answers are a matter of the server's
    if not shares:
        yield Try(Helps.FASTER_ANSWERS, name, Trial(scenario, answers=sooner))
    if _takes_time(spec.acquisition):
        pace = {(Purpose.ACQUISITION, name): QUICKER}
        yield Try(Helps.FASTER_PICTURES, name, Trial(scenario, pace))
        if not shares:
            yield Try(Helps.FASTER, name, Trial(scenario, pace, sooner))
    if missing:
        yield Try(Helps.ANSWERS_IN_TIME, name, Trial(scenario, answers={name: _IN_TIME}))
    yield Try(Helps.ONE_CAMERA_MORE, name, Trial(with_spec(scenario, name, units=spec.units + 1)))


def _at_gate(scenario: Scenario, spec: Inspection, gate: GateBelt) -> Iterator[Try]:
    """A quicker belt, and a longer one: parts are longer under way and have their answers rather."""
    name, quicker, longer = gate_name(spec.name), _quicker(gate.belt), one_place_more(gate.belt)
    for remedy, belt in ((Helps.FASTER_BELT, quicker), (Helps.ONE_PLACE_MORE, longer)):
        if isinstance(belt, Belt):
            changed = GateBelt.model_construct(places=belt.places, travel=belt.travel)
            yield Try(remedy, name, Trial(with_spec(scenario, spec.name, gate=changed)))


def _at_server(scenario: Scenario, server: Server) -> Iterator[Try]:
    """Yield what may be otherwise at a server whose answers hang on other requests.

    One more of a server that works on calls side by side is a second such server, calls spread evenly.
    """
    places = layout_of(scenario).places
    asking = [places[place].name for place in server.places]
    if server.name not in asking:
        sooner = dict.fromkeys(asking, _SHORTER)
        yield Try(Helps.FASTER_ANSWERS, server.name, Trial(scenario, answers=sooner))
    model = next(spec.gateway.model for spec in scenario.inspections if spec.name in asking)
    if model is not None:
        more = with_server(scenario, server.name, **model.one_server_more)
        yield Try(Helps.ONE_SERVER_MORE, server.name, Trial(more))


def _at_review(scenario: Scenario) -> Iterator[Try]:
    review = scenario.review
    if review is None:
        return
    if _takes_time(review.time):
        yield Try(Helps.FASTER, REVIEW, Trial(scenario, {(Purpose.REVIEW_TIME, REVIEW): QUICKER}))
    if isinstance(review.buffer, Belt):
        yield Try(Helps.FASTER_BELT, REVIEW, Trial(with_review(scenario, buffer=_quicker(review.buffer))))
    roomier = with_review(scenario, buffer=one_place_more(review.buffer))
    yield Try(Helps.ONE_PLACE_MORE, REVIEW, Trial(roomier))
    yield Try(Helps.ONE_REVIEWER_MORE, REVIEW, Trial(with_review(scenario, units=review.units + 1)))


def _quicker(belt: Belt) -> Belt:
    """Return a belt whose travel is a tenth shorter, but of a nanosecond a place at least."""
    return belt.model_copy(update={"travel": max(belt.places, round(QUICKER * belt.travel))})


def _takes_time(time: PartTime) -> bool:
    return not (isinstance(time, Constant) and time.value == 0)
