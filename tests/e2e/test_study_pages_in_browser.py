"""The studies' pages in a headless Chromium, and every chart of every page saved as SVG and as PNG."""

import re
import xml.etree.ElementTree as ET

import pytest
from browsers import DESK, PHONE, chromium, opened
from pages import run_of
from PIL import Image
from study_pages import HOSTILE, SVG, compared, needs_others, replicated, saved, scenario, slower

from line_sim.report.studies.blocks import Chart, Page, Row, Section, Table, Unfolds, Words
from line_sim.report.studies.charts import (
    Axis,
    Bar,
    Box,
    Mark,
    Point,
    Series,
    Spot,
    Square,
    heat,
    lines,
    rows,
    scatter,
    scheme,
)
from line_sim.report.studies.page import write_study_page
from line_sim.study.replications.precision import Goal

pytestmark = pytest.mark.browser
NARROW = {**PHONE, "viewport": {"width": 390, "height": 844}}
GROUND = "getComputedStyle(document.body).backgroundColor"
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def browser():
    """One browser for all of these tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page of each kind."""
    place = tmp_path_factory.mktemp("pages")
    return {
        "compare": compared(place / "both", scenario(name=HOSTILE), slower(name=HOSTILE), 3),
        "replications": replicated(place / "runs", scenario(name=HOSTILE), 12, (Goal("uph", 0.5),)),
        "every chart": write_study_page(place / "charts.html", every_chart()),
    }


@pytest.fixture(scope="module")
def run_page(tmp_path_factory):
    """A run with timeouts, outages, escapes and overkill, its page in it."""
    return run_of(tmp_path_factory.mktemp("pages") / "run") / "report.html"


def every_chart():
    """Return a page with each kind of chart, one of them with links to something folded."""
    series = [
        Series(
            "one", tuple(Point(x, 10.0 * x, 9 * x, 11 * x, href="#variant-1") for x in range(4)), dots=True
        )
    ]
    banded = [Series("one", tuple(Point(x, 1.0 * x, x - 1, x + 1) for x in range(5)), band=True)]
    spots = [
        Spot(x, x**0.5, f"variant {x}", y_low=0, y_high=2, front=x != 2, href="#variant-1")
        for x in range(1, 5)
    ]
    cells = [[Square(1.0, "1.0", mark="*"), Square(None, "")], [Square(2.0, "2.0"), Square(3.0, "3.0")]]
    charts = (
        Chart("lines", "Lines", lines(Axis("x", low=0), Axis("y"), series, [Mark("asked", y=20)])),
        Chart("band", "A band", lines(Axis("x"), Axis("y"), banded)),
        Chart(
            "rows",
            "Rows",
            rows(Axis("UPH"), [Bar("press", 3, 2, 4, (2.5, 3.5), "3")], [Mark("limit", x=3.5)]),
        ),
        Chart("scatter", "Points", scatter(Axis("x"), Axis("y"), spots)),
        Chart("heat", "Heat", heat("deadline", "cameras", ["1 s", "2 s"], ["1", "2"], cells)),
        Chart("scheme", "A line", scheme([Box("press", ("1 machine",)), Box("camera", kind="inspection")])),
    )
    folded = Unfolds("More", (Words("Folded."), Table("Variants", (), (Row(("one",), anchor="variant-1"),))))
    return Page("sweep", "Every chart", "All are drawn.", (Section("all", "All", (*charts, folded)),))


@pytest.mark.parametrize("name", ["compare", "replications", "every chart"])
def test_every_chart_is_drawn_and_nothing_is_complained_of(browser, pages, name):
    """As SVG with something in it, and the network is not asked."""
    with opened(browser, pages[name].parent, name=pages[name].name) as page:
        charts = page.locator("[data-chart]")
        assert charts.count() >= 6
        for chart in charts.all():
            drawing = chart.locator("svg")
            assert drawing.count() == 1
            assert drawing.get_attribute("aria-label")
            assert drawing.locator("path, rect, line, circle").count() > 1
            assert "undefined" not in chart.inner_text()
            assert "NaN" not in drawing.evaluate("svg => svg.outerHTML")


