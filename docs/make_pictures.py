"""Make the pictures of README and docs.

python docs/make_pictures.py                      the drawings, from small runs made for them
python docs/make_pictures.py results/<a run>      also what that run prints at its end
"""

import re
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

from drawing import LATE, WORK, Bar, bars_of, chart
from rich.console import Console
from rich.text import Text

from line_sim.report.summary_text import summary_text
from line_sim.scenario import load
from line_sim.simulation import report_again
from line_sim.testing import run_in_memory
from line_sim.units import MILLISECOND, SECOND

IMAGES = Path(__file__).parent / "images"
COLUMNS = 80


def picture_of_run(folder: Path) -> str:
    """Return what a run prints at its end as an SVG, without fonts from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, highlight=False)
    console.print(Text("$ line-sim run scenarios/default.yaml", style="bold"))
    console.print(summary_text(report_again(folder).summary))
    svg = console.export_svg(title="line-sim", unique_id="run")
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


def picture_of_blocking() -> str:
    """Draw three stations without buffers: every blocked stretch ends when the next station takes a part."""
    names = ("first", "second", "third")
    line = [{"station": name, "cycle": {"exponential": {"mean": "1 s"}}} for name in names]
    scenario = {"version": 1, "name": "blocking", "seed": 12, "run": {"items": 30}, "line": line}
    run = run_in_memory({**scenario, "arrivals": {"saturated": True}})
    until = 20 * SECOND
    title = "Three stations without buffers: work, and finished parts that cannot leave"
    return chart(names, bars_of(run.records.visits, names, until), until, title)


def picture_of_belts() -> str:
    """Draw how long parts are on a belt: the travel, and for how long whoever is at the end holds them up."""
    names, bars, parts, travel = [], [], 5, 3 * SECOND
    for accumulates, how in ((True, "closes up"), (False, "stands")):
        belt = {"places": 3, "travel": "3 s", "accumulates": accumulates}
        second = {"station": "second", "cycle": {"exponential": {"mean": "1 s"}}, "buffer": belt}
        line = [{"station": "first", "cycle": "1.5 s"}, second]
        scenario = {"version": 1, "name": "belts", "seed": 24, "run": {"items": parts}, "line": line}
        run = run_in_memory({**scenario, "arrivals": {"saturated": True}})
        for visit in sorted(run.records.visits):
            if visit.station == "second" and visit.started_at is not None:
                row, carried = len(names), visit.queued_at + travel
                bars.append(Bar(row, visit.queued_at, carried, WORK, str(visit.item_id)))
                bars.append(Bar(row, carried, visit.started_at, "url(#blocked)"))
                names.append(how)
    until = max(bar.end for bar in bars)
    held = [bar for bar in bars if bar.end > bar.start]
    title = "Five parts on a belt of three places and 3 s: the travel, and what one at the end adds to it"
    return chart(names, held, until, title)


def picture_of_hours() -> str:
    """Draw two stations whose shifts have a break: the work in them, and the time off."""
    names, until = ("mill", "pack"), 40 * SECOND
    hours = {"Mon": ["00:00:00-00:00:16", "00:00:24-24:00"]}
    line = [{"station": "mill", "cycle": "5 s"}, {"station": "pack", "cycle": "4 s", "buffer": 1}]
    line = [{**entry, "calendar": "hours"} for entry in line]
    scenario = {
        "version": 1,
        "name": "hours",
        "run": {"items": 9},
        "line": line,
        "calendars": {"hours": hours},
    }
    visits = run_in_memory({**scenario, "arrivals": {"saturated": True}}).records.visits
    off = [Bar(row, 16 * SECOND, 24 * SECOND, "url(#blocked)") for row in range(len(names))]
    title = "Two stations and a break of 8 s: what was begun goes on where it stood"
    return chart(names, bars_of(visits, names, until) + off, until, title)


def picture_of_sharing() -> str:
    """Draw how two cameras of the factory ask one GPU, of which one holds its part meanwhile."""
    found = load(IMAGES.parents[1] / "scenarios" / "factory.yaml", ["run.duration=2 h"])
    records, begin, until = run_in_memory(found).records, 6000 * SECOND, 240 * SECOND
    names = ("surface asks", "bores", "bores asks")
    bars = [
        Bar(
            names.index(f"{call.station} asks"),
            call.issued_at,
            call.issued_at + call.latency,
            "url(#blocked)",
        )
        for call in records.calls
        if call.station in {"surface", "bores"}
    ]
    asked = {call.item_id: call.issued_at for call in records.calls if call.station == "bores"}
    bars += [
        Bar(1, visit.started_at, asked[visit.item_id], WORK, str(visit.item_id))
        for visit in records.visits
        if visit.station == "bores" and visit.started_at is not None and visit.item_id in asked
    ]
    shown = [
        replace(bar, start=max(bar.start, begin) - begin, end=min(bar.end, begin + until) - begin)
        for bar in bars
    ]
    title = "Two cameras and one GPU: pictures at the bores, and how long answers are out"
    return chart(names, [bar for bar in shown if bar.end > bar.start], until, title)


def picture_of_censoring() -> str:
    """Draw the first answers of a modelled server against a deadline: what is known of each."""
    service = {"lognormal": {"mean": "150 ms", "cv": 0.6}}
    camera = {"inspection": "camera", "deadline": "200 ms", "gateway": {"modelled": {"service": service}}}
    scenario = {"version": 1, "name": "censoring", "seed": 5, "run": {"items": 9}, "line": [camera]}
    run = run_in_memory({**scenario, "arrivals": {"saturated": True}, "review": {"buffer": 9, "time": 0}})
    calls, until = run.records.calls, 320 * MILLISECOND
    known = [Bar(row, 0, call.latency, WORK) for row, call in enumerate(calls)]
    beyond = [
        Bar(row, call.latency, until, "url(#blocked)", "")
        for row, call in enumerate(calls)
        if call.outcome == "timed_out"
    ]
    names = [f"call {call.item_id}" for call in calls]
    deadline = Bar(0, 200 * MILLISECOND, 0, LATE, "deadline")
    title = "Answers against a deadline: of a call that timed out only a lower bound is known"
    return chart(names, known + beyond, until, title, [deadline])


def main() -> None:
    """Write the pictures."""
    IMAGES.mkdir(exist_ok=True)
    pictures = {
        "blocking.svg": picture_of_blocking(),
        "belts.svg": picture_of_belts(),
        "hours.svg": picture_of_hours(),
        "sharing.svg": picture_of_sharing(),
        "censoring.svg": picture_of_censoring(),
    }
    if len(sys.argv) > 1:
        pictures["run.svg"] = picture_of_run(Path(sys.argv[1]))
    for name, svg in pictures.items():
        (IMAGES / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
