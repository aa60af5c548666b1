"""The page in a headless Chromium: drawn, moved by keys, in the dark, on a phone, on paper, for everybody."""

import re

import pytest
from browsers import DESK, INK, PHONE, chromium, opened
from pages import INSPECTED, kill, made_again, run_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    """One browser for all of these tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with timeouts, outages, escapes and overkill, its page in it."""
    return run_of(tmp_path_factory.mktemp("browser") / "run")


def stretch(page):
    """Return the stretch of time that the Gantt chart shows, as typed into its fields."""
    return [float(page.input_value(name)) for name in ("#gantt-from", "#gantt-length")]


def test_every_chart_is_drawn_and_nothing_is_complained_of(browser, folder):
    """The canvas has the colours of work, the curves have paths, the network is not asked."""
    with opened(browser, folder) as page:
        assert len(page.evaluate(INK)) > 5
        assert page.locator(".curve").count() == 3
        assert page.locator(".histogram .column").count() > 5
        assert all(page.locator(".curve").evaluate_all("all => all.map((c) => c.getTotalLength() > 500)"))
        assert "parts on machines" in page.inner_text("#gantt-told")


def test_the_gantt_is_moved_by_keys(browser, folder):
    """Arrows move, plus and minus zoom, Home and End go to the ends, the full stop tells of a part."""
    with opened(browser, folder) as page:
        page.focus("#gantt-field")
        page.keyboard.press("Home")
        at, length = stretch(page)
        assert at == 0
        page.keyboard.press("ArrowRight")
        assert stretch(page)[0] == pytest.approx(0.2 * length, abs=0.002)
        page.keyboard.press("+")
        assert stretch(page)[1] == pytest.approx(length / 2, abs=0.002)
        page.keyboard.press("0")
        whole = stretch(page)[1]
        assert whole > 20
        page.keyboard.press("-")
        assert stretch(page) == [0, whole]
        page.keyboard.press("ArrowDown")
        assert "parts in the run" in page.inner_text("#gantt-told")
        page.keyboard.press(".")
        assert re.match(r"\S+ 1, part [\d,]+: from .*; call .* ms", page.inner_text("#gantt-told"))


def test_a_stretch_is_typed_slid_to_or_chosen_from_the_moments(browser, folder):
    """What is typed is shown; the slider goes to the end; `show` brings a moment into view."""
    with opened(browser, folder) as page:
        page.fill("#gantt-from", "3")
        page.fill("#gantt-length", "1.5")
        page.press("#gantt-length", "Enter")
        page.locator("#gantt-length").blur()
        assert stretch(page) == [3, 1.5]
        assert page.inner_text("#gantt-told").startswith("3 s to 4.5 s: ")
        page.press("#gantt-slider", "End")
        assert stretch(page)[0] > 10
        page.locator(".look").first.click()
        moment = float(page.locator("tr:has(.look) td.number").first.inner_text().split()[0])
        at, length = stretch(page)
        assert at <= moment <= at + length
        assert page.evaluate("document.activeElement.id") == "gantt-field"


def test_a_bar_is_told_of_under_the_pointer_and_dragged(browser, folder):
    """Hovering shows what a machine did; dragging moves the stretch."""
    with opened(browser, folder) as page:
        page.focus("#gantt-field")
        page.keyboard.press("0")
        field = page.locator("#gantt-field")
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        page.keyboard.press("+")
        before = stretch(page)[0]
        tips = []
        for step in range(20):
            page.mouse.move(box["x"] + 10 + 40 * step, box["y"] + 30)
            if page.locator("#tip").is_visible():
                tips.append(page.inner_text("#tip"))
        assert any(tip.startswith("press, part ") for tip in tips)
        page.mouse.down()
        page.mouse.move(box["x"] + 400, box["y"] + 30, steps=4)
        page.mouse.up()
        assert stretch(page)[0] != before


