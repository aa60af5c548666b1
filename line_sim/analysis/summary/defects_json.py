"""Where defects come from and what inspections see of them, as plain data for `summary.json`."""

from typing import Any

from line_sim.figures.defects.catches import Catches, Defects, Source
from line_sim.figures.statistics.rates import Rate
from line_sim.truth import DEFECTIVE


def defects_json(defects: Defects | None) -> dict[str, Any]:
    """Return the sections `defects` and `inspections`; nothing of a line whose stations make none."""
    if defects is None:
        return {}
    brought, *made = defects.sources
    return {
        "defects": {
            "brought_in": _source(brought),
            "made_at": {source.station: _source(source) for source in made},
        },
        "inspections": {each.station: _catches(each) for each in defects.catches},
    }


def _source(source: Source) -> dict[str, int]:
    return {"left": source.left, "shipped": source.shipped}


def _catches(each: Catches) -> dict[str, Any]:
    return {
        "looked_at": each.looked_at,
        DEFECTIVE: each.defective.count,
        "caught": each.caught.count,
        "escaped": each.escaped,
        "false_alarms": each.alarms.count,
        "spoilt_behind": each.spoilt_behind,
        **_rate("defective_rate", each.defective),
        **_rate("catch_rate", each.caught),
        **_rate("false_alarm_rate", each.alarms),
    }


def _rate(name: str, rate: Rate) -> dict[str, Any]:
    return {
        name: rate.value,
        f"{name}_ci": list(rate.ci) if rate.ci else None,
        f"{name}_ci_note": rate.note or None,
    }
