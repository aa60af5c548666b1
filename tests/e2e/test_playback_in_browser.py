"""The line played back in a headless Chromium: what is drawn is what the records say, however it is moved."""

import json
from itertools import combinations
from types import SimpleNamespace

import pytest
from belt_lines import cells, closing_up, lines_with_belts, without_belts
from browsers import DESK, INK, PHONE, chromium, opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import INSPECTED, kill, made_again, run_of
from recorded import item as part
from recorded import run as recorded
from recorded import visit
from ways_back import rework, reworking

from line_sim.layout import Layout, Place, layout_of
from line_sim.recording.run_columns import NONE, columns_of
from line_sim.report.page.compose import SCRIPTS, _asset
from line_sim.report.page.gantt import gantt
from line_sim.report.page.playback.stretch import MOST_VISITS, stretch_of
from line_sim.report.page.playback.view import playback
from line_sim.scenario.fields import Belt, belt_of
from line_sim.testing import run_in_memory

pytestmark = pytest.mark.browser

TINY = 1e-4  # places: times on the page are whole microseconds
BARE = '<div id="tip"></div><script type="application/json" id="data">{}</script>'
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STEADY = {
    "name": "steady",
    "run": {"items": 4},
    "arrivals": {"every": 1},
    "product": {"defect_rate": 0},
    "line": [
        {"station": "press", "cycle": "500 ms"},
        {
            "inspection": "camera",
            "buffer": 1,
            "acquisition": "500 ms",
            "deadline": 2,
            "gateway": {"modelled": {"service": 1, "miss_rate": 0, "false_alarm_rate": 0}},
        },
    ],
}
"""Nothing is left to chance: a part a second, half a second of pressing, one and a half under the camera."""


@pytest.fixture(scope="module")
def browser():
    """One browser for all of these tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with timeouts, outages and a review, its page in it."""
    return run_of(tmp_path_factory.mktemp("playback") / "run")


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """The page of the line that leaves nothing to chance."""
    return run_of(tmp_path_factory.mktemp("playback") / "steady", STEADY)


