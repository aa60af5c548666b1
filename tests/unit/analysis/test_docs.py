"""The pages on files and numbers leave nothing out."""

import runpy
from pathlib import Path

import pytest
from recorded import PRESS_AND_CAMERA, run

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.helps import Helps
from line_sim.analysis.summary.summarise import summarise
from line_sim.figures.latency import COLUMNS
from line_sim.recording.tables import BREAKDOWNS, CALLS, ITEMS, VISITS

DOCS = Path(__file__).parents[3] / "docs"
FILES = (DOCS / "files.md").read_text(encoding="utf-8")
SUMMARY = summarise(run(), PRESS_AND_CAMERA, ended="completed")


def section(heading):
    """Return the text under a heading that begins so."""
    _, _, rest = FILES.partition(f"\n## {heading}")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        *((table.file, table.names) for table in (ITEMS, VISITS, CALLS, BREAKDOWNS)),
        ("latency.csv", COLUMNS),
    ],
)
def test_every_column_is_explained(file, columns):
    """In the section of its file."""
    assert [column for column in columns if f"`{column}`" not in section(file)] == []


def test_every_key_of_the_summary_is_explained():
    """The first level, and what is in it where that has names of its own."""
    text = section("summary.json")
    data = summary_json(SUMMARY)
    keys = [*data, *data["window"], *data["items"], *data["stations"]["press"], *data["throttle"]]
    keys += [*data["throughput"], *data["bottleneck"], *data["held_back_by"], *data["oee"]["press"]]
    assert [key for key in keys if f"`{key}`" not in text] == []


def test_every_remedy_is_explained():
    """Its name among the files, and what it changes among the numbers."""
    text = (DOCS / "statistics.md").read_text(encoding="utf-8")
    assert [remedy for remedy in Helps if f"`{remedy}`" not in section("summary.json")] == []
    assert [remedy for remedy in Helps if f"`{remedy}`" not in text] == []


def test_every_check_of_the_audit_is_explained():
    """With what must hold."""
    text = (DOCS / "statistics.md").read_text(encoding="utf-8")
    assert [name for name in SUMMARY.audit if f"| `{name}` |" not in text] == []


def test_the_table_of_figures_is_the_catalogues():
    """`python docs/make_figures.py` writes it anew."""
    page = DOCS / "studies.md"
    make = runpy.run_path(str(DOCS / "make_figures.py"))
    assert make["written"](page.read_text(encoding="utf-8")) == page.read_text(encoding="utf-8")
