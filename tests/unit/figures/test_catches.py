"""What each inspection catches: counted part by part, and in numbers that are known beforehand."""

from hypothesis import given, settings
from spoiling_lines import spoiling, spoils
from stories import camera, modelled, press

from line_sim.figures.defects.catches import defects_of
from line_sim.figures.defects.looks import good_when_seen, looks_of
from line_sim.figures.window import window_of
from line_sim.layout import layout_of
from line_sim.recording.run_columns import columns_of
from line_sim.scenario import Scenario
from line_sim.testing import run_in_memory
from line_sim.truth import DEFECTIVE, GOOD


def told(*line, **keys):
    """Return what is told of the defects of a line to which a part comes every ten seconds."""
    scenario = Scenario.model_validate(
        {
            "version": 1,
            "name": "defects",
            "seed": 1,
            "run": {"items": 2_000, **keys.pop("run", {})},
            "arrivals": {"every": 10},
            "line": line,
            "review": {"time": 1, "buffer": 99, **keys.pop("review", {})},
            **keys,
        }
    )
    return of(scenario, *run_in_memory(scenario))


def of(scenario, records, ending):
    """Return what is told of the defects of a run."""
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    return defects_of(run, layout, window_of(run, layout))


def counts(catches):
    """Return looked at, defective, caught, escaped, false alarms, spoilt behind."""
    return (
        *(catches.looked_at, catches.defective.count, catches.caught.count, catches.escaped),
        *(catches.alarms.count, catches.spoilt_behind),
    )


def test_an_inspection_before_the_mill_sees_nothing_of_what_one_behind_it_catches():
    """A perfect network at both: what the mill spoils is spoilt behind the one, and caught by the other."""
    look = modelled(0)
    found = told(camera("first", gateway=look), press(1, "mill", **spoils(0.1)), camera("last", gateway=look))
    first, last = map(counts, found.catches)
    spoilt = last[1]
    assert 150 < spoilt < 250
    assert first == (2_000, 0, 0, 0, 0, spoilt)
    assert last == (2_000, spoilt, spoilt, 0, 0, 0)
    assert [(s.station, s.left, s.shipped) for s in found.sources] == [("", 0, 0), ("mill", spoilt, 0)]


def test_a_false_alarm_is_one_about_a_part_that_was_good_then_whatever_it_is_later():
    """A blind network that stops the good: they are good at the first look, and the mill spoils them all."""
    alarm = modelled(0, false_alarm_rate=1.0, miss_rate=1.0)
    found = told(camera("first", gateway=alarm), press(1, "mill", **spoils(1)), camera("last", gateway=alarm))
    assert [counts(each) for each in found.catches] == [
        (2_000, 0, 0, 0, 2_000, 2_000),
        (2_000, 2_000, 0, 2_000, 0, 0),
    ]
    assert found.sources[1].shipped == 2_000


def test_a_part_that_is_looked_at_twice_is_spoilt_behind_once():
    """Every part is stopped wrongly, repaired for nothing and stopped again, and spoilt behind at last."""
    alarm = modelled(0, false_alarm_rate=1.0)
    review = {"false_alarm_rate": 1.0, "rework": {"to": "press", "buffer": 9, "share": 1.0}}
    line = press(1), camera(gateway=alarm), press(1, "mill", **spoils(1))
    found = told(*line, review={**review, "cleared": "rejoins"}, run={"items": 5})
    assert counts(found.catches[0])[0] == 10
    assert counts(found.catches[0])[4:] == (10, 0), "the reviewer scraps them before the mill"
    passing = {"miss_rate": 0.0, "false_alarm_rate": 0.5}
    found = told(*line, review={**review, **passing}, run={"items": 300})
    seen = found.catches[0]
    assert seen.looked_at > 400
    assert seen.spoilt_behind == found.sources[1].left < 300


def test_looks_before_the_end_of_the_warm_up_do_not_count():
    """Half of the parts come in it."""
    line = camera(gateway=modelled(0)), press(1, "mill", **spoils(0.1))
    found = told(*line, run={"warm_up": 10_005})
    assert found.catches[0].looked_at == 1_000
    whole = told(*line)
    assert 0 < found.sources[1].left < whole.sources[1].left


def test_a_line_whose_stations_make_none_tells_nothing():
    """Whatever parts bring along."""
    assert told(camera(), product={"defect_rate": 0.5}) is None


@settings(max_examples=100, deadline=None)
@given(spoiling())
def test_it_is_what_is_counted_part_by_part(scenario):
    """From the rows, one after the other, by what calls.csv says that a part was."""
    records, ending = run_in_memory(scenario)
    layout = layout_of(scenario)
    run = columns_of(records, layout, ending.at)
    window = window_of(run, layout)
    found = defects_of(run, layout, window)
    start = window.start
    made = {item.item_id for item in records.items if item.made_at}
    for spec, each in zip(scenario.inspections, found.catches, strict=True):
        mine = [call for call in records.calls if call.station == spec.name]
        last = {call.item_id: call for call in sorted(mine, key=lambda call: call.issued_at)}
        late = [call for call in mine if not start or call.issued_at >= start]
        bad = [call for call in late if call.true_state == DEFECTIVE]

        def goes_on(call, spec=spec):
            if call.outcome != "answered":
                return spec.on_no_result == "ship"
            return call.label in spec.ship_when.labels and call.score >= spec.ship_when.score_at_least

        assert counts(each) == (
            len(late),
            len(bad),
            sum(not goes_on(call) for call in bad),
            sum(goes_on(call) for call in bad),
            sum(not goes_on(call) for call in late if call.true_state == GOOD),
            sum(last[n].true_state == GOOD and last[n] in late for n in last if n in made),
        )
    gone = [i for i in records.items if i.left_at is not None and (not start or i.left_at >= start)]
    gone = [i for i in gone if i.true_state == DEFECTIVE and i.disposition != "lost"]
    for source in found.sources:
        left = [item for item in gone if item.made_at == source.station]
        assert (source.left, source.shipped) == (len(left), sum(i.disposition == "shipped" for i in left))


def test_what_a_part_was_when_seen_is_asked_of_the_calls_only_where_it_matters():
    """Elsewhere it is what it is in the end; a part of which nothing is told is taken for good."""
    for makes, states in (({}, [False, True]), (spoils(1), [True, True])):
        scenario = Scenario.model_validate(
            {
                "version": 1,
                "name": "seen",
                "run": {"items": 1},
                "arrivals": {"every": 1},
                "product": {"defect_rate": 0 if makes else 1},
                "line": [camera(), press(1, **makes)],
                "review": {"time": 0, "miss_rate": 1},
            }
        )
        records, ending = run_in_memory(scenario)
        layout = layout_of(scenario)
        run = columns_of(records, layout, ending.at)
        parts = run.items.item.repeat(2)
        parts[1] = 7
        assert good_when_seen(run, layout, 0, parts).tolist() == states
        assert looks_of(run, layout, 0).good.tolist() == states[:1]
