"""The page put together: the sections' views into one HTML text that carries everything it needs."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from line_sim.analysis.summary.as_json import summary_json
from line_sim.analysis.summary.summary import Summary
from line_sim.figures.catalogue import WIP
from line_sim.layout import Layout
from line_sim.recording.run_columns import RunColumns
from line_sim.report import variants
from line_sim.report.crews import of_a_crew
from line_sim.report.diagram import KEY, diagram
from line_sim.report.headline import headline
from line_sim.report.helps import helps, notes, replayed
from line_sim.report.page.about import check_rows, ending, provenance
from line_sim.report.page.frame import asset, frame, render, script_of
from line_sim.report.page.gantt import gantt
from line_sim.report.page.latency import latency_sections
from line_sim.report.page.machines import bottleneck, effectiveness, finding, states_of, station_bars
from line_sim.report.page.pictures import gallery_section
from line_sim.report.page.playback.stretch import stretch_of
from line_sim.report.page.playback.view import playback
from line_sim.report.page.quality import quality_section
from line_sim.report.page.tiles import (
    comparison,
    grows,
    held_back_by,
    one_more_camera,
    tiles,
    waterfall,
    waterfall_from,
)
from line_sim.report.page.wip import week_of, wip_chart
from line_sim.report.words import span
from line_sim.scenario import Scenario
from line_sim.units import MICROSECOND

SCRIPTS = (
    *("base.js", "svg_pen.js", "saving.js", "plots.js", "gantt.js", "drawing.js"),
    *("belts.js", "line_state.js", "line_plan.js", "line_words.js", "line_drawing.js"),
    *("playback.js", "start.js"),
)


class Contents(NamedTuple):
    """All that a page tells of: the numbers, the rows, the scenario and its text to show, and `run.json`."""

    summary: Summary
    run: RunColumns
    scenario: Scenario
    scenario_text: str
    info: Mapping[str, Any]


def page(contents: Contents) -> str:
    """Return the page as HTML. The same run gives the same text, whenever it is made."""
    return render("page.html.j2", _views(contents))


def _views(contents: Contents) -> dict[str, Any]:
    """Return what the templates know, by the names that they use."""
    summary, run = contents.summary, contents.run
    numbers = summary_json(summary)
    latency = tuple(latency_sections(summary, run))
    wip = wip_chart(run, summary.window, summary.figures.of(WIP), week_of(summary.layout))
    stretch = stretch_of(run, summary.layout)
    chart = gantt(run, summary.layout, stretch)
    watch = playback(run, summary.layout, stretch, chart)
    charts = [section.schedule for section in latency] + [wip]
    return {
        "name": summary.layout.run.scenario or "line-sim",
        "seed": summary.layout.run.seed,
        "window": (span(summary.window.start), span(summary.window.end)),
        "ending": ending(summary, contents.info),
        "held_back_by": held_back_by(numbers),
        "headline": headline(summary),
        "grows": grows(numbers),
        "warnings": summary.warnings,
        "helps": helps(summary),
        "helps_notes": tuple(notes(summary)),
        "tiles": tuple(tiles(summary)),
        "comparison": comparison(summary),
        "waterfall": waterfall(numbers),
        "waterfall_from": waterfall_from(numbers),
        "replayed": replayed(summary),
        "one_more_camera": one_more_camera(numbers),
        "inspects": bool(summary.layout.inspections),
        "states": states_of(summary.layout),
        "stations": station_bars(summary),
        "stations_finding": finding(summary),
        "bottleneck": bottleneck(numbers),
        "effectiveness": effectiveness(numbers),
        "crews": tuple((crew.crew, of_a_crew(crew)) for crew in summary.crews),
        "variant_headings": variants.headings(summary.variants),
        "variants": variants.rows(summary.variants),
        "gantt": chart,
        "playback": watch,
        "latency": latency,
        "wip": wip,
        "quality": quality_section(summary, run),
        "galleries": gallery_section(contents.scenario, contents.run),
        "checks": tuple(check_rows(summary.audit)),
        "audit_passed": summary.audit_passed,
        "diagram": _diagram(contents.scenario),
        "scenario_text": contents.scenario_text,
        "provenance": tuple(provenance(contents.info)),
        **frame(
            asset("page.css"),
            script_of(map(asset, SCRIPTS)),
            {
                "plots": {one.name: one.spec for one in charts if one is not None},
                "gantt": chart.spec if chart else None,
                "playback": watch.spec if watch else None,
                **_week(summary.layout),
            },
        ),
    }


def _week(layout: Layout) -> dict[str, int]:
    week = week_of(layout)
    return {} if week is None else {"week": week // MICROSECOND}


def _diagram(scenario: Scenario) -> str:
    try:
        return f"{diagram(scenario)}\n\n{KEY}"
    except ValueError:  # it draws from measured times whose file is gone
        return ""
