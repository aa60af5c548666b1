"""The pages of sweeps and plans in headless Chromium: read off, chosen from, sorted, saved, for all."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from browsers import DESK, PHONE, chromium, opened
from made_studies import BUFFER, DEADLINE, DEADLINES, UNITS, grid, hypercube, plan, sweep, written

from line_sim.report.points.plan.writing import write_plan_page
from line_sim.report.points.sweep.writing import write_sweep_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    """One browser for all of these tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder for every kind of study, with its page in it."""
    root = tmp_path_factory.mktemp("studies")
    one = sweep({DEADLINE: DEADLINES})
    three = sweep({UNITS: [1, 2, 3], DEADLINE: DEADLINES, BUFFER: [0, 2, 6, 12]})
    made = {"grid": grid(), "one": one, "three": three, "lhs": hypercube(60), "many": hypercube(2000)}
    laws = [{"modelled": {"service": {"gamma": {"mean": mean, "cv": 0.25}}}} for mean in ("200 ms", "1 s")]
    made["mappings"] = sweep({"line.camera.gateway": laws, UNITS: [1, 2, 3]})
    for name, data in made.items():
        write_sweep_page(written(root / name, "sweep.json", data))
    write_plan_page(written(root / "plan", "plan.json", plan()))
    return root


def study(browser, folder: Path, name: str, **how):
    """Open one of the pages."""
    return opened(browser, folder / name, name="plan.html" if name == "plan" else "sweep.html", **how)


DRAWN = """() => [...document.querySelectorAll('.chart')].filter((c) => c.checkVisibility()).map((chart) => ({
  label: chart.querySelector('svg[role="img"]')?.getAttribute('aria-label'),
  shapes: chart.querySelectorAll('.chart-field svg > *').length,
  odd: /NaN|undefined|Infinity/.test(chart.innerHTML),
}))"""


@pytest.mark.parametrize(
    ("name", "least"), [("grid", 8), ("one", 5), ("three", 9), ("lhs", 5), ("many", 5), ("plan", 14)]
)
def test_every_chart_is_drawn_and_nothing_is_complained_of(browser, folder, name, least):
    """Each has a name for who cannot see it and shapes for who can; no number went astray."""
    with study(browser, folder, name) as page:
        charts = page.evaluate(DRAWN)
        assert len(charts) >= least
        assert [chart for chart in charts if not chart["label"] or chart["shapes"] < 8 or chart["odd"]] == []


def test_a_cell_is_reached_by_keys_told_and_chosen(browser, folder):
    """Arrows go from cell to cell, Enter chooses: its settings are there to copy, every chart marks it."""
    with study(browser, folder, "grid") as page:
        field = page.locator('[data-charts="heat"] .chart-field')
        field.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        said = page.inner_text('[data-charts="heat"] .readout')
        assert "camera.deadline = 350 ms" in said
        page.keyboard.press("Enter")
        units = said.split("camera.units = ")[1][0]
        options = page.inner_text('[data-part="options"]')
        assert options == f"--set line.camera.units={units} --set 'line.camera.deadline=350 ms'"
        assert "Output" in page.inner_text('[data-part="figures"]')
        rings = page.locator(".c-chosen").evaluate_all("all => all.map((r) => Boolean(r.getAttribute('d')))")
        assert sum(rings) >= 5
        assert page.locator("tr.is-chosen").count() >= 1
        page.keyboard.press("Escape")
        assert page.locator("#chosen").is_hidden()


def test_a_point_is_chosen_with_the_pointer_in_any_chart(browser, folder):
    """A click on a diamond of the front chooses its point, and hovering tells of it."""
    with study(browser, folder, "grid") as page:
        mark = page.locator('#front .c-mark[class*="st-front"]').nth(3)
        mark.scroll_into_view_if_needed()
        box = mark.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert page.inner_text("#tip").startswith("Point ")
        page.mouse.down()
        page.mouse.up()
        assert page.inner_text('[data-part="name"]').startswith("Point ")
        assert page.inner_text("#chosen").count("asked:") == 2


def test_all_charts_follow_the_chosen_figure(browser, folder):
    """The heat map shows escapes, and so do the main effects; the front stays as it is."""
    with study(browser, folder, "grid") as page:
        front = page.inner_html("#front .chart-field")
        page.select_option("#kpi", "escape_rate")
        for chart in page.locator('[data-charts="heat"], [data-charts="effects"] figure').all():
            assert "Escapes" in chart.locator("svg[role='img']").get_attribute("aria-label")
        assert page.inner_html("#front .chart-field") == front


def test_what_moves_a_figure_most_is_said_above_its_effects(browser, tmp_path):
    """Of the chosen figure; where nobody can tell there is no empty line."""
    found = {"kpi": "uph", "key": UNITS, "alike": [DEADLINE], "behind": [], "apart": [UNITS, DEADLINE]}
    data = sweep({UNITS: [1, 2, 3], DEADLINE: DEADLINES}, strongest=[found])
    write_sweep_page(written(tmp_path, "sweep.json", data))
    with opened(browser, tmp_path, name="sweep.html") as page:
        said = page.locator("[data-moves-most]")
        assert said.inner_text().startswith(
            "Which of camera.units and camera.deadline moves it most cannot be told"
        )
        assert "moves it by" in page.locator('[data-charts="effects"] figure').first.inner_text()
        page.select_option("#kpi", "escape_rate")
        assert said.is_hidden()


def test_the_front_is_of_whatever_two_figures_are_asked_for(browser, folder):
    """Flow time against cost, both the less the better: listed points rise in one and fall in the other."""
    with study(browser, folder, "three") as page:
        page.select_option('[name="front-y"]', "flow_time")
        page.select_option('[name="front-x"]', "cost")
        assert page.input_value('[name="front-y-better"]') == "less"
        summary = page.locator("#front [data-list] summary")
        if page.locator("#front [data-list] details").get_attribute("open") is None:
            summary.click()
        rows = [row.split("\t") for row in page.locator("#front [data-list] tbody tr").all_inner_texts()]
        costs = [float(row[-2].split()[0].replace(",", "")) for row in rows]
        flows = [float(row[-1].split()[0].replace(",", "")) for row in rows]
        assert len(rows) > 1
        assert costs == sorted(costs)
        assert flows == sorted(flows, reverse=True)


def test_of_three_axes_two_are_shown_and_the_third_is_chosen(browser, folder):
    """Another level, other numbers; an axis taken across is no longer the lines' axis."""
    with study(browser, folder, "three") as page:
        heat = page.locator('[data-charts="heat"] .chart-field')
        before = heat.inner_text()
        page.select_option("[data-rest] select", label="3")
        assert heat.inner_text() != before
        page.select_option('[name="across"]', label="camera.buffer")
        assert page.locator('[name="by"] option:checked').inner_text() == "camera.deadline"
        assert page.locator("[data-rest]").inner_text().startswith("camera.units")


