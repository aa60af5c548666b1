"""What a plan says: the verdict on every design and why, and the answer in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from line_sim.figures.names import unit_of
from line_sim.report import ended
from line_sim.study.design.variants import settings_text
from line_sim.study.plan.estimates import estimate_of
from line_sim.study.plan.planned import Planned
from line_sim.study.plan.procedure.boundaries import FIRST
from line_sim.study.plan.procedure.course import Standing
from line_sim.study.plan.procedure.demands import Design, Requirement, Sample
from line_sim.study.plan.procedure.feasibility import Judgement, broken
from line_sim.study.replications.text import end_text, value_text
from line_sim.study.student import Estimate
from line_sim.units import counted

FEASIBLE = "feasible"
NOT_FEASIBLE = "not feasible"
WITHIN = "within the tolerance"
DROPPED = "dropped by its bounds"
DEARER = "dearer than the answer"
UNDECIDED = "undecided"
NOT_SAMPLED = "not sampled"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a design in a few fixed words, and why in a sentence."""

    design: Design
    words: str
    why: str
    standing: Standing


def how_it_ended(found: Planned) -> str:
    """Say how a plan ended: `undecided` where there is no answer, and some design may be one."""
    if found.failed:
        return ended.FAILED
    if found.interrupted:
        return ended.INTERRUPTED
    if found.chosen is not None:
        return ended.ANSWERED
    return ended.UNDECIDED if found.course.doubtful else ended.NO_DESIGN


def verdicts(found: Planned) -> Iterator[Verdict]:
    """Yield the verdict on every design, in their order."""
    for design in found.designs:
        if design.number in found.dropped:
            bound = found.dropped[design.number]
            words, why = DROPPED, f"at most {bound.uph:,.0f} UPH on average: {bound.why}"
            yield Verdict(design, words, why, Standing(False, 0))
        else:
            standing = found.course.standing(design.number)
            yield Verdict(design, *_verdict(found, design, standing), standing)


def _verdict(found: Planned, design: Design, standing: Standing) -> tuple[str, str]:
    samples = found.course.runs.get(design.number, [])
    if standing.broken is not None:
        number, did = standing.broken
        return NOT_FEASIBLE, f"the line {did} in replication {number}"
    if standing.feasible:
        return FEASIBLE, "; ".join(_why_feasible(found, design, standing))
    if standing.feasible is False:
        return _not_feasible(found, standing, samples)
    if samples:
        return UNDECIDED, "; ".join(_why_undecided(found, standing, samples))
    chosen = next((each for each in found.designs if each.number == found.chosen), None)
    if chosen is not None and design.cost > chosen.cost:
        return DEARER, f"it costs {design.cost:g}, the answer {chosen.cost:g}"
    return NOT_SAMPLED, "the plan ended before"


def _why_feasible(found: Planned, design: Design, standing: Standing) -> Iterator[str]:
    yield f"every demand met after {counted(standing.at, 'replications')}"
    near = [each.kpi for each, judged in _judged(found, standing) if judged.within]
    if near:
        yield f"{', '.join(near)} within the tolerance of the limit, where either answer is right"
    contest, best = found.contest, found.rules.best.kpi
    if contest is None or design.number == contest.ahead:
        yield "chosen"
    elif design.number in contest.behind:
        ahead, at = contest.behind[design.number]
        yield f"design {ahead} costs the same and is ahead in {best} after {counted(at, 'replications')}"
    elif design.number in contest.left:
        yield f"not told apart from design {contest.ahead} by its {best}"


def _not_feasible(found: Planned, standing: Standing, samples: Sequence[Sample]) -> tuple[str, str]:
    failed = [(each, judged) for each, judged in _judged(found, standing) if judged.met is False]
    told = "; ".join(_beside(each, judged, samples) for each, judged in failed)
    if all(judged.within and judged.zone for _, judged in failed):
        return WITHIN, f"{told}: nearer to the limit than the tolerance, where either answer is right"
    return NOT_FEASIBLE, told


def _beside(each: Requirement, judged: Judgement, samples: Sequence[Sample]) -> str:
    mean = estimate_of(samples[: judged.at], each.kpi, ratio=each.ratio)
    if mean is None:
        return f"{each.kpi}: nothing to count in any run"
    limit = limit_text(each)
    value = to_tolerance(mean.mean, each)
    word = "below" if each.sign == ">=" else "above"
    return f"{each.kpi} {value} is {word} {limit} after {counted(judged.at, 'replications')}"


def _why_undecided(found: Planned, standing: Standing, samples: Sequence[Sample]) -> Iterator[str]:
    yield f"after {counted(len(samples), 'replications')}"
    if len(samples) < FIRST:
        yield f"the first {FIRST} are needed at least"
    for each, judged in _judged(found, standing):
        if judged.unknown is not None:
            yield f"replication {judged.unknown} cannot tell {each.kpi}"
        elif judged.met is None:
            yield f"{each.kpi} may need {judged.budget:,}"


