"""What the page's scripts make of the records, asked in a headless Chromium: who is where at any moment."""

import json
from itertools import combinations, pairwise
from types import SimpleNamespace

import pytest
from belt_lines import cells, closing_up, lines_with_belts, without_belts
from browsers import chromium
from gate_lines import lines_with_gates
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import item as part
from recorded import run as recorded
from recorded import visit
from stopping_lines import stopping_scenarios
from ways_back import reworking

from line_sim.figures.stops.standing import off_periods
from line_sim.layout import Layout, Place, layout_of
from line_sim.recording.run_columns import NONE, columns_of
from line_sim.report.page.compose import SCRIPTS
from line_sim.report.page.frame import asset
from line_sim.report.page.gantt import gantt
from line_sim.report.page.playback.stretch import MOST_VISITS, stretch_of
from line_sim.report.page.playback.view import playback
from line_sim.scenario.fields import Belt, belt_of
from line_sim.testing import run_in_memory
from line_sim.units import MICROSECOND

pytestmark = pytest.mark.browser

TINY = 1e-4  # places: times on the page are whole microseconds
BARE = '<div id="tip"></div><script type="application/json" id="data">{}</script>'
few = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def browser():
    """One browser for all of these tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def bare(browser):
    """A page with the scripts and nothing on it: for asking them what they work out."""
    page = browser.new_page()
    page.set_content(BARE)
    page.add_script_tag(content="\n".join(asset(name) for name in SCRIPTS if name != "start.js"))
    yield page
    page.close()


def told(scenario):
    """Run a line and look at it."""
    layout = layout_of(scenario)
    return looked_at(columns_of(run_in_memory(scenario).records, layout), layout)


def looked_at(columns, layout, most=MOST_VISITS):
    """Return a run, its layout, and what chart and playback hold of it on a page of so many visits."""
    stretch = stretch_of(columns, layout, most)
    chart = gantt(columns, layout, stretch)
    view = playback(columns, layout, stretch, chart)
    specs = json.loads(json.dumps({"gantt": chart.spec, "playback": view.spec})) if chart else None
    return SimpleNamespace(columns=columns, layout=layout, specs=specs)


LINE = """([{ gantt, playback }, moments]) => {
  const records = new LineRecords(playback, gantt, gantt.lanes.map((lane) => readLane(lane, gantt)));
  return moments.map((moment) => {
    const line = records.at(moment);
    const { came, lost, outside, shipped, scrapped } = line;
    const places = line.places.map(({ waiting, front, machines, calling }) => ({
      waiting,
      calling,
      front: front.map(({ item }) => item).sort((a, b) => a - b),
      machines: machines.map(({ state, item }) => [state, item]),
    }));
    return { places, came, lost, outside, shipped, scrapped };
  });
}"""


def line_at(run, moment):
    """Return the line at a moment (us), looked up row by row."""
    micro = run.columns.items.arrived // 1000, run.columns.items.left
    items = run.columns.items
    gone = (items.left != NONE) & (micro[1] // 1000 <= moment)
    places = [place_at(run, place, moment) for place in range(len(run.layout.places))]
    came = int((micro[0] <= moment).sum())
    return {
        "places": places,
        "came": came,
        "lost": int((items.lost & (micro[0] <= moment)).sum()),
        "outside": came - len(inside(run, moment)) - int((items.lost & (micro[0] <= moment)).sum()),
        "shipped": int((items.shipped & gone).sum()),
        "scrapped": int((items.scrapped & gone).sum()),
    }


def inside(run, moment):
    """Return the parts that have had a place anywhere by a moment."""
    tables = [run.columns.visits(place) for place in range(len(run.layout.places))]
    return {n for table in tables for n in table.item[table.queued // 1000 <= moment].tolist()}


def place_at(run, place, moment):
    """Return who stands in front of a place and what its machines do."""
    visits, calls = run.columns.visits(place), run.columns.calls(place)
    taken = visits.left if run.layout.places[place].is_gate else visits.started
    here = (visits.queued // 1000 <= moment) & ((taken == NONE) | (taken // 1000 > moment))
    out = (calls.issued // 1000 <= moment) & (calls.issued // 1000 + calls.latency // 1000 > moment)
    return {
        "waiting": int(here.sum()),
        "front": sorted(visits.item[here].tolist()),
        "calling": int(out.sum()),
        "machines": [
            machine_at(run, place, unit, moment) for unit in range(1, run.layout.places[place].units + 1)
        ],
    }


def machine_at(run, place, unit, moment):
    """Return the state of a machine and the part on it."""
    visits, calls, outages = (
        table.where(table.unit == unit)
        for table in (run.columns.visits(place), run.columns.calls(place), run.columns.outages(place))
    )
    on = (visits.started != NONE) & (visits.started // 1000 <= moment)
    on &= (visits.left == NONE) | (visits.left // 1000 > moment)
    item = int(visits.item[on][0]) if on.any() else None
    finished = on & (visits.finished != NONE) & (visits.finished // 1000 <= moment)
    repaired = (outages.repaired == NONE) | (outages.repaired // 1000 > moment)
    out = (calls.issued // 1000 <= moment) & (calls.issued // 1000 + calls.latency // 1000 > moment)
    starts, ends = off_periods(run.layout.places[place].shifts, run.columns.end + MICROSECOND)
    if ((starts // 1000 <= moment) & (ends // 1000 > moment)).any():
        return ["off", item]
    if ((outages.failed // 1000 <= moment) & repaired).any():
        return ["down", item]
    if item is None:
        return ["starved", None]
    if finished.any():
        return ["blocked", item]
    waits = (out & (calls.item == item)).any() or run.layout.places[place].is_gate
    return ["waiting" if waits else "working", item]


@few
@given(
    scenario=st.one_of(lines_with_belts(), lines_with_gates(), stopping_scenarios()),
    shares=st.lists(st.floats(0, 1), min_size=12, max_size=12),
)
def test_the_line_at_any_moment_is_what_the_rows_say(bare, scenario, shares):
    """Who stands where, what every machine does, how many came, are outside, and left the line how."""
    run = told(scenario)
    if run.specs is None:
        return
    events = run.columns.visits(0).started // 1000
    moments = [int(share * run.specs["gantt"]["end"]) for share in shares] + events[events > 0][:4].tolist()
    drawn = bare.evaluate(LINE, [run.specs, moments])
    for moment, line in zip(moments, drawn, strict=True):
        assert line == line_at(run, moment), moment


RIDES = """([spec, moments]) => {
  const { gantt, playback } = spec;
  const records = new LineRecords(playback, gantt, gantt.lanes.map((lane) => readLane(lane, gantt)));
  const riding = ({ place, front }) => (place.belt ? front.map(({ item, passed }) => [item, passed]) : null);
  return moments.map((moment) => records.at(moment).places.map(riding));
}"""


@few
@given(scenario=lines_with_belts(), shares=st.lists(st.floats(0, 1), min_size=10, max_size=10))
def test_a_part_on_a_belt_is_in_the_place_in_which_a_station_would_have_it(bare, scenario, shares):
    """One that accumulates is so many stations: each part is in the cell that is its station then."""
    scenario = closing_up(scenario)
    run, other = told(scenario), run_in_memory(without_belts(scenario)).records
    if run.specs is None:
        return
    moments = [int(share * run.specs["gantt"]["end"]) for share in shares]
    for moment, places in zip(moments, bare.evaluate(RIDES, [run.specs, moments]), strict=True):
        for spec, riding in zip(scenario.line, places, strict=False):
            for item, passed in riding or ():
                names = [cell["station"] for cell in cells(spec.name, belt_of(spec.buffer))]
                rows = {visit.station: visit for visit in other.visits if visit.item_id == item}
                inside = [n for n, name in enumerate(names) if in_it(rows.get(name), moment)]
                assert len(inside) == 1, (moment, item)
                assert inside[0] - TINY <= passed <= inside[0] + 1 + TINY, (moment, item)


@few
@given(scenario=lines_with_gates(), shares=st.lists(st.floats(0, 1), min_size=10, max_size=10))
def test_parts_on_the_way_to_a_gate_are_one_to_a_place_and_the_one_at_it_on_the_last(bare, scenario, shares):
    """Whoever waits there for an answer is still on the belt, and those behind close up to it."""
    run = told(scenario)
    if run.specs is None:
        return
    moments = [int(share * run.specs["gantt"]["end"]) for share in shares]
    for moment, places in zip(moments, bare.evaluate(RIDES, [run.specs, moments]), strict=True):
        for place, riding in zip(run.layout.places, places, strict=True):
            if place.is_gate:
                index = run.layout.places.index(place)
                _, waits = machine_at(run, index, 1, moment)
                passed = [share for _, share in riding]
                assert all(ahead - behind >= 1 - TINY for ahead, behind in pairwise(passed)), moment
                if waits is not None:
                    assert riding[0] == [waits, pytest.approx(place.buffer, abs=TINY)], moment


@few
@given(
    scenario=st.one_of(lines_with_belts(), lines_with_gates()),
    most=st.integers(3, 12),
    share=st.floats(0, 0.999),
)
def test_a_stretch_shows_what_the_whole_run_shows(bare, scenario, most, share):
    """The same parts in the same places, as many that came and went, although only some rows are there."""
    whole = told(scenario)
    if whole.specs is None:
        return
    part_of_it = looked_at(whole.columns, whole.layout, most)
    if part_of_it.specs is None:
        return
    begin, end = (part_of_it.specs["gantt"][edge] for edge in ("begin", "end"))
    moments = [begin, int(begin + share * (end - begin))]
    for asked in (LINE, RIDES):
        cut, all_of_it = (bare.evaluate(asked, [run.specs, moments]) for run in (part_of_it, whole))
        assert cut == all_of_it


def in_it(visit, moment):
    """Whether a part is at a station at a moment (us)."""
    if visit is None or visit.started_at is None or visit.started_at // 1000 > moment:
        return False
    return visit.left_at is None or visit.left_at // 1000 > moment


CARRIED = """([belt, places, on, taken, moments]) => {
  const ride = new Ride(belt, places, on, taken);
  return moments.map((moment) => on.map((_, j) => ride.passed(j, moment)));
}"""


def test_a_belt_that_does_not_accumulate_stands_with_all_that_is_on_it(bare):
    """Four places in 4 s; the first part waits at the end from 4 to 6 s: the second is half-way meanwhile."""
    run = told_of_two()
    place = run.specs["playback"]["places"][1]
    moments = [seconds * 1_000_000 for seconds in (2, 4, 5, 6, 7)]
    on, taken = [0, 2_000_000], [6_000_000, 8_000_000]
    told_ = bare.evaluate(CARRIED, [place["belt"], place["room"], on, taken, moments])
    assert [row[1] for row in told_] == [0, 2, 2, 2, 3]
    assert [row[0] for row in told_] == [2, 4, 4, 4, 4]


def told_of_two():
    """Return the data of two parts on a belt whose end the first one keeps busy."""
    belt = Place("mill", buffer=4, belt=Belt(places=4, travel="4 s", accumulates=False))
    layout = Layout((Place("press"), belt))
    visits = [visit(1, "press", 0, 0, 0, 0), visit(2, "press", 1, 1, 2, 2)]
    visits += [visit(1, "mill", 0, 6, 7, 7), visit(2, "mill", 2, 8, 9, 9)]
    return looked_at(columns_of(recorded([part(1, 0, 7), part(2, 1, 9)], visits), layout), layout)


PLAN = """([spec, width]) => {
  const plan = planOf(spec, width, (text) => 7 * text.length);
  const round = (box) => [box.x - 1, box.axis - box.above, box.x + box.width + 1, box.axis + box.below];
  const front = (box) => [box.queueX, box.axis - 23, box.queueX + box.queue, box.axis + 38];
  const fronts = plan.boxes.filter((box) => box.queue).map(front);
  const boxes = [...plan.boxes.map(round), ...Object.values(plan.ends).map(round), ...fronts];
  const points = plan.ways.flatMap((way) => way.points);
  return { width: plan.width, scale: plan.scale, height: plan.height, boxes, points };
}"""


@few
@given(scenario=lines_with_belts(), width=st.integers(250, 1400))
def test_whatever_the_width_everything_is_in_the_picture_and_nothing_lies_on_another(bare, scenario, width):
    """Stations, places in front and bins; and no way leaves the picture."""
    spec = told(scenario).specs
    if spec is None:
        return
    assert_in_the_picture(bare.evaluate(PLAN, [spec["playback"], width]), width)


def assert_in_the_picture(plan, width):
    """Check that no box lies on another, and no box and no way leaves the picture."""
    assert plan["width"] * plan["scale"] <= width * (1 + 1e-12)
    for left, top, right, bottom in plan["boxes"]:
        assert left >= 0
        assert top >= 0
        assert right <= plan["width"]
        assert bottom <= plan["height"]
    for x, y in plan["points"]:
        assert 0 <= x <= plan["width"]
        assert 0 <= y <= plan["height"]
    for one, other in combinations(plan["boxes"], 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@few
@given(scenario=reworking(), share=st.floats(0, 0.999), width=st.integers(300, 1200))
def test_a_line_with_a_way_back_is_drawn_and_played_like_any_other(bare, scenario, share, width):
    """Parts that come again are where their rows say, and the way back is a way in the picture."""
    run = told(scenario)
    repaired_at = [spec.name for spec in scenario.line].index(scenario.review.rework.to)
    assert [len(scenario.line), repaired_at, "rework"] in run.specs["playback"]["ways"]
    moment = int(share * run.specs["gantt"]["end"])
    assert bare.evaluate(LINE, [run.specs, [moment]]) == [line_at(run, moment)]
    assert_in_the_picture(bare.evaluate(PLAN, [run.specs["playback"], width]), width)