def test_a_curve_is_read_off_and_zoomed_by_keys(browser, folder):
    """Arrows say what the curve says; plus shows less of it in more detail; 0 shows all again."""
    with opened(browser, folder) as page:
        field = page.locator('[data-plot="wip"] .field')
        curve = page.locator('[data-plot="wip"] .curve')
        field.focus()
        page.keyboard.press("ArrowRight")
        assert re.search(r"s: \d+ parts", page.inner_text('[data-plot="wip"] .readout'))
        ticks = page.locator('[data-plot="wip"] .x-ticks').inner_text()
        before = curve.get_attribute("d")
        page.keyboard.press("+")
        assert curve.get_attribute("d") != before
        assert page.locator('[data-plot="wip"] .x-ticks').inner_text() != ticks
        page.keyboard.press("0")
        assert page.locator('[data-plot="wip"] .x-ticks').inner_text() == ticks


def test_it_is_dark_where_the_reader_wants_it_dark(browser, folder):
    """Ground, text and the canvas follow, also while the page is open."""
    with opened(browser, folder, color_scheme="dark") as page:
        ground = "getComputedStyle(document.body).backgroundColor"
        dark, ink = page.evaluate(ground), page.evaluate(INK)
        page.emulate_media(color_scheme="light")
        assert page.evaluate(ground) != dark
        # The page hears of the new scheme with one of the browser's next frames, and draws the canvas then.
        page.wait_for_function(f"ink => String(({INK})()) !== String(ink)", arg=ink)