@pytest.fixture(scope="module")
def bare(browser):
    """A page with the scripts and nothing on it: for asking them what they work out."""
    page = browser.new_page()
    page.set_content(BARE)
    page.add_script_tag(content="\n".join(_asset(name) for name in SCRIPTS if name != "start.js"))
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
    here = (visits.queued // 1000 <= moment) & ((visits.started == NONE) | (visits.started // 1000 > moment))
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
    if ((outages.failed // 1000 <= moment) & repaired).any():
        return ["down", item]
    if item is None:
        return ["starved", None]
    if finished.any():
        return ["blocked", item]
    return ["waiting" if out.any() else "working", item]


@few
@given(scenario=lines_with_belts(), shares=st.lists(st.floats(0, 1), min_size=12, max_size=12))
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
@given(scenario=lines_with_belts(), most=st.integers(3, 12), share=st.floats(0, 0.999))
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
    assert plan["width"] * plan["scale"] <= width
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
    with rework(to=0, cleared=len(scenario.line) - 1):
        run = told(scenario)
        assert [len(scenario.line), 0, "scrap"] in run.specs["playback"]["ways"]
        moment = int(share * run.specs["gantt"]["end"])
        assert bare.evaluate(LINE, [run.specs, [moment]]) == [line_at(run, moment)]
        assert_in_the_picture(bare.evaluate(PLAN, [run.specs["playback"], width]), width)


def sentence(page):
    """Return what the page says of the line."""
    return page.inner_text("#watch-told")


def test_arrows_go_from_what_happened_to_what_happens_next(browser, steady):
    """A part comes and is pressed, photographed and asked about; the sentence says each, and back again."""
    with opened(browser, steady, reduced_motion="reduce") as page:
        page.focus("#watch-field")
        page.keyboard.press("Home")
        assert sentence(page).startswith(
            "At 0 s: press is starved; camera is starved, 0 of 1 places in front taken;"
        )
        said = []
        for _ in range(4):
            page.keyboard.press("ArrowRight")
            said.append(sentence(page).partition(" places")[0])
        assert said == [
            "At 1 s: press works on part 1; camera is starved, 0 of 1",
            "At 1.5 s: press is starved; camera works on part 1, 0 of 1",
            "At 2 s: press works on part 2; camera waits for the answer about part 1 (0 ms of 2 s), 0 of 1",
            "At 2.5 s: press is starved; camera waits for the answer about part 1 (500 ms of 2 s), 1 of 1",
        ]
        assert "camera waits" in sentence(page)
        assert "(full)" in sentence(page)
        page.keyboard.press("ArrowLeft")
        assert sentence(page).partition(" places")[0] == said[2]
        page.keyboard.press("End")
        assert sentence(page).endswith("4 shipped, 0 scrapped of 4 parts so far.")


def line_time(page):
    """Return the clock of the playback, in seconds."""
    return float(page.inner_text("#watch-clock").removesuffix(" s"))


def test_it_plays_as_fast_as_it_is_told_and_stops_at_the_end(browser, steady):
    """By itself where motion is welcome; a second of watching at half speed is half a second of the line."""
    with opened(browser, steady, clock=True) as page:
        page.locator("#watch-field").scroll_into_view_if_needed()
        page.get_by_role("button", name="Pause").wait_for()
        page.select_option("#watch-speed", "0.5")
        assert sentence(page).endswith(", 1/2 of real time.")
        page.clock.run_for(100)
        before = line_time(page)
        page.clock.run_for(1000)
        assert line_time(page) - before == pytest.approx(0.5, abs=0.02)
        page.select_option("#watch-speed", "1000")
        page.clock.run_for(1000)
        page.get_by_role("button", name="Play").wait_for()
        assert sentence(page).endswith("4 shipped, 0 scrapped of 4 parts so far.")


def test_who_wants_no_motion_gets_still_pictures_a_second_apart(browser, steady):
    """It does not start by itself; asked to, it moves on in steps of a second."""
    with opened(browser, steady, clock=True, reduced_motion="reduce") as page:
        page.locator("#watch-field").scroll_into_view_if_needed()
        page.focus("#watch-field")
        page.keyboard.press("Home")
        page.select_option("#watch-speed", "0.5")
        page.clock.run_for(3000)
        assert line_time(page) == 0
        page.keyboard.press(" ")
        page.clock.run_for(900)
        assert line_time(page) == 0
        page.clock.run_for(300)
        assert line_time(page) == 0.5
        page.keyboard.press(" ")
        page.clock.run_for(3000)
        assert line_time(page) == 0.5


def test_only_the_sentence_is_read_out_and_only_when_the_reader_does_something(browser, steady):
    """A clock that is read out sixty times a second would drown everything else."""
    with opened(browser, steady, clock=True) as page:
        page.locator("#watch-field").scroll_into_view_if_needed()
        page.get_by_role("button", name="Pause").wait_for()
        live = "#watch :is([aria-live], output, [role=status], [role=timer], [role=log])"
        assert [one.get_attribute("id") for one in page.locator(live).all()] == ["watch-told"]
        assert sentence(page).startswith("Playing from ")
        before = sentence(page), line_time(page)
        page.clock.run_for(500)
        assert sentence(page) == before[0]
        assert line_time(page) > before[1]
        page.focus("#watch-field")
        page.keyboard.press(" ")
        assert sentence(page).startswith("At ")


def test_speed_slider_and_moments_take_the_reader_where_he_wants(browser, folder):
    """Plus and minus choose the next speed; the slider and the list of moments go to a moment."""
    with opened(browser, folder, reduced_motion="reduce") as page:
        page.focus("#watch-field")
        page.select_option("#watch-speed", "1")
        page.keyboard.press("+")
        assert page.input_value("#watch-speed") == "2"
        for _ in range(3):
            page.keyboard.press("-")
        assert sentence(page) == "Speed: 1/5 of real time."
        page.press("#watch-slider", "End")
        assert sentence(page).endswith("of 80 parts so far.")
        for moment, said in (("no answer", "waiting for an answer"), ("down for", "press is down")):
            option = page.locator("#watch-jump option", has_text=moment).first
            page.select_option("#watch-jump", option.get_attribute("value"))
            assert line_time(page) == pytest.approx(float(option.inner_text().split(" s:")[0]), abs=0.001)
            assert said in sentence(page)


WATCHED = INK.replace("#gantt-field canvas", "#watch-field canvas")


def test_it_is_drawn_in_the_colours_of_the_gantt_in_light_in_dark_and_on_paper(browser, steady):
    """Blue for work while somebody works, another blue in the dark; paper is light for everybody."""
    colours = {"light": "43,108,176", "dark": "76,143,214"}
    with opened(browser, steady, reduced_motion="reduce") as page:
        page.focus("#watch-field")
        page.keyboard.press("Home")
        assert colours["light"] not in page.evaluate(WATCHED)
        page.keyboard.press("ArrowRight")
        assert colours["light"] in page.evaluate(WATCHED)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"ink => ({WATCHED})().includes(ink)", arg=colours["dark"])
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert colours["light"] in page.evaluate(WATCHED)
        assert not page.locator(".watch-play").is_visible()
        assert page.locator("#watch-field canvas").is_visible()


def test_what_is_under_the_pointer_is_told(browser, steady):
    """A machine by what it does, a part in front by its place in the queue."""
    with opened(browser, steady, reduced_motion="reduce") as page:
        page.focus("#watch-field")
        page.keyboard.press("Home")
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        page.locator("#watch-field").scroll_into_view_if_needed()
        box = page.locator("#watch-field canvas").bounding_box()
        tips = set()
        for across in range(0, int(box["width"]), 9):
            page.mouse.move(box["x"] + across, box["y"] + 0.3 * box["height"])
            if page.locator("#tip").is_visible():
                tips.add(page.inner_text("#tip"))
        assert "press is starved" in tips
        assert "camera waits for the answer about part 1 (500 ms of 2 s)" in tips
        assert "part 2: number 1 of those in front of camera, for 0 ms" in tips


def test_it_fits_a_phone(browser, folder):
    """The picture is as wide as its frame, and the page as the screen."""
    with opened(browser, folder, **PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        frame, picture = (page.locator(f"#watch-field{inner}").bounding_box() for inner in ("", " canvas"))
        assert picture["x"] >= frame["x"]
        assert picture["x"] + picture["width"] <= frame["x"] + frame["width"]
        assert picture["height"] > 300


def test_a_picture_that_is_taller_than_the_screen_plays_all_the_same(browser, tmp_path):
    """Never more than a little of it is in sight."""
    stations = [{"station": f"s{number}", "cycle": "100 ms", "buffer": 2} for number in range(12)]
    folder = run_of(tmp_path / "run", {"line": [*stations, INSPECTED["line"][1]], "run": {"items": 5}})
    with opened(browser, folder, clock=True, **{**PHONE, "viewport": {"width": 360, "height": 400}}) as page:
        page.locator("#watch-field").evaluate("field => field.scrollIntoView({ behavior: 'instant' })")
        page.get_by_role("button", name="Pause").wait_for()
        page.clock.run_for(100)
        before = line_time(page)
        page.clock.run_for(500)
        assert line_time(page) > before


def test_the_line_is_watched_from_the_table_of_moments(browser, folder):
    """The button beside `show` stops the line at that moment, brings it into sight and gives it the keys."""
    with opened(browser, folder, reduced_motion="reduce") as page:
        button = page.locator(".watch-moment").first
        button.click()
        assert line_time(page) == pytest.approx(int(button.get_attribute("data-happens")) / 1e6, abs=0.001)
        assert page.evaluate("document.activeElement.id") == "watch-field"
        assert page.locator("#watch-field").is_visible()


def test_the_verdict_is_above_it(browser, folder):
    """The headline is seen first, and the line without scrolling."""
    with opened(browser, folder, viewport=DESK) as page:
        headline, line = (page.locator(name).bounding_box() for name in (".headline", "#watch-field"))
        assert headline["y"] + headline["height"] < line["y"] < DESK["height"]


@pytest.mark.parametrize(
    "changes",
    [
        {"run": {"items": 1}},
        {"run": {"duration": "2 s"}, "arrivals": {"every": "20 ms", "on_full": "lose"}},
        {
            "line": [
                {
                    **INSPECTED["line"][0],
                    "station": "the place with the longest of all names that a place may have"[:60].strip(),
                    "units": 40,
                }
            ]
        },
        {
            "line": [
                *INSPECTED["line"],
                {**INSPECTED["line"][1], "inspection": "gate", "on_no_result": "scrap"},
            ]
        },
    ],
    ids=["one part", "cut off", "many machines", "two inspections"],
)
def test_unusual_lines_are_played_all_the_same(browser, tmp_path, changes):
    """From one end to the other, nothing complains, and the bins hold what the summary says."""
    folder = run_of(tmp_path / "run", changes)
    counts = json.loads((folder / "summary.json").read_text())["items"]
    with opened(browser, folder, reduced_motion="reduce") as page:
        page.press("#watch-slider", "End")
        assert f"{counts['shipped']} shipped, {counts['scrapped']} scrapped" in sentence(page)
        assert f"of {counts['arrived']} part" in sentence(page)
        page.press("#watch-slider", "Home")
        assert sentence(page).startswith("At 0 s")


def test_a_killed_run_is_played_as_far_as_its_files_go(browser, tmp_path):
    """Parts whose story or next row is missing are nowhere rather than somewhere."""
    folder = run_of(tmp_path / "run")
    kill(folder, rows=30)
    made_again(folder)
    with opened(browser, folder, reduced_motion="reduce") as page:
        page.press("#watch-slider", "End")
        assert "shipped" in sentence(page)


def test_where_no_time_passes_there_is_nothing_to_watch(browser, tmp_path):
    """The page says elsewhere that nothing happened; it has no playback, and no link to one."""
    line = [{"station": "press", "cycle": 0}]
    folder = run_of(tmp_path / "run", {"line": line, "review": None, "arrivals": {"saturated": True}})
    with opened(browser, folder) as page:
        assert page.locator("#watch, a[href='#watch']").count() == 0
