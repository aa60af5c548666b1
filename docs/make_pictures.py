"""Make the pictures of README and docs from a run: `python docs/make_pictures.py results/<a run>`."""

import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from line_sim.report.summary_text import summary_text
from line_sim.simulation import report_again

IMAGES = Path(__file__).parent / "images"
COLUMNS = 80


def picture_of_run(folder: Path) -> str:
    """Return what a run prints at its end as an SVG, without fonts from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, highlight=False)
    console.print(Text("$ line-sim run scenarios/default.yaml", style="bold"))
    console.print(summary_text(report_again(folder).summary))
    svg = console.export_svg(title="line-sim", unique_id="run")
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    """Write the pictures."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "run.svg").write_text(picture_of_run(Path(sys.argv[1])), encoding="utf-8")


if __name__ == "__main__":
    main()
