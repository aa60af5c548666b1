"""Frames of the live screen: one of a line that works, any, and how one is drawn."""

from hypothesis import strategies as st

from line_sim.dashboard.drawing import draw
from line_sim.dashboard.frame import Counts, Frame, Latencies, ShareFrame, StationFrame

FRAME = Frame(
    name="Flange line",
    clock="coupled",
    line_s=75.2,
    wall_s=80.0,
    share=0.5,
    stations=(
        StationFrame("press", 0, 0, "X"),
        StationFrame("camera", 4, 4, "WB", True, 0.2, (0.15,)),
        StationFrame("pack", 4, 1, "D"),
        StationFrame("review", 20, 3, "B"),
    ),
    counts=Counts(160, 140, 4, 0, 16, 141, 5),
    latencies=Latencies(
        147, (("p50", 0.0912), ("p90", 0.1301), ("p99", None)), 0.2, (0, 0, 10, 60, 40, 0), (0.1, -0.2)
    ),
    shares=(
        ShareFrame("timeout_rate", "timeouts", 3, 147, of_calls=True, marked=True),
        ShareFrame("escape_rate", "escapes", 2, 140, marked=True),
        ShareFrame("overkill_rate", "overkill", 3, 150),
        ShareFrame("first_pass_yield", "first pass", 145, 156),
    ),
    uph=6702.0,
    takt_uph=14400.0,
)


def drawn(frame, width, height, **how):
    """Return a frame's lines in ASCII, without blanks at their ends."""
    return [line.rstrip() for line in draw(frame, width, height, unicode=False, **how).plain.splitlines()]


STATION = st.builds(
    StationFrame,
    st.text(max_size=20),
    st.integers(0, 500),
    st.integers(0, 600),
    st.text("BWX.D", max_size=80),
    st.booleans(),
    st.none() | st.floats(0, 10),
    st.lists(st.floats(0, 1e4), max_size=3).map(tuple),
    st.none() | st.floats(0, 1e7),
)


COUNT = st.integers(0, 10**7)


BOOLS = st.booleans()


WORDS = st.text(st.characters(exclude_categories=["C"]), max_size=30)
"""As of the catalogue: on one line, unlike a name that a user gives."""


FRAMES = st.builds(
    Frame,
    name=st.text(max_size=90),
    clock=st.sampled_from(["virtual", "coupled", "realtime"]),
    line_s=st.floats(0, 1e9),
    wall_s=st.floats(0, 1e7),
    share=st.floats(0, 1),
    stations=st.lists(STATION, max_size=12).map(tuple),
    counts=st.builds(Counts, *[COUNT] * 7),
    latencies=st.builds(
        Latencies,
        COUNT,
        st.just((("p50", 0.1), ("p99", None))),
        st.floats(0, 1e4),
        st.lists(st.integers(0, 10**6), max_size=48).map(tuple),
        st.lists(st.floats(-5, 5), max_size=200).map(tuple),
    ),
    shares=st.lists(
        st.builds(ShareFrame, WORDS, WORDS, COUNT, COUNT, BOOLS, BOOLS),
        max_size=9,
    ).map(tuple),
    uph=st.none() | st.floats(0, 1e9),
    takt_uph=st.none() | st.floats(1, 1e9),
    from_s=st.floats(0, 1e6),
    auto=BOOLS,
    heard=BOOLS,
)