@pytest.mark.parametrize(("size", "scheme"), [({"viewport": DESK}, "light"), (PHONE, "dark")])
def test_an_accessibility_checker_finds_nothing(browser, folder, size, scheme):
    """No violation of axe-core's rules, of any weight, with every part of the page open."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    with opened(browser, folder, color_scheme=scheme, **size) as page:
        for summary in page.locator("summary").all():
            summary.click()
        response = axe.Axe().run(page).response
        told = [
            f"{v['impact']}: {v['id']}: {[n['html'] for n in v['nodes'][:3]]}" for v in response["violations"]
        ]
        assert told == []
        assert len(response["passes"]) > 20


def test_a_phone_needs_no_scrolling_sideways(browser, folder):
    """At 360 pixels the page is as wide as the screen, and the chart is drawn."""
    with opened(browser, folder, **PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert len(page.evaluate(INK)) > 5


@pytest.fixture(scope="module")
def long_run(tmp_path_factory):
    """Half a day of eight cameras with long names, their answers minutes apart."""
    name = "the camera at the gate behind the press looking from above 8"
    press, camera = INSPECTED["line"]
    modelled = {"service": {"lognormal": {"mean": "38 s", "cv": 0.6}}, "servers": 4, "miss_rate": 0.3}
    line = [
        {**press, "cycle": "40 s", "breakdowns": {"up": "2 h", "repair": "5 min"}},
        {**camera, "inspection": name, "units": 8, "deadline": "80 s", "gateway": {"modelled": modelled}},
    ]
    changes = {"run": {"items": 300}, "arrivals": {"every": "2 min"}, "line": line}
    return run_of(tmp_path_factory.mktemp("browser") / "long", changes)


@pytest.mark.parametrize("width", [375, 320])
def test_tables_scroll_on_a_phone_and_captions_stay_in_sight(browser, long_run, width):
    """A table that is too wide moves inside its frame; its caption stands still and is broken, not cut."""
    with opened(browser, long_run, **{**PHONE, "viewport": {"width": width, "height": 780}}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        told = page.evaluate(CAPTIONS)
        assert any(table["wide"] for table in told)
        assert [table for table in told if not table["seen"]] == []
        assert [table for table in told if table["wide"] and not table["moves"]] == []


CAPTIONS = """() => [...document.querySelectorAll('.scroll')].map((frame) => {
  const caption = frame.querySelector('caption'), wide = frame.scrollWidth > frame.clientWidth + 1;
  frame.scrollLeft = 1000;
  const [inner, outer] = [caption, frame].map((one) => one.getBoundingClientRect());
  const inside = inner.left > outer.left - 1 && inner.right < outer.right + 1;
  const seen = inside && caption.scrollWidth <= caption.clientWidth + 1;
  return { text: caption.textContent, wide, moves: frame.scrollLeft > 0, seen };
})"""


def test_the_clock_of_a_long_run_is_no_count_of_seconds(browser, long_run):
    """Ten hours are told as hours, on the axis, under the pointer and in the table."""
    with opened(browser, long_run) as page:
        assert page.inner_text("label:has(#gantt-from)").startswith("From, h")
        page.focus("#gantt-field")
        page.keyboard.press("0")
        assert re.match(r"0:00:00 to 1\d:\d\d:\d\d", page.inner_text("#gantt-told"))
        assert all(":" in text for text in page.locator("tr:has(.look) td.number").all_inner_texts())
        assert not re.search(r"\d{2},\d{3}(\.\d)? m?s\b", page.inner_text("main"))


def test_zoom_controls_are_in_reach_and_lie_on_nothing(browser, long_run):
    """Those of a tall Gantt chart stay in sight to its last row; those of a curve leave its labels free."""
    with opened(browser, long_run, viewport={"width": 1000, "height": 420}) as page:
        page.evaluate(
            "document.querySelector('#gantt-slider').scrollIntoView({ block: 'end', behavior: 'instant' })"
        )
        box = page.locator("#gantt-chart .gantt-tools").bounding_box()
        assert 0 <= box["y"] <= 420 - box["height"]
        page.locator('.gantt-tools [data-do="in"]').click()
        assert page.evaluate(OVERLAPS) == []


OVERLAPS = """() => [...document.querySelectorAll('.plot')].flatMap((plot) => {
  const tools = plot.querySelector('.plot-tools')?.getBoundingClientRect();
  return tools ? [...plot.querySelectorAll('.y-ticks span, .mark span')].filter((label) => {
    const box = label.getBoundingClientRect();
    const beside = box.left >= tools.right || box.right <= tools.left;
    return !beside && box.top < tools.bottom && box.bottom > tools.top;
  }).map((label) => label.textContent) : [];
})"""


def test_a_tip_goes_with_the_pointer_and_with_what_it_told_of(browser, folder):
    """It is gone when the page is scrolled under a pointer that stands, and when the pointer leaves."""
    with opened(browser, folder, reduced_motion="reduce") as page:
        column, tip = page.locator(".histogram .column").last, page.locator("#tip")
        for leave in (
            lambda: page.mouse.wheel(0, 300),
            lambda: page.mouse.move(2, 2),
            lambda: page.keyboard.press("Escape"),
        ):
            column.scroll_into_view_if_needed()
            page.mouse.move(2, 2)
            column.hover(force=True)
            tip.wait_for(state="visible")
            leave()
            tip.wait_for(state="hidden", timeout=5000)


@pytest.mark.parametrize("chart", ["#gantt-field", '[data-plot="wip"] .field'])
def test_dragging_over_a_chart_selects_no_text(browser, folder, chart):
    """From within the chart to its labels and beyond."""
    with opened(browser, folder) as page:
        page.locator(chart).scroll_into_view_if_needed()
        box = page.locator(chart).bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + box["height"] + 60, steps=5)
        page.mouse.up()
        assert page.evaluate("getSelection().toString()") == ""


def test_it_reads_without_javascript(browser, folder):
    """The sentence, figures, curves and tables are there; what needs the script says so."""
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    page.goto((folder / "report.html").as_uri())
    assert page.locator(".headline").is_visible()
    assert page.locator('[data-plot="wip"] .curve').is_visible()
    assert page.get_by_text("needs JavaScript").is_visible()
    assert not page.locator("#gantt-chart").is_visible()
    assert not page.locator(".look").first.is_visible()
    context.close()


def test_it_prints_light_and_whole(browser, folder):
    """On paper: dark letters on white also for who reads in the dark, no buttons, the chart redrawn."""
    with opened(browser, folder, color_scheme="dark") as page:
        dark = set(page.evaluate(INK))
        page.locator("summary").last.click()
        unfolded = page.evaluate("[...document.querySelectorAll('details')].map((d) => d.open)")
        assert {True, False} == set(unfolded)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator(".gantt-tools").is_visible()
        assert set(page.evaluate(INK)) != dark
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("[...document.querySelectorAll('details')].map((d) => d.open)") == unfolded
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_killed_run_reads_as_partial(browser, tmp_path):
    """The first thing under the sentence says so, and the charts of what there is are drawn."""
    folder = run_of(tmp_path / "run")
    kill(folder, rows=30)
    made_again(folder)
    with opened(browser, folder) as page:
        assert "This page is partial" in page.locator("main > *").first.inner_text()
        assert len(page.evaluate(INK)) > 3
