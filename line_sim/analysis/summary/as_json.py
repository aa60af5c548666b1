"""The summary as plain data for `summary.json`: the names of the contract, seconds, None for unknown."""

from typing import Any

from line_sim.analysis.growth.as_json import growth_json
from line_sim.analysis.lasting.lasting import Lasting
from line_sim.analysis.summary.crews_json import crews_json
from line_sim.analysis.summary.defects_json import defects_json
from line_sim.analysis.summary.figures_json import figures_json
from line_sim.analysis.summary.summary import Estimate, OneMoreCamera, Remedy, Summary, ThisRun
from line_sim.analysis.summary.variants_json import variants_json
from line_sim.analysis.summary.verdict import Verdict, told_remedies, verdict
from line_sim.figures.bottleneck import Bottleneck
from line_sim.figures.flow import StationTime
from line_sim.figures.latency import GateWait, LatencyRow
from line_sim.figures.names import ALL_STATES, CHANGEOVER, STATES, WAITS_FOR_CREW
from line_sim.figures.oee import Oee
from line_sim.figures.skew import Skew
from line_sim.units import SECOND, Nanoseconds


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return the summary as data that JSON can hold; it has no NaN, only None."""
    layout, window, remedies = summary.layout, summary.window, told_remedies(summary)
    figures = figures_json(summary.figures)
    output, quality, timeouts, throttle = (
        figures.pop(section) for section in ("throughput", "quality", "timeouts", "throttle")
    )
    return {
        "scenario": layout.run.scenario,
        "seed": layout.run.seed,
        "clock": layout.run.clock,
        "skew": _skew(summary.skew),
        "ended": summary.ended,
        "window": {
            "from_s": window.start / SECOND,
            "to_s": window.end / SECOND,
            "run_end_s": window.last / SECOND,
        },
        "items": _items(summary),
        "throughput": output | _output(summary),
        **figures,
        "stations": {time.station: {"units": time.units, **_shares(time)} for time in summary.stations},
        **_gates(summary.gates),
        **variants_json(summary.variants),
        **crews_json(summary.crews),
        "latency": _latency(summary.latency),
        "lanes": {"ship": summary.counts.ship_lane, "review": summary.counts.review_lane},
        "quality": quality,
        **defects_json(summary.defects),
        "timeouts": timeouts,
        "throttle": _throttle(summary, throttle),
        "remedies": [_remedy(each) for each in remedies.ranked] if remedies else [],
        "bottleneck": _bottleneck(summary.bottleneck),
        "held_back_by": _verdict(verdict(summary)),
        "steady_state": growth_json(summary.growth, summary.counts.arrived) if summary.growth else None,
        "oee": {each.station: _oee(each) for each in summary.oee},
        "audit": _audit(summary),
        "warnings": list(summary.warnings),
    }


def _skew(skew: Skew | None) -> dict[str, Any] | None:
    if skew is None:
        return None
    return {
        "n": skew.n,
        "p50_s": _seconds(skew.p50),
        "p99_s": _seconds(skew.p99),
        "max_s": _seconds(skew.max),
        "budget_s": _seconds(skew.budget),
        "within_budget": skew.within,
    }


def _items(summary: Summary) -> dict[str, int]:
    tally = summary.counts
    return {
        "arrived": tally.arrived,
        "lost": tally.lost,
        "shipped": tally.shipped,
        "scrapped": tally.scrapped,
        "on_line": tally.on_line,
    }


def _output(summary: Summary) -> dict[str, Any]:
    """Return what stands beside the rate: the takt, the count, how far the batches can be trusted."""
    batches = summary.throughput.batches
    return {
        "uph_takt": summary.takt_uph,
        "shipped": summary.throughput.shipped,
        "autocorrelation": batches.autocorrelation if batches else None,
        "effective_batches": batches.effective if batches else None,
        "long_run": _long_run(summary.lasting),
    }


def _long_run(told: Lasting | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {
        "uph": told.uph,
        "ci": list(told.ci) if told.ci else None,
        "by": told.by,
        "excess": told.excess,
        "shifts": told.shifts,
        "why": told.why or None,
    }


def _shares(time: StationTime) -> dict[str, float | None]:
    shares = time.shares()
    states = [*(STATES if time.off is None else ALL_STATES)]
    if time.changeover is not None:
        states.insert(states.index("inference_wait") + 1, CHANGEOVER)
    states += [] if time.waits_for_crew is None else [WAITS_FOR_CREW]
    return {state: shares[state] if shares else None for state in states}


def _gates(gates: tuple[GateWait, ...]) -> dict[str, Any]:
    """Return what parts waited at the gate of each inspection; nothing of a line without gates."""
    told = {
        gate.station: {
            "n": gate.waited.n,
            "waited": gate.waited.count,
            "share": gate.waited.value,
            "share_ci": list(gate.waited.ci) if gate.waited.ci else None,
            "mean_s": None if gate.mean is None else gate.mean / SECOND,
            "mean_of_waiting_s": None if gate.mean_of_waiting is None else gate.mean_of_waiting / SECOND,
            "max_s": gate.longest / SECOND,
        }
        for gate in gates
    }
    return {"gates": told} if told else {}


def _latency(rows: tuple[LatencyRow, ...]) -> dict[str, Any]:
    """Nest the report: station, quantity, population, then n, censored and the statistics."""
    nested: dict[str, Any] = {}
    for row in rows:
        quantities = nested.setdefault(row.station, {})
        populations = quantities.setdefault(row.quantity, {})
        figures = populations.setdefault(row.population, {"n": row.n, "censored": row.censored})
        figures[row.statistic] = {
            "value_s": _seconds(row.value),
            "ci_low_s": _seconds(row.low),
            "ci_high_s": _seconds(row.high),
            "ci_note": row.lack.text if row.lack else None,
        }
    return nested


def _seconds(time: Nanoseconds | None) -> float | None:
    return None if time is None else time / SECOND


def _throttle(summary: Summary, figures: dict[str, Any]) -> dict[str, Any]:
    throttle = summary.throttle
    causes = (throttle.causes if throttle else None) or {}
    more = throttle.one_more if throttle else None
    return {
        "uph_without_inference": throttle.uph_without_inference if throttle else None,
        **figures,
        "this_run": _this_run(throttle.this_run if throttle else None),
        "shift": _estimate(throttle.shift if throttle else None),
        "by_cause": {
            name: {"uph": cause.uph, "orders": list(cause.orders) if cause.orders else None}
            for name, cause in causes.items()
        },
        "what_if": {"one_more_camera": _one_more(more)} if more else {},
        "parts": throttle.parts if throttle else None,
    }


def _this_run(told: ThisRun | None) -> dict[str, Any] | None:
    return None if told is None else {"parts": told.parts, "of": told.of}


def _estimate(told: Estimate | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {
        "uph": told.uph,
        "ci": list(told.ci) if told.ci else None,
        "shifts": told.shifts,
        "parts": told.parts,
        "why": told.why or None,
    }


def _one_more(more: OneMoreCamera) -> dict[str, Any]:
    return {
        "station": more.station,
        "uph": more.uph,
        "gain": {"uph": more.gain},
        "latencies": _latencies(more.held),
    }


def _remedy(told: Remedy) -> dict[str, Any]:
    return {
        "remedy": told.remedy,
        "place": told.place,
        "uph": told.uph,
        "gain": told.gain,
        "parts": told.parts,
        "shift": _estimate(told.shift),
        "latencies": None if told.held is None else _latencies(told.held),
    }


def _latencies(held: bool) -> str:
    return "held" if held else "modelled"


def _bottleneck(found: Bottleneck) -> dict[str, Any]:
    return {
        "station": found.station,
        "agree": found.agree,
        "clear": found.clear,
        "active_period": {
            name: {
                "mean_s": None if period.mean is None else period.mean / SECOND,
                "ci": [end / SECOND for end in period.ci] if period.ci else None,
                "n": period.n,
            }
            for name, period in found.active.items()
        },
        "turning_point": {"station": found.by_turning_point, "blocked_less_starved": found.tendency},
    }


def _verdict(by: Verdict) -> dict[str, Any]:
    return {"station": by.station, "cause": by.cause, "sentence": by.sentence}


def _oee(oee: Oee) -> dict[str, Any]:
    return {
        "availability": oee.availability,
        "performance": oee.performance,
        "quality_ratio": oee.quality_ratio,
        "oee_index": oee.oee_index,
        "planned_busy_time_s": oee.planned_busy_time / SECOND,
        "actual_production_time_s": oee.actual_production_time / SECOND,
        "planned_run_time_per_item_s": None
        if oee.planned_run_time is None
        else oee.planned_run_time / SECOND,
        "produced_quantity": oee.produced,
        "good_quantity": oee.good,
    }


def _audit(summary: Summary) -> dict[str, Any]:
    checks = {
        name: {"passed": check.passed, "detail": check.detail, "rows": list(check.rows)}
        for name, check in summary.audit.items()
    }
    return {"passed": summary.audit_passed, "checks": checks}
