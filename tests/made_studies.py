"""Sweeps and plans as their commands write them, made up: for tests of their pages, and of nothing else."""

import itertools
import json
import math
import random
from pathlib import Path
from typing import Any

UNITS, DEADLINE, BUFFER = "line.camera.units", "line.camera.deadline", "line.camera.buffer"
KPIS = [
    {"name": "uph", "title": "Output", "unit": "UPH"},
    {"name": "escape_rate", "title": "Escapes", "unit": "share"},
    {"name": "flow_time", "title": "Flow time", "unit": "s"},
    {"name": "camera.busy", "title": "camera busy", "unit": "share"},
]
FRONT = {"uph": "more", "escape_rate": "less"}


def figures_at(
    units: float, deadline: float, buffer: float, runs: int, dice: random.Random
) -> dict[str, Any]:
    """Return figures of a line that is quicker with more cameras, and surer with a longer deadline."""
    held = 0.2 + 1.2 * deadline
    alone = 3600 * units / held
    uph = alone * (1 + (alone / 15500) ** 4) ** -0.25 * (1 - 0.25 / (1 + buffer)) + dice.gauss(0, 60)
    late = math.exp(-deadline / 0.14)
    means = {
        "uph": (uph, 110.0),
        "escape_rate": (0.002 + 0.06 * late * (0.9 + 0.1 * dice.random()), 0.0009),
        "flow_time": (0.4 + 9000 / uph + 0.05 * buffer, 0.06),
        "camera.busy": (min(1.0, uph * held / 3600 / units), 0.012),
    }
    wide = 2.26 / math.sqrt(runs)
    return {
        name: {
            "mean": mean,
            "ci_low": max(mean - wide * error, 0),
            "ci_high": mean + wide * error,
            "half_width": wide * error,
            "n": runs,
            "ci_note": "",
        }
        for name, (mean, error) in means.items()
    }


def sweep(over: dict[str, list[Any]], *, seed: int = 1, runs: int = 10, **more: Any) -> dict[str, Any]:
    """Return a grid's JSON, with its front and its main effects."""
    combinations = [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]
    return _sweep(combinations, over, "grid", seed, runs, more)


def hypercube(points: int, *, seed: int = 1, runs: int = 5, **more: Any) -> dict[str, Any]:
    """Return the JSON of a Latin hypercube over cameras' deadline, buffer and the press's pace."""
    dice = random.Random(seed)  # noqa: S311 - made up
    cuts = [dice.sample(range(points), points) for _ in range(3)]
    over = {
        DEADLINE: [f"{100 + 300 * (at + 0.5) / points:.4g} ms" for at in cuts[0]],
        BUFFER: [round(12 * (at + 0.5) / points, 3) for at in cuts[1]],
        "line.press.pace": [round(0.9 + 0.2 * (at + 0.5) / points, 5) for at in cuts[2]],
    }
    combinations = [dict(zip(over, values, strict=True)) for values in zip(*over.values(), strict=True)]
    matters = [
        {
            "kpi": kpi["name"],
            "key": key,
            "share": share,
            "ci_low": share - 0.05,
            "ci_high": share + 0.06,
            "of": of,
        }
        for kpi in KPIS
        for key, share, of in zip(over, (0.71, 0.22, 0.02), ("the variance by itself",) * 3, strict=True)
    ]
    return _sweep(combinations, over, "lhs", seed, runs, {"matters": matters, "effects": [], **more})


def _sweep(
    combinations: list[dict[str, Any]],
    over: dict[str, list[Any]],
    design: str,
    seed: int,
    runs: int,
    more: dict[str, Any],
) -> dict[str, Any]:
    dice = random.Random(seed)  # noqa: S311 - made up
    points = [_point(variant, settings, runs, dice) for variant, settings in enumerate(combinations, 1)]
    return {
        "study": "Cameras and deadlines",
        "scenario": "second_camera.yaml",
        "seed": seed,
        "design": design,
        "ended": "all done",
        "axes": [
            {
                "key": key,
                "values": values,
                "numbers": [seconds(value) for value in values],
                "unit": "s" if key == DEADLINE else None,
            }
            for key, values in over.items()
        ],
        "kpis": [dict(kpi) for kpi in KPIS],
        "points": points,
        "pareto": [{"better": FRONT, "variants": front_of(points)}],
        "effects": [effect(points, kpi["name"], key, values) for kpi in KPIS for key, values in over.items()],
        "matters": None,
        **more,
    }


def _point(variant: int, settings: dict[str, Any], runs: int, dice: random.Random) -> dict[str, Any]:
    units, buffer = settings.get(UNITS, 2), settings.get(BUFFER, 3)
    deadline = seconds(settings.get(DEADLINE, 0.25)) or 0.25
    return {
        "variant": variant,
        "settings": settings,
        "cost": 12000 * units + 150 * buffer,
        "replications": runs,
        "error": None,
        "kpis": figures_at(units, deadline, buffer, runs, dice),
    }


def seconds(value: Any) -> float | None:
    """Return a number, or milliseconds as seconds; None of anything else."""
    if isinstance(value, str):
        return float(value.removesuffix(" ms")) / 1000 if value.endswith(" ms") else None
    return float(value) if isinstance(value, int | float) else None


def front_of(points: list[dict[str, Any]]) -> list[int]:
    """Return the points that no other one beats in output and escapes together."""
    known = {
        p["variant"]: [(-1, 1)[i] * p["kpis"][k]["mean"] for i, k in enumerate(FRONT)]
        for p in points
        if p["kpis"]
    }
    return [
        v
        for v, mine in known.items()
        if not any(o != mine and all(a <= b for a, b in zip(o, mine, strict=True)) for o in known.values())
    ]