def _judged(found: Planned, standing: Standing) -> list[tuple[Requirement, Judgement]]:
    return list(zip(found.rules.requirements, standing.judgements, strict=False))


def to_tolerance(value: float, each: Requirement) -> str:
    """Write a value of a demanded figure to the digits that its tolerance leaves a meaning."""
    return value_text(value, unit_of(each.kpi), 10 * each.tolerance)


def limit_text(each: Requirement) -> str:
    """Write the limit of a demand."""
    return to_tolerance(each.limit, each)


def demand_text(each: Requirement) -> str:
    """Write a demand: `uph >= 19,000`."""
    return f"{each.kpi} {each.sign} {limit_text(each)}"


def confirmed(found: Planned) -> list[tuple[Requirement, Estimate | None]]:
    """Return what the fresh runs make of each demand."""
    return [
        (each, estimate_of(found.confirming, each.kpi, ratio=each.ratio)) for each in found.rules.requirements
    ]


def keeps(each: Requirement, mean: float) -> bool:
    """Whether a mean keeps the limit of a demand, give or take its tolerance."""
    return mean >= each.limit - each.tolerance if each.sign == ">=" else mean <= each.limit + each.tolerance


def sentence(found: Planned) -> str:
    """Return the answer in a sentence or two."""
    how = how_it_ended(found)
    sure = f"{100 * found.rules.confidence:g} %"
    demands = " and ".join(map(demand_text, found.rules.requirements))
    if how in ended.EARLY:
        done = f"{how.capitalize()} after {counted(found.runs_in_all, 'runs')}"
        if not found.settled or found.chosen is None:
            return f"{done}: no answer yet."
        return f"{_chosen(found, sure)} {done}, before it was confirmed."
    if how == ended.ANSWERED:
        return f"{_chosen(found, sure)} {_confirmed(found)}".strip()
    if how == ended.UNDECIDED:
        numbers = ", ".join(map(str, found.course.doubtful))
        known = f"Undecided: no design is known to keep {demands}"
        return f"{known}, but {numbers} may; more runs would tell."
    return f"No design keeps {demands}. {_nearest(found)}".strip()


def _chosen(found: Planned, sure: str) -> str:
    design = next(each for each in found.designs if each.number == found.chosen)
    settings = settings_text(design.settings)
    doubtful = [number for number in found.course.doubtful if number != design.number]
    cost = f", cost {design.cost:,.10g}" if found.study.cost else ""
    if doubtful:
        names = ", ".join(map(str, doubtful))
        which = f"The cheapest design known to keep every demand is {design.number}: {settings}{cost}"
        return f"{which}; undecided: {names}."
    which = f"The cheapest design that keeps every demand ({sure} sure) is {design.number}: {settings}{cost}."
    return f"{which} {_rivals(found)}".strip()


def _rivals(found: Planned) -> str:
    """Say which designs of the same cost may be better still, where `most` left that open."""
    contest = found.contest
    rivals = [] if contest is None else [number for number in contest.left if number != contest.ahead]
    if not rivals:
        return ""
    names, best = ", ".join(map(str, rivals)), found.rules.best.kpi
    return f"It is not told apart in {best} from {names}, which cost the same; more runs would tell."


def _confirmed(found: Planned) -> str:
    if not found.confirming:
        return ""
    told = [
        f"{each.kpi} {estimate_text(estimate, each)}"
        for each, estimate in confirmed(found)
        if estimate is not None
    ]
    off = [
        each.kpi
        for each, estimate in confirmed(found)
        if estimate is not None and not keeps(each, estimate.mean)
    ]
    doubt = (
        f" That is beyond the limit in {', '.join(off)}: plan again with a higher confidence." if off else ""
    )
    halted = broken(found.confirming)
    if halted is not None:
        doubt += f" In fresh replication {halted[0]} the line {halted[1]}: plan with a higher confidence."
    runs = counted(len(found.confirming), "fresh replications")
    return f"Of {runs}: {', '.join(told)}.{doubt}"


def estimate_text(estimate: Estimate, each: Requirement) -> str:
    """Write a mean with its interval, to the digits that the tolerance leaves a meaning."""
    mean = to_tolerance(estimate.mean, each)
    if estimate.interval is None:
        return mean
    low, high = (end_text(end, unit_of(each.kpi), 10 * each.tolerance) for end in estimate.interval)
    return f"{mean} (95 %: {low} to {high})"


def _nearest(found: Planned) -> str:
    """Say which design came nearest: the one whose worst demand is missed by the fewest tolerances."""
    missed = {
        design.number: min(each.mean / each.zone if each.zone else 0.0 for each in standing.judgements)
        for design in found.designs
        if (standing := found.course.standing(design.number)).judgements
        and design.number not in found.dropped
    }
    if not missed:
        return "All were dropped by their bounds." if found.dropped else ""
    number = max(missed, key=lambda each: missed[each])
    design = next(each for each in found.designs if each.number == number)
    _, why = _verdict(found, design, found.course.standing(number))
    return f"Nearest came {number} ({settings_text(design.settings)}): {why}."