def test_the_table_is_sorted_and_filtered(browser, folder):
    """By a heading, up and down, what has no figure last; by words, by level and by standing."""
    with study(browser, folder, "grid") as page:
        button = page.locator('#points [data-sort="kpi:uph"]')
        numbers = page.locator("#points tbody .choose")
        button.click()
        assert page.locator("#points th[aria-sort]").get_attribute("aria-sort") == "ascending"
        up = numbers.all_inner_texts()
        button.click()
        down = numbers.all_inner_texts()
        assert down[:19] == up[:19][::-1]
        assert set(up[19:]) == set(down[19:]) == {"1", "8"}
        page.fill('#points [name="words"]', "200 ms")
        assert page.inner_text("#points .found") == "3 rows of 21"
        page.fill('#points [name="words"]', "")
        page.select_option('#points [name="stands"]', "error")
        assert page.locator("#points tbody tr:visible").count() == 2
        assert "locked up" in page.locator("#points tbody").inner_text()


def test_two_thousand_points_are_shown_bit_by_bit(browser, folder):
    """A hundred rows at once, more on request; the dots of a chart are one path, not thousands."""
    with study(browser, folder, "many") as page:
        assert page.locator("#points tbody tr:visible").count() == 100
        page.locator("#points .more-rows").click()
        assert page.locator("#points tbody tr:visible").count() == 500
        assert page.locator('[data-charts="clouds"] svg *').count() < 300
        page.locator('[data-charts="clouds"] .chart-field').first.focus()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        assert page.locator("#chosen").is_visible()


