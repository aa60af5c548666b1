"""The line played back in headless Chromium: by keys, in the dark, on a phone, on paper, for everybody."""

import json

import pytest
from browsers import DESK, INK, PHONE, chromium, opened
from pages import INSPECTED, kill, made_again, run_of

pytestmark = pytest.mark.browser

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


def test_a_moment_can_be_gone_to_again(browser, folder):
    """The list lets go of a moment as soon as the picture shows another one."""
    with opened(browser, folder, reduced_motion="reduce") as page:
        chosen = page.locator("#watch-jump option").nth(1).get_attribute("value")
        page.select_option("#watch-jump", chosen)
        assert page.input_value("#watch-jump") == chosen
        page.press("#watch-slider", "End")
        assert page.input_value("#watch-jump") == ""


def test_a_tip_says_what_is_under_the_pointer_now(browser, steady):
    """A pointer that rests on the press sees one part after the other; gone with Escape, it stays away."""
    with opened(browser, steady, clock=True) as page:
        page.locator("#watch-field").scroll_into_view_if_needed()
        page.get_by_role("button", name="Pause").wait_for()
        page.select_option("#watch-speed", "1")
        page.clock.run_for(100)
        box = page.locator("#watch-field canvas").bounding_box()
        across = (box["x"] + x for x in range(0, int(box["width"]), 6))
        for x in across:
            page.mouse.move(x, box["y"] + 0.3 * box["height"])
            if page.locator("#tip").is_visible() and page.inner_text("#tip").startswith("press"):
                break
        said = set()
        for _ in range(30):
            page.clock.run_for(100)
            said.add(page.inner_text("#tip"))
        assert len(said) > 2
        page.keyboard.press("Escape")
        page.clock.run_for(500)
        assert not page.locator("#tip").is_visible()


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
