"""The base of the studies' pages: blocks to one file that says them, whatever anybody called things."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest
from pages import Reading
from study_pages import HOSTILE

from line_sim.errors import RunFileError
from line_sim.report.studies.blocks import (
    Cell,
    Chart,
    Column,
    Columns,
    Facts,
    Heading,
    Page,
    Plain,
    Row,
    Section,
    Share,
    Stack,
    Stacks,
    Table,
    Tile,
    Tiles,
    Unfolds,
    Words,
)
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
    span_of,
)
from line_sim.report.studies.page import study_page, write_study_page


def every_block(words):
    """Give a block of each kind, in which every text is these words."""
    chart = Chart(
        "c", words, lines(Axis(words), Axis(words), [Series(words, (Point(0, 1),))]), words, (("a", words),)
    )
    stack = Stack(words, (Share("working", "W", 60.0, words),), words)
    table = Table(words, (Heading(words),), (Row((Cell(words, note=words, tone="good"),), anchor="there"),))
    return (
        *(Words(words), Tiles((Tile(words, words, words),), words), table, chart, Plain(words, words)),
        Stacks(words, (stack,), (("working", "W", words),)),
        Facts(((words, words), (words, Cell(words, href="#there"))), words),
        Columns((Column(words, (Words(words, "note"),)),)),
        Unfolds(words, (Words(words),), anchor="folded"),
    )


def page_of(*blocks, **more):
    """Return a page with these blocks in one section."""
    return Page("sweep", "A study", "It came out.", (Section("one", "One", blocks),), **more)


def test_whatever_things_are_called_is_text():
    """Names with tags, quotes and braces are shown as they are, in every block, and run nothing."""
    section = Section("one", HOSTILE, every_block(HOSTILE))
    page = Page(HOSTILE, HOSTILE, HOSTILE, (section,), (HOSTILE,), HOSTILE, HOSTILE, warnings=(HOSTILE,))
    html = study_page(page)
    read = Reading(html)
    assert read.mistakes == []
    assert len(read.identities) == len(set(read.identities))
    assert [tag for tag, _ in read.elements].count("script") == 2
    assert read.text.count("alert(1)") > 20
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html)[1])
    assert data["charts"]["c"]["series"][0]["name"] == HOSTILE


def test_it_asks_nothing_of_the_network_and_runs_no_script_but_its_own():
    """No address but places on the page; the policy names the very script that is there."""
    html = study_page(page_of(*every_block("word")))
    elements = Reading(html).elements
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    links = [attributes["href"] for _, attributes in elements if "href" in attributes]
    assert links
    assert all(link.startswith("#") for link in links)
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html


def test_the_same_page_is_the_same_text():
    """Byte for byte, also from a second environment."""
    page = page_of(*every_block("word"), tiles=(Tile("UPH", "912"),))
    assert study_page(page) == study_page(replace(page))


def test_two_charts_of_one_name_are_refused():
    """Only one of them would be drawn, in both places; also where one is deep inside."""
    chart = Chart("same", "A chart", scheme([Box("press")]))
    with pytest.raises(ValueError, match="same name"):
        study_page(page_of(chart, Unfolds("more", (Columns((Column("", (chart,)),)),))))


def test_a_page_that_cannot_be_written_says_what_to_do(tmp_path):
    """The way out is the caller's."""
    with pytest.raises(RunFileError, match="study it again"):
        write_study_page(tmp_path / "nowhere" / "sweep.html", page_of(), again="study it again")


def test_a_value_of_nought_is_a_value():
    """What is left out of the data is what is not known, never a 0."""
    points = (Point(0, 0.0, 0.0, 0.0), Point(1, None))
    made = lines(Axis("x", low=0), Axis("y"), [Series("s", points)], [Mark("", x=0)])
    spec = json.loads(json.dumps(made))
    assert spec["series"][0]["points"] == [{"x": 0, "y": 0.0, "low": 0.0, "high": 0.0}, {"x": 1}]
    assert spec["x"] == {"title": "x", "low": 0}
    assert spec["marks"] == [{"x": 0, "tone": "bad"}]


def test_every_kind_of_chart_is_plain_data():
    """JSON can hold each of them, without NaN."""
    square = Square(0.0, "0")
    specs = [
        rows(Axis("x"), [Bar("a", 1, 0, 2, (0.5, 1.5))], own=True),
        scatter(Axis("x"), Axis("y"), [Spot(0, 0, "one", front=True)], [Mark("limit", y=1)]),
        heat("deadline", "cameras", ["1"], ["2"], [[square]], low=0),
        scheme([Box("press", ("1 machine",), before="2 places", changed=True)]),
    ]
    told = json.loads(json.dumps(specs, allow_nan=False))
    assert [spec["kind"] for spec in told] == ["rows", "scatter", "heat", "scheme"]
    assert told[2]["cells"] == [[{"value": 0.0, "text": "0"}]]


def test_axes_that_are_to_be_alike_span_what_both_show():
    """Unknown values count for nothing; nothing known has no span."""
    assert span_of([3, None, 1, 2]) == (1, 3)
    assert span_of([3, 1], zero=True) == (0, 3)
    assert span_of([None]) is None