def effect(points: list[dict[str, Any]], kpi: str, key: str, values: list[Any]) -> dict[str, Any]:
    """Return the mean of a figure at each level of an axis, over all the others."""
    levels = []
    for value in values:
        found = [p["kpis"][kpi] for p in points if p["settings"][key] == value and p["kpis"]]
        mean = sum(one["mean"] for one in found) / len(found)
        half = sum(one["half_width"] for one in found) / len(found)
        levels.append({"value": value, "mean": mean, "ci_low": mean - half, "ci_high": mean + half})
    means = [level["mean"] for level in levels]
    return {"kpi": kpi, "key": key, "levels": levels, "spread": max(means) - min(means)}


DEADLINES = [f"{time} ms" for time in range(100, 401, 50)]
DEMANDS = [
    {"kpi": "uph", "is": ">=", "limit": 12000, "tolerance": 120, "unit": "UPH"},
    {"kpi": "escape_rate", "is": "<=", "limit": 0.0125, "tolerance": 0.001, "unit": "share"},
]


def grid() -> dict[str, Any]:
    """Return 3 x 7 cameras and deadlines, with demands, and two points that came to nothing."""
    made = sweep({UNITS: [1, 2, 3], DEADLINE: DEADLINES}, demands=DEMANDS)
    for variant, error in (
        (1, "locked up in run 3: camera waits for review, review for camera"),
        (8, "run 1: no room"),
    ):
        made["points"][variant - 1] |= {"error": error, "kpis": {}, "replications": 2}
    made["pareto"][0]["variants"] = front_of(made["points"])
    return made


LIMIT, EPS, SPREAD = 0.75, 0.004, 0.02
BUDGET = 2 * 5.1 * SPREAD**2 / EPS**2


def plan(designs: int = 33, *, seed: int = 2) -> dict[str, Any]:
    """Return a plan over buffers: some dropped, some not run, some decided either way, with their trails."""
    dice = random.Random(seed)  # noqa: S311 - made up
    rows = []
    sizes = [(a, b) for total in range(12) for a, b in [(a, total - a) for a in range(total + 1)]][:designs]
    for number, (first, second) in enumerate(sizes, 1):
        true = 1 - 0.6 / (
            1 + 0.42 * min(first, second) + 0.2 * abs(first - second) ** 0.5 + 0.26 * (first + second) / 2
        )
        rows.append(_design(number, first, second, true, dice))
    feasible = [row for row in rows if row["verdict"] == "feasible"]
    chosen = (
        min(feasible, key=lambda row: (row["cost"], -row["kpis"]["uph"]["mean"]))["design"]
        if feasible
        else None
    )
    row = rows[chosen - 1] if chosen else None
    return {
        "study": "Buffers of three stations",
        "scenario": "three_stations.yaml",
        "seed": seed,
        "confidence": 0.95,
        "answer": f"Design {chosen} is the cheapest that makes 0.75 UPH or more: it costs {row['cost']}."
        if row
        else "No.",
        "chosen": chosen,
        "demands": [{"kpi": "uph", "is": ">=", "limit": LIMIT, "tolerance": EPS, "unit": "UPH"}],
        "designs": rows,
        "replications_in_all": sum(row["replications"] for row in rows),
        "confirmation": {
            "replications": 200,
            "seed": 77,
            "kpis": {"uph": _found(0.7541, 0.0012, 200)},
            "demands": [{"kpi": "uph", "verdict": "met"}],
            "met": True,
        },
    }


def _found(mean: float, half: float, n: int) -> dict[str, Any]:
    return {
        "mean": mean,
        "ci_low": mean - half,
        "ci_high": mean + half,
        "half_width": half,
        "n": n,
        "ci_note": "",
    }


def _design(number: int, first: int, second: int, true: float, dice: random.Random) -> dict[str, Any]:
    row = {
        "design": number,
        "settings": {"line.second.buffer": first, "line.third.buffer": second},
        "cost": first + second,
        "verdict": "not feasible",
        "why": "",
        "replications": 0,
        "kpis": {},
        "demands": [],
    }
    if first + second < 2:
        return row | {"verdict": "dropped by its bounds", "why": "at most 0.66 UPH can be made"}
    if first + second > 5:
        return row | {"verdict": "dearer than the answer", "why": "a cheaper design was found feasible"}
    start, total, n, trail = EPS * BUDGET / 2, 0.0, 0, []
    while True:
        for _ in range(20 if n == 0 else 10):
            total, n = total + dice.gauss(true - LIMIT, SPREAD), n + 1
        boundary = max(0.0, start - EPS * n / 2)
        trail.append([n, total, boundary])
        if abs(total) >= boundary:
            break
    verdict = "feasible" if total > 0 else "not feasible"
    return row | {
        "verdict": verdict,
        "why": f"the sum {'reached' if total > 0 else 'fell below'} its boundary after {n} runs",
        "replications": n,
        "kpis": {"uph": _found(LIMIT + total / n, 2 * SPREAD / math.sqrt(n), n)},
        "demands": [
            {
                "kpi": "uph",
                "verdict": verdict,
                "sum": total,
                "boundary": boundary,
                "budget": math.ceil(BUDGET),
                "trail": trail,
            }
        ],
    }


def written(folder: Path, name: str, data: dict[str, Any]) -> Path:
    """Leave a study's JSON in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return folder
