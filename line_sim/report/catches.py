"""What the inspections caught, and where the defects were from, as a table and a sentence."""

from line_sim.figures.defects.catches import Catches, Defects, Source
from line_sim.report.words import rate
from line_sim.truth import DEFECTIVE
from line_sim.units import counted

TITLE_OF_CATCHES = "What each inspection catches, by what a part was when it looked"
HEADINGS = ("looked at", DEFECTIVE, "caught", "missed", "false alarms", "spoilt later")


def cells(each: Catches) -> tuple[str, ...]:
    """Return the counts of an inspection, under the headings."""
    return (
        f"{each.looked_at:,}",
        f"{each.defective.count:,}",
        f"{each.caught.count:,}",
        f"{each.escaped:,}",
        f"{each.alarms.count:,}",
        f"{each.spoilt_behind:,}",
    )


def catch_rate(each: Catches) -> str:
    """Say which share of the defects that were there an inspection caught."""
    return rate(each.caught, "defective parts")


def where_from(defects: Defects) -> str:
    """Say where the defects of the parts that left were from, and how many of them were shipped."""
    return "; ".join(_source(source) for source in defects.sources)


def _source(source: Source) -> str:
    where = f"made at {source.station}" if source.station else "brought in"
    return f"{counted(source.left, 'parts')} {where}, {source.shipped:,} of them shipped"