CONTRASTS = """() => {
  const light = (text) => text.match(/\\d+/g).map(Number).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((s, c, i) => s + c * [0.2126, 0.7152, 0.0722][i], 0);
  const heat = document.querySelector('[data-charts="heat"] .chart-field svg');
  const fills = [...heat.querySelectorAll('.c-cell')].map((c) => getComputedStyle(c).fill);
  const inks = [...heat.querySelectorAll('.c-value')].map((c) => getComputedStyle(c).fill);
  return fills.map((fill, i) => {
    const [a, b] = [light(fill), light(inks[i])].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_values_in_the_cells_can_be_read(browser, folder, scheme):
    """The contrast of each with its colour is that which WCAG asks of text, in the light and in the dark."""
    with study(browser, folder, "grid", color_scheme=scheme) as page:
        found = page.evaluate(CONTRASTS)
        assert len(found) == 19
        assert min(found) >= 4.5


@pytest.mark.parametrize("name", ["grid", "one", "three", "lhs", "mappings", "plan"])
def test_a_phone_needs_no_scrolling_sideways(browser, folder, name):
    """The page is as wide as the screen, also with a point chosen and every table unfolded."""
    with study(browser, folder, name, **PHONE) as page:
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        page.locator("[data-choose]").nth(5).click()
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("name", ["grid", "lhs", "plan"])
@pytest.mark.parametrize(("size", "scheme"), [({"viewport": DESK}, "light"), (PHONE, "dark")])
def test_an_accessibility_checker_finds_nothing(browser, folder, name, size, scheme):
    """No violation of axe-core's rules, of any weight, with every table unfolded and a point chosen."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    with study(browser, folder, name, color_scheme=scheme, **size) as page:
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        page.locator("[data-choose]").nth(5).click()
        response = axe.Axe().run(page).response
        told = [
            f"{v['impact']}: {v['id']}: {[n['html'][:300] for n in v['nodes'][:3]]}"
            for v in response["violations"]
        ]
        assert told == []
        assert len(response["passes"]) > 20


@pytest.mark.parametrize("name", ["grid", "plan"])
def test_it_reads_without_javascript(browser, folder, name):
    """The sentence and the table of all points are there; what needs the script says so and leaves no gap."""
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    page.goto((folder / name / ("plan.html" if name == "plan" else "sweep.html")).as_uri())
    assert page.locator(".headline").is_visible()
    assert page.get_by_text("The charts need JavaScript").is_visible()
    rows = page.locator("[data-rows] tbody tr:visible")
    assert rows.count() == (33 if name == "plan" else 21)
    assert page.locator("select:visible, button:visible").count() == 0
    context.close()


@pytest.mark.parametrize(("name", "chart"), [("grid", "heat"), ("plan", "tradeoff")])
def test_a_chart_is_saved_as_it_stands(browser, folder, name, chart, tmp_path):
    """As SVG that needs no style from elsewhere, and as PNG."""
    with study(browser, folder, name, color_scheme="dark") as page:
        for kind in ("SVG", "PNG"):
            with page.expect_download() as download:
                page.locator(f'[data-charts="{chart}"] .save button', has_text=kind).first.click()
            download.value.save_as(tmp_path / kind)
        drawing = ET.parse(tmp_path / "SVG").getroot()  # noqa: S314 - our own
        words = {text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")}
        assert ({"14,309", "250 ms"} if name == "grid" else {"0.75", "Cost"}) <= words
        assert not [one for one in drawing.iter() if "class" in one.attrib]
        assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")


def test_the_answer_of_a_plan_is_marked_and_every_verdict_has_its_shape(browser, folder):
    """The trade-off names the answer; the keys tell five ends apart; decisions end where their sums left."""
    with study(browser, folder, "plan") as page:
        assert (
            "design 18, the answer"
            in page.locator('[data-charts="tradeoff"] svg .c-label').all_text_contents()
        )
        keys = page.locator('[data-charts="tradeoff"] .chart-keys li').all_inner_texts()
        assert {
            "feasible",
            "not feasible",
            "dropped by its bounds",
            "dearer than the answer",
            "the answer",
        } == set(keys)
        first = page.locator('[data-charts="decisions"] figure').first
        assert "Design 18, Output: feasible after 20 runs of at most 256" in first.inner_text()
        assert first.locator(".c-triangle").count() == 1
        page.locator("[data-more-decisions]").click()
        assert page.locator('[data-charts="decisions"] figure').count() == 18


def test_it_prints_light_and_whole(browser, folder):
    """On paper every row is there, no buttons, and the ground is white."""
    with study(browser, folder, "many", color_scheme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("#points tbody tr:visible").count() == 2000
        assert not page.locator(".row-filters").is_visible()


def test_names_that_look_like_markup_are_drawn_as_they_are(browser, tmp_path):
    """In charts, tips, tables and the panel: no element comes of them, and no script runs."""
    hostile = "</script><img src=x onerror=alert(1)><b>&\"'"
    data = sweep({"line.press.kind": [f"1{hostile}", f"2{hostile}"], DEADLINE: DEADLINES})
    data["study"] = data["kpis"][0]["title"] = data["points"][0]["error"] = hostile
    write_sweep_page(written(tmp_path, "sweep.json", data))
    with opened(browser, tmp_path, name="sweep.html") as page:
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        page.locator("[data-choose]").first.click()
        assert hostile in page.inner_text("#chosen")
        assert hostile in page.locator('[data-charts="heat"] svg').text_content()
        assert page.locator("img, b").count() == 0
