"""Runs that are there already, side by side: single runs, or sets of replications."""

from pathlib import Path

from line_sim.errors import RunFileError, ScenarioError
from line_sim.recording.whole import read_object
from line_sim.scenario import Scenario, load
from line_sim.study.comparison.compare import Change, Comparison, compare_figures, judged
from line_sim.study.comparison.differences import differences
from line_sim.study.comparison.recorded import settled_run
from line_sim.study.comparison.single_runs import COMPARABLE, batched_figures, batches_resemble, difference
from line_sim.study.kpis import MAIN_NAMES, bounded_difference, refuse_others
from line_sim.study.replications.files import read_study


def compare_folders(one: Path, other: Path, kpis: tuple[str, ...] = ()) -> Comparison:
    """Set the runs in two folders against each other.

    Raises RunFileError for a missing or damaged file, ScenarioError for a folder of another kind than
    the other and for a figure that neither tells.
    """
    kinds = [(folder / "replications.json").exists() for folder in (one, other)]
    if kinds[0] != kinds[1]:
        raise ScenarioError(
            f"{one} and {other}: one holds replications, the other does not; compare two of a kind"
        )
    return _studies(one, other, kpis) if kinds[0] else _runs(one, other, kpis)


def _studies(one: Path, other: Path, kpis: tuple[str, ...]) -> Comparison:
    a, b = read_study(one), read_study(other)
    known = {name for run in (*a.values(), *b.values()) for name in run}
    refuse_others(kpis, "--kpi", sorted(known))
    if not (a and b):
        empty = one if not a else other
        raise RunFileError(
            f"{empty / 'replications.csv'}: there is no replication in it; run the study again"
        )
    firsts = [next(iter(sorted(folder.glob("replication-*"))), folder) for folder in (one, other)]
    changes, notes = _changes(*firsts)
    return compare_figures((str(one), str(other)), a, b, kpis or MAIN_NAMES, changes=changes, notes=notes)


def _runs(one: Path, other: Path, kpis: tuple[str, ...]) -> Comparison:
    """Compare two single runs: part by part where they have the same seed."""
    refuse_others(kpis, "--kpi", [figure.name for figure in COMPARABLE])
    wanted = kpis or tuple(figure.name for figure in COMPARABLE if figure.main)
    summaries = [read_object(folder / "summary.json") for folder in (one, other)]
    same = summaries[0].get("seed") == summaries[1].get("seed")
    with settled_run(one, summaries[0]) as a, settled_run(other, summaries[1]) as b:
        most = max(int(settled.run.parts.numbers.max(initial=1)) for settled in (a, b))
        ours, theirs = batched_figures(a, most), batched_figures(b, most)
    changes, notes = _changes(one, other)
    certain = same and changes is not None and not changes
    told = [name for name in wanted if name in ours and name in theirs]
    found = {}
    for name in told:
        scattered = difference(ours[name], theirs[name], paired=same)
        step = bounded_difference(scattered, name, certain=certain, of="batches")
        found[name] = (ours[name].value, theirs[name].value, step)
    method = "one run of each, 20 batches of the same parts, paired Student t"
    if not same:
        method = "one run of each, 20 batches each, Welch's t"
        notes = (*notes, "the seeds differ, so the pairing is lost and differences are harder to see")
    alike = [name for name in told if batches_resemble(ours[name], theirs[name], paired=same)]
    if alike:
        names = ", ".join(alike)
        why = "a batch resembles the next, and the interval is wider for that"
        notes = (*notes, f"no * for {names}: {why}; run longer, or with --replications")
    missing = [name for name in kpis if name not in found]
    if missing:
        notes = (*notes, f"left out, as not both runs can tell them: {', '.join(missing)}")
    return Comparison(str(one), str(other), method, int(same), judged(found, unsure=alike), changes, notes)


def _changes(one: Path, other: Path) -> tuple[tuple[Change, ...] | None, tuple[str, ...]]:
    """Return what the scenarios of two runs have different, seeds apart where they tell the same."""
    scenarios = [_scenario(folder / "scenario.yaml") for folder in (one, other)]
    if scenarios[0] is None or scenarios[1] is None:
        return None, ("a scenario.yaml is missing or of another version, so what differs cannot be listed",)
    return tuple(differences(scenarios[0], scenarios[1])), ()


def _scenario(path: Path) -> Scenario | None:
    try:
        return load(path, read_files=False)
    except ScenarioError:
        return None
