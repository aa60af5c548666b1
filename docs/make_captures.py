"""Make the pictures of the live screen: `python docs/make_captures.py [SCENARIO [SECONDS]]`.

Runs the scenario at wall pace, takes the frame after some seconds, and draws it on 80 by 24 and 160 by 50.
"""

import re
import sys
import tempfile
import threading
from io import StringIO
from pathlib import Path

from rich.console import Console

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.frame import Frame
from line_sim.dashboard.framing import frame_of
from line_sim.dashboard.legend import hint
from line_sim.layout import layout_of
from line_sim.line.interrupt import Interrupt
from line_sim.live.state import LiveState
from line_sim.scenario import load
from line_sim.simulation import simulate

IMAGES = Path(__file__).parent / "images"
SIZES = ((80, 24), (160, 50))
TIGHT = "scenarios/tight_deadline.yaml"


def taken_frame(scenario_file: str, seconds: float) -> Frame:
    """Run a scenario at wall pace and return its frame after some seconds."""
    scenario = load(scenario_file, ["run.clock=realtime", "run.items=240", "run.warm_up=0 s"])
    state, interrupt = LiveState(layout_of(scenario)), Interrupt()
    taken: list[Frame] = []

    def take() -> None:
        taken.append(frame_of(state))
        interrupt.wish()

    threading.Timer(seconds, take).start()
    with tempfile.TemporaryDirectory() as folder:
        simulate(scenario, Path(folder) / "run", observers=(state,), interrupt=interrupt)
    return taken[0]


def picture(frame: Frame, width: int, height: int) -> str:
    """Return a frame as an SVG, without fonts from elsewhere."""
    console = Console(record=True, width=width, file=StringIO(), force_terminal=True, highlight=False)
    keys = hint(width, frozen=False, ending=False)
    console.print(draw(frame, width, height - 1, hint=keys))
    svg = console.export_svg(title="line-sim run", unique_id=f"live{width}")
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    """Write the pictures."""
    scenario = sys.argv[1] if len(sys.argv) > 1 else TIGHT
    frame = taken_frame(scenario, float(sys.argv[2]) if len(sys.argv) > 2 else 40.0)
    for width, height in SIZES:
        path = IMAGES / f"live-{width}x{height}.svg"
        path.write_text(picture(frame, width, height), encoding="utf-8")


if __name__ == "__main__":
    main()
