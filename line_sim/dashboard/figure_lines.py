"""The figures below the line: what they say is broken between two of them, never within one."""

from collections.abc import Iterator

from rich.text import Text

from line_sim.dashboard.frame import Frame, ShareFrame
from line_sim.dashboard.pens import lasting
from line_sim.units import counted

LABEL = 9
"""How wide the words before the figures are."""


def output(frame: Frame, width: int) -> list[Text]:
    """Tell the output, and what the takt asks for."""
    reached = "not known yet" if frame.uph is None else f"{frame.uph:,.0f} UPH"
    since = "after the warm-up" if frame.from_s else "so far, warm-up not cut" if frame.auto else "so far"
    pieces = [Text.assemble((reached, "bold"), f" {since}")]
    if frame.takt_uph is not None:
        asked = Text(f"takt asks {frame.takt_uph:,.0f}")
        if frame.uph is not None:
            share = frame.uph / frame.takt_uph
            asked.append(f" ({100 * share:.0f} %)", "green" if share > 0.95 else "bold yellow")
        pieces.append(asked)
    return _filled("output", pieces, width)


def parts(frame: Frame, width: int) -> list[Text]:
    """Tell what became of the parts."""
    counts = frame.counts
    pieces = [
        Text(f"{counts.arrived:,} in"),
        Text(f"{counts.shipped:,} shipped"),
        Text(f"{counts.scrapped:,} scrapped"),
        Text(f"{counts.lost:,} lost", "bold yellow" if counts.lost else ""),
        Text(f"{counts.on_line:,} on the line"),
    ]
    return _filled("parts", pieces, width)


def lanes(frame: Frame, width: int) -> list[Text]:
    """Tell the lanes and the shares of parts."""
    counts = frame.counts
    pieces = [Text(f"ship {counts.ship_lane:,}"), Text(f"review {counts.review_lane:,}")]
    return _filled("lanes", [*pieces, *_shares(frame, of_calls=False)], width)


def latency(frame: Frame, width: int) -> list[Text]:
    """Tell how long the answers took, and the shares of calls."""
    latencies = frame.latencies
    known = [f"{name} {lasting(value)}" for name, value in latencies.quantiles_s if value is not None]
    beyond = [name for name, value in latencies.quantiles_s if value is None]
    pieces = [Text(text, "bold") for text in known]
    if beyond:  # the last ones: said once for all of them
        pieces.append(Text(f"{' '.join(beyond)} > deadline", "bold"))
    calls = Text(counted(latencies.calls, "calls"))
    return _filled("latency", [*pieces, *_shares(frame, of_calls=True), calls], width)


def _shares(frame: Frame, *, of_calls: bool) -> Iterator[Text]:
    for share in frame.shares:
        if share.of_calls == of_calls:
            yield Text.assemble(f"{share.words} ", (_told(share), "bold red" if share.marked else ""))


def _told(share: ShareFrame) -> str:
    return f"{share.count:,} ({100 * share.count / share.n:.1f} %)" if share.n else f"{share.count:,}"


def _filled(label: str, pieces: list[Text], width: int) -> list[Text]:
    """Put pieces behind a label, with commas, in as many lines as it takes."""
    lines = [Text(f"{label:<{LABEL}}")]
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        if len(lines[-1]) > LABEL and len(lines[-1]) + 1 + len(piece) + (not last) > width:
            lines.append(Text(" " * LABEL))
        elif len(lines[-1]) > LABEL:
            lines[-1].append(" ")
        lines[-1].append_text(piece)
        if not last:
            lines[-1].append(",")
    return lines