@pytest.mark.parametrize("name", ["compare", "replications", "every chart"])
@pytest.mark.parametrize(("size", "scheme"), [({"viewport": DESK}, "light"), (NARROW, "dark")])
def test_an_accessibility_checker_finds_nothing(browser, pages, name, size, scheme):
    """No violation of axe-core's rules, of any weight, with every part of the page open."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    with opened(browser, pages[name].parent, name=pages[name].name, color_scheme=scheme, **size) as page:
        for summary in page.locator("summary").all():
            summary.click()
        response = axe.Axe().run(page).response
        told = [
            f"{v['impact']}: {v['id']}: {[n['html'] for n in v['nodes'][:3]]}" for v in response["violations"]
        ]
        assert told == []
        assert len(response["passes"]) > 15


@pytest.mark.parametrize("name", ["compare", "replications", "every chart"])
def test_a_phone_needs_no_scrolling_sideways(browser, pages, name):
    """At 390 pixels the page is as wide as the screen, and no chart is wider."""
    with opened(browser, pages[name].parent, name=pages[name].name, **NARROW) as page:
        assert page.evaluate(WIDTH) == 390
        wide = page.locator("[data-chart] svg").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().right)"
        )
        assert max(wide) <= 390
        page.set_viewport_size({"width": 800, "height": 844})
        page.wait_for_function(
            "() => document.querySelector('[data-chart] svg').getBoundingClientRect().width > 400"
        )


def test_it_is_dark_where_the_reader_wants_it_dark_and_light_on_paper(browser, pages):
    """Ground and lines follow; print has no buttons and all that was folded."""
    with opened(browser, pages["compare"].parent, name="compare.html", color_scheme="dark") as page:
        ink = "getComputedStyle(document.querySelector('.series .line')).stroke"
        dark = page.evaluate(GROUND), page.evaluate(ink)
        page.emulate_media(color_scheme="light")
        assert page.evaluate(GROUND) != dark[0]
        assert page.evaluate(ink) != dark[1]
        page.emulate_media(color_scheme="dark", media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
        assert not page.locator(".save").first.is_visible()
        assert page.evaluate("[...document.querySelectorAll('details')].every((one) => one.open)")


def test_a_point_leads_by_key_to_what_is_folded(browser, pages):
    """A link in a chart is reached by Tab, and what it leads to is unfolded."""
    with opened(browser, pages["every chart"].parent, name="charts.html") as page:
        assert not page.locator("#variant-1").is_visible()
        page.locator("[data-chart=lines] a").first.focus()
        page.keyboard.press("Enter")
        page.locator("#variant-1").wait_for(state="visible")


def test_it_reads_without_javascript(browser, pages):
    """Sentence and tables are there; charts, which are not, are no holes."""
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    page.goto(pages["compare"].as_uri())
    assert page.locator(".headline").is_visible()
    assert page.locator("table").count() >= 3
    assert page.get_by_text("charts need JavaScript").is_visible()
    assert not page.locator("[data-chart]").first.is_visible()
    context.close()


@pytest.mark.parametrize("name", ["run", "compare", "replications", "every chart"])
def test_every_chart_can_be_saved_as_svg(browser, pages, run_page, tmp_path, name):
    """By key, in the dark, as one file that needs nothing else: on white, with its title and letters."""
    file = run_page if name == "run" else pages[name]
    with opened(browser, file.parent, name=file.name, color_scheme="dark") as page:
        charts = page.locator("[data-save]")
        assert charts.count() == page.locator(".save").count() >= 6
        assert page.evaluate(
            "[...document.querySelectorAll('.chart, .plot')].every((one) => one.dataset.save)"
        )
        before = page.evaluate(GROUND)
        for chart in charts.all():
            svg = ET.parse(saved(page, chart.locator(".save button").first, tmp_path)).getroot()  # noqa: S314 - our own
            assert svg.find(f"{SVG}title").text == chart.get_attribute("data-save")
            assert svg.find(f"{SVG}rect").get("fill") == "#fff"
            assert needs_others(svg) == []
            words = " ".join(text.text or "" for text in svg.iter(f"{SVG}text"))
            assert "Save as" not in words
            assert len(words) > 20
            assert len(list(svg.iter())) > 12
        assert page.evaluate(GROUND) == before
        assert page.evaluate("document.documentElement.className") == "scripted"


@pytest.mark.parametrize("name", ["run", "every chart"])
def test_a_picture_is_twice_as_large_and_not_blank(browser, pages, run_page, tmp_path, name):
    """It shows what the SVG does: as many pixels as that asks for, twice, in several colours."""
    file = run_page if name == "run" else pages[name]
    with opened(browser, file.parent, name=file.name) as page:
        for chart in page.locator("[data-save]").all():
            svg, png = (saved(page, chart.locator(".save button").nth(place), tmp_path) for place in (0, 1))
            assert (svg.suffix, png.suffix) == (".svg", ".png")
            assert svg.stem == png.stem
            size = re.search(r'width="(\d+)" height="(\d+)"', svg.read_text(encoding="utf-8")).groups()
            with Image.open(png) as picture:
                assert picture.size == tuple(2 * int(each) for each in size)
                plain = picture.convert("RGB")
                colours, corner = plain.getcolors(1 << 24), plain.getpixel((2, 2))
            assert corner == (255, 255, 255)
            assert len(colours) > 8


def test_what_is_on_a_canvas_is_saved_in_lines(browser, run_page, tmp_path):
    """The Gantt chart's bars and numbers, and the line with its machines, are shapes and letters."""
    with opened(browser, run_page.parent) as page:
        page.focus("#gantt-field")
        page.keyboard.press("Home")
        gantt = ET.parse(saved(page, page.locator("#gantt-chart .save button").first, tmp_path)).getroot()  # noqa: S314 - our own
        words = {text.text for text in gantt.iter(f"{SVG}text")}
        assert {"press", "camera 1", "camera 2", "review", "1", "2"} <= words
        assert len(list(gantt.iter(f"{SVG}rect"))) > 20
        assert list(gantt.iter(f"{SVG}pattern"))
        line = ET.parse(saved(page, page.locator("#watch-line .save button").first, tmp_path)).getroot()  # noqa: S314 - our own
        words = {text.text for text in line.iter(f"{SVG}text")}
        assert {"press", "camera", "came", "shipped", "scrapped"} <= words
        assert not [*gantt.iter(f"{SVG}image"), *line.iter(f"{SVG}image")]


def test_a_file_is_named_as_the_page_and_the_chart(browser, pages, tmp_path):
    """With nothing in the name that a file system minds."""
    with opened(browser, pages["every chart"].parent, name="charts.html") as page:
        file = saved(page, page.locator("[data-chart=band] .save button").first, tmp_path)
        assert file.name == "every-chart-a-band.svg"
    with opened(browser, pages["compare"].parent, name="compare.html") as page:
        file = saved(page, page.locator(".save button").first, tmp_path)
        assert re.fullmatch(r"[\w-]+\.svg", file.name)
