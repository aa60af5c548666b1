"""A line may have a way back: nothing in it takes it that a part comes to a place only once."""

from stories import camera, happens, modelled, press
from ways_back import rework

from line_sim.chance.durations import durations
from line_sim.scenario import Exponential

RANDOM = {"exponential": {"mean": 1}}
REVIEW = {"time": RANDOM, "false_alarm_rate": 0.5, "buffer": 50}
ALARMS = camera(gateway=modelled(0, false_alarm_rate=0.7), buffer=50)


def run(**more):
    """Run parts that may have to go round again now and then."""
    review = {**REVIEW, **more}
    return happens(press(RANDOM, buffer=50), ALARMS, items=60, every=9, review=review, seed=4)


def test_a_part_that_comes_again_draws_anew_and_always_the_same():
    """Its first visit takes what it took before there was a way back, each later one a time of its own."""
    visits, same = run(**rework()).records.visits, run(**rework()).records.visits
    works: dict[int, list[int]] = {}
    for visit in visits:
        if visit.station == "press":
            works.setdefault(visit.item_id, []).append(visit.finished_at - visit.started_at)
    assert max(len(times) for times in works.values()) > 2
    cycle = durations(4, "cycle", "press", Exponential(mean=1))
    for item, times in works.items():
        assert times == [cycle.of(item, visit) for visit in range(1, len(times) + 1)]
        assert len(set(times)) == len(times)
    assert visits == same


def test_without_a_way_back_every_part_comes_once():
    """The same line whose reviewers scrap: the first visits are those of the line with the way back."""
    once = [visit for visit in run().records.visits if visit.station == "press"]
    assert [visit.item_id for visit in once] == list(range(1, 61))
    cycle = durations(4, "cycle", "press", Exponential(mean=1))
    assert [visit.finished_at - visit.started_at for visit in once] == [cycle.of(n) for n in range(1, 61)]
