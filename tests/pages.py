"""Pages of runs, made as a user makes them, and a reader that insists on well-formed HTML."""

import base64
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from line_sim.report.page.writing import write_page
from line_sim.scenario import Scenario
from line_sim.simulation import report_again, simulate

EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

INSPECTED: dict[str, Any] = {
    "version": 1,
    "name": "a line to look at",
    "seed": 5,
    "run": {"items": 80},
    "arrivals": {"every": "300 ms"},
    "product": {"defect_rate": 0.2},
    "line": [
        {
            "station": "press",
            "cycle": "200 ms",
            "breakdowns": {"up": {"exponential": {"mean": 6}}, "repair": 1},
        },
        {
            "inspection": "camera",
            "buffer": 3,
            "units": 2,
            "acquisition": "30 ms",
            "deadline": "400 ms",
            "gateway": {
                "modelled": {
                    "service": {"lognormal": {"mean": "180 ms", "cv": 0.8}},
                    "miss_rate": 0.3,
                    "false_alarm_rate": 0.1,
                }
            },
        },
    ],
    "review": {"buffer": 5, "time": 1, "miss_rate": 0.3},
}


def run_of(folder: Path, changes: dict[str, Any] | None = None) -> Path:
    """Run the line with changes at its top level and return its folder, the page in it."""
    write_page(simulate(Scenario.model_validate({**INSPECTED, **(changes or {})}), folder))
    return folder


def made_again(folder: Path) -> str:
    """Make a run's page again from its files."""
    return write_page(report_again(folder)).read_text(encoding="utf-8")


def page_in(folder: Path) -> str:
    """Return a run's page as it is."""
    return (folder / "report.html").read_text(encoding="utf-8")


def kill(folder: Path, rows: int) -> None:
    """Leave of a run what a kill leaves: `rows` parts with a story, some without, torn rows, no ending."""
    for name, more in (("items.csv", 0), ("visits.csv", 3 * rows), ("calls.csv", rows)):
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        kept = min(rows + more, len(lines) - 1)
        (folder / name).write_bytes(b"".join(lines[:kept]) + lines[kept][:7])
    info = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**info, "ended": None, "ended_at_s": None}))


def unpacked(text: str, width: int) -> list[list[int]]:
    """Read packed rows as the page's script does."""
    numbers: list[int] = []
    number = shift = 0
    for octet in base64.b64decode(text):
        number |= (octet & 127) << shift
        shift += 7
        if octet < 128:
            numbers.append(number)
            number = shift = 0
    return [numbers[column::width] for column in range(width)]


class Reading(HTMLParser):
    """What a page says: its text, its elements, and every mistake in how they are nested."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.mistakes: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        self.mistakes += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        names = [name for name, _ in attrs]
        self.mistakes += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note where an element ends; another one than was opened last is a mistake."""
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> at {self.getpos()} closes nothing")

    def handle_data(self, data: str) -> None:
        """Note text that a reader sees."""
        if self.open and self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All text, with single blanks."""
        return " ".join(" ".join(self.words).split())

    @property
    def identities(self) -> list[str]:
        """Every id."""
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]
