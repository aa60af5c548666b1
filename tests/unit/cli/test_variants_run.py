"""A whole run of a line with variants: its files, its numbers told, and both again."""

import io

from rich.console import Console
from stories import camera, modelled, press
from variant_lines import product, scenario_of

from line_sim.report.diagram import diagram
from line_sim.report.page.writing import write_page
from line_sim.report.summary_text import summary_text
from line_sim.simulation import audit_again, report_again, simulate

MADE = product(None, A={"share": 0.7, "defect_rate": 0.1}, B={"share": 0.3})
LINE = scenario_of(
    press({"by_variant": {"A": 1, "B": {"exponential": {"mean": 2}}}}, changeover=2),
    camera(buffer=3, gateway=modelled({"exponential": {"mean": 0.5}})),
    made=MADE,
    items=120,
    every=3,
    review={"time": 1, "buffer": 9},
)
FILES = ("items.csv", "visits.csv", "calls.csv", "summary.json")


def test_the_same_run_leaves_the_same_bytes(tmp_path):
    """With a column for the variant and one for the set-ups; the report made again says the same."""
    for name in ("one", "two"):
        assert simulate(LINE, tmp_path / name).summary.audit_passed
    told = {name: (tmp_path / "one" / name).read_bytes() for name in FILES}
    assert told == {name: (tmp_path / "two" / name).read_bytes() for name in FILES}
    assert told["items.csv"].splitlines()[0].endswith(b",disposition,variant")
    assert told["visits.csv"].splitlines()[0].endswith(b",down_s,changeover_s")
    report_again(tmp_path / "one")
    assert told == {name: (tmp_path / "one" / name).read_bytes() for name in FILES}
    assert all(check.passed for check in audit_again(tmp_path / "one").values())


def test_a_reader_sees_variants_and_set_ups(tmp_path):
    """On the screen, on the page, and in the drawing of the line."""
    result = simulate(LINE, tmp_path / "run")
    out = io.StringIO()
    Console(file=out, width=160).print(summary_text(result.summary))
    assert "Variants" in out.getvalue()
    assert "of it set-ups" in out.getvalue()
    page = write_page(result).read_text(encoding="utf-8")
    assert "<caption>What became of each variant</caption>" in page
    assert 'class="state-changeover"' in page
    drawn = diagram(LINE)
    assert "; A 0.7, B 0.3, mixed" in drawn
    assert "A 1 s; B exponential, mean 2 s; set up between variants: 2 s" in drawn
