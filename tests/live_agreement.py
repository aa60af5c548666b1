"""What the live state of a run that is over says, beside its summary."""

from line_sim.analysis.summary.summary import Summary
from line_sim.dashboard.framing import frame_of
from line_sim.figures.catalogue import CATALOGUE
from line_sim.figures.folds import Share
from line_sim.live.figures import live_figures
from line_sim.live.state import LiveState


def assert_the_screen_agrees(state: LiveState, summary: Summary) -> None:
    """The screen's last picture has the window, the output and every share of the summary."""
    window = live_figures(state).window
    assert (window.start, window.end, window.last) == (
        *(summary.window.start, summary.window.end, summary.window.last),
    )
    frame = frame_of(state)
    assert frame.uph == summary.throughput.uph
    shares = {f.name: summary.figures.of(f) for f in CATALOGUE if isinstance(f.fold, Share)}
    assert {(share.name, share.count, share.n) for share in frame.shares} <= {
        (name, rate.count, rate.n) for name, rate in shares.items()
    }
