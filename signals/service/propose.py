"""Propose: stage sets, timings by every method, and plans that passed the safety check, best guess first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType

import numpy as np

from networks.demand import Demand
from networks.network import Network
from optimizers.damping import damped
from optimizers.method import Progress
from optimizers.models import hcm
from optimizers.objective import Objective
from optimizers.solution import TimingSolution, given_solution
from signals.controllers import NOBODY_SAID, Controllers
from signals.plan import IntersectionPlan, RingsBody, TimingPlan
from signals.rules import Rules
from signals.safety import Violation, check, unrunnable
from signals.safety.runnable import RULE as CONTROLLER
from signals.service.designing import designed_stages
from signals.service.mended import open_to_timing
from signals.service.untouched import why_untouched, with_lawful_interstages
from signals.timing.plans import plan_of
from signals.timing.problem import NamedProblem, problem_of
from signals.timing.response import USUAL, Response
from signals.timing.stages import left_turn_stages
from signals.timing.traffic import Departures, traffic_of
from signals.timing.variants import stage_sets

Stop = Callable[[], bool]

DESIGNED, ORDERED, ALONE = "designed stages", "lead and lag", "stages designed one by one"
_DESIGN_SHARE = 0.1  # of the effort goes into the choice of designed stages, at most
_DAMPING_SHARE = 0.5
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that may be raced: where it came from, what the model thinks of it."""

    name: str
    plan: TimingPlan
    predicted_s_per_veh: float | None = None
    family: str = ""  # method, stage set and damping: candidates of one family are alike
    damped: bool = False  # half-way back to today's proportions of green
    stage_set: str = ""
    fixed: TimingPlan | None = None  # of a responsive plan the fixed one that it was made from
    response: Response = USUAL  # of a responsive plan


@dataclass(frozen=True, slots=True)
class Proposal:
    """Safe candidates (best by the model first), what was refused and why, and the problem the incumbent poses."""

    candidates: tuple[Candidate, ...]
    refused: tuple[tuple[str, tuple[Violation, ...]], ...]
    running: NamedProblem
    untouched: tuple[tuple[str, str], ...] = ()  # (intersection id, why it runs on as today)
    # By stage set and intersection id, of `DESIGNED`, `ORDERED` and `ALONE`:
    why_designed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def propose(
    network: Network,
    demand: Demand,
    rules: Rules,
    incumbent: TimingPlan,
    *,
    controllers: Controllers = NOBODY_SAID,
    departures: Sequence[Departures],
    methods: dict[str, ModuleType],
    effort: int,
    seed: int,
    stop: Stop,
    report: Callable[[str, float], None],
    made_for: str = "",
    design_stages: bool = False,
    responsive: bool = True,
    free: bool = False,
) -> Proposal:
    """Candidates for `incumbent`, each free of violations and one that `controllers` can run, best first by what they
    do to the vehicles of `departures` (one realisation each). `effort` counts model evaluations over all methods,
    shared out by their `EFFORT_SHARE`; one whose `LEAST_JUNCTIONS` are not there is left out. `made_for` says in each
    plan which demand it is for. `design_stages`: stage sets made from the pair table compete too, where the rules leave
    the stages free. In rings, and in stages that the rules leave as they run, the orders of lead and lag compete
    always; `responsive`: none that only fixed control can run; and stage sets hold greens that go on, and what is best
    at each intersection alone competes too: free signals share no clock. `free`: nothing but free control is asked for,
    and methods that find offsets only (`ONLY_OFFSETS`) are left out."""
    base = open_to_timing(network, rules, incumbent).model_copy(update={"made_for": made_for})
    running = problem_of(network, demand, rules, base)
    untouched = tuple(
        (timing.intersection_id, why_untouched(timing, network.intersection(timing.intersection_id), rules))
        for timing in base.intersections
        if timing.untouched
    )
    if len(untouched) == len(base.intersections):
        return Proposal((), (), running, untouched)
    lawful_base = with_lawful_interstages(network, rules, base)
    skeletons = {"running stages": running if lawful_base == base else problem_of(network, demand, rules, lawful_base)}
    fewer = _fewer_stages(network, demand, rules, lawful_base, methods, seed, stop, hold=responsive)
    if fewer is not None:
        skeletons["fewer stages"] = problem_of(network, demand, rules, fewer)
    skeletons = {label: _with_traffic(named, network, departures, demand) for label, named in skeletons.items()}
    designed = None
    if design_stages or any(_may_be_led(timing, network, rules) for timing in base.intersections):
        designed = designed_stages(
            network,
            demand,
            rules,
            [named.plan for named in skeletons.values()],
            skeletons["running stages"],
            of_stages=design_stages,
            responsive=responsive,
            effort=int(effort * _DESIGN_SHARE),
            seed=seed,
            stop=stop,
            report=report,
        )
    judges = {label: Objective(named.problem) for label, named in skeletons.items()}
    chosen = DESIGNED if design_stages and not rules.policy.stages_as_today else ORDERED
    if designed is not None:
        effort -= designed.evaluations
    if designed is not None and designed.why:  # is judged against what runs, not against what was designed
        skeletons[chosen] = designed.named
        judges[chosen] = Objective(designed.named.problem, against=judges["running stages"])
    methods = {
        name: one
        for name, one in methods.items()
        if getattr(one, "LEAST_JUNCTIONS", 0) <= len(incumbent.intersections)
        and not (free and getattr(one, "ONLY_OFFSETS", False))
    }
    shares = {name: float(getattr(method, "EFFORT_SHARE", 1.0)) for name, method in methods.items()}
    found: list[tuple[float, Candidate]] = []
    refused: list[tuple[str, tuple[Violation, ...]]] = []
    seen = set[str]()
    rounds = [(label, named, name, method) for label, named in skeletons.items() for name, method in methods.items()]
    why = {} if designed is None or not designed.why else {chosen: designed.why}
    if responsive and designed is not None and chosen == DESIGNED and designed.why_alone != designed.why:
        judges[ALONE] = Objective(designed.alone.problem, against=judges["running stages"])
        rounds.append((ALONE, designed.alone, "webster", methods["webster"]))
        why[ALONE] = designed.why_alone
    for number, (label, named, name, method) in enumerate(rounds):
        share = int(effort * shares[name] / sum(shares.values()) / len(skeletons))

        def tell(progress: Progress, number: int = number, label: str = label) -> None:
            part = progress.evaluations / max(1, progress.effort)
            report(f"{progress.method}, {label}: {progress.doing}", (number + min(1.0, part)) / len(rounds))

        start = designed.timing if designed is not None and label in (DESIGNED, ORDERED) else None
        solutions = method.propose(named.problem, start=start, effort=share, seed=seed, stop=stop, report=tell)
        for solution in [*solutions, *(damped(named.problem, one, _DAMPING_SHARE) for one in solutions)]:
            plan = plan_of(named, solution)
            if plan.digest() in seen or runs_the_same(plan, incumbent):
                continue
            seen.add(plan.digest())
            title = f"{name}: {solution.origin or 'best found'} ({label})"
            violations = (*check(plan, network, rules), *unrunnable(plan, controllers))
            if violations:
                refused.append((title, violations))
                continue
            if stop():
                break
            worth = judges[label].worth(solution)
            half_way = "today's proportions" in solution.origin
            family = f"{name}, {label}, {'damped' if half_way else 'as found'}"
            found.append((worth.value, Candidate(title, plan, worth.delay_s_per_veh, family, half_way, label)))
    found.sort(key=lambda pair: pair[0])
    return Proposal(tuple(candidate for _, candidate in found), tuple(refused), running, untouched, why)


def _may_be_led(timing: IntersectionPlan, network: Network, rules: Rules) -> bool:
    """Whether lefts may lead or lag otherwise: in rings, and in stages that the rules leave as they run."""
    if timing.untouched:
        return False
    in_rings = isinstance(timing.body, RingsBody)
    return in_rings or (rules.policy.stages_as_today and left_turn_stages(timing, network))


def why_unrunnable(refused: Iterable[Sequence[Violation]]) -> tuple[str, ...]:
    """What the controllers cannot run of refused candidates: the first few reasons, each told once."""
    reasons = dict.fromkeys(str(one) for violations in refused for one in violations if one.rule == CONTROLLER)
    return tuple(reasons)[:_MOST_REASONS]


def runs_the_same(plan: TimingPlan, other: TimingPlan) -> bool:
    """Whether two plans of one street show the same, whatever they are called."""
    return all(
        (one.control_mode, one.cycle_ds, one.offset_reference, one.reference, one.body)
        == (two.control_mode, two.cycle_ds, two.offset_reference, two.reference, two.body)
        and (one.offset_ds - two.offset_ds) % (one.cycle_ds or 1) == 0
        for one, two in zip(plan.intersections, other.intersections, strict=True)
    )


def _with_traffic(
    named: NamedProblem, network: Network, departures: Sequence[Departures], demand: Demand
) -> NamedProblem:
    traffic = traffic_of(network, named.uses, departures, demand.period)
    return replace(named, problem=named.problem.replace(traffic=traffic))


def _fewer_stages(
    network: Network,
    demand: Demand,
    rules: Rules,
    base: TimingPlan,
    methods: dict[str, ModuleType],
    seed: int,
    stop: Stop,
    *,
    hold: bool,
) -> TimingPlan | None:
    """Per intersection the stage set with the least HCM delay when timed alone; None where nothing changes."""
    if rules.policy.stages_as_today:
        return None
    timings: list[IntersectionPlan] = []
    changed = False
    for timing in base.intersections:
        intersection = network.intersection(timing.intersection_id)
        sets = stage_sets(timing, intersection, rules, left_hand=network.left_hand_traffic, hold=hold)
        best = timing
        if len(sets) > 1 and not stop():
            delays = [_alone_veh_h_per_h(network, demand, rules, base, option, methods, seed, stop) for option in sets]
            best = sets[int(np.argmin(delays))]
        changed = changed or best is not timing
        timings.append(best)
    return base.model_copy(update={"intersections": tuple(timings)}) if changed else None


def _alone_veh_h_per_h(
    network: Network,
    demand: Demand,
    rules: Rules,
    base: TimingPlan,
    option: IntersectionPlan,
    methods: dict[str, ModuleType],
    seed: int,
    stop: Stop,
) -> float:
    named = problem_of(network, demand, rules, base.model_copy(update={"intersections": (option,)}))
    problem = named.problem
    if problem.fixed[0] or problem.uses == 0:
        return hcm_delay(named, given_solution(problem)) if problem.uses else 0.0
    solutions = methods["webster"].propose(
        problem, start=None, effort=60, seed=seed, stop=stop, report=lambda progress: None
    )
    return min((hcm_delay(named, solution) for solution in solutions), default=float("inf"))


def hcm_delay(named: NamedProblem, solution: TimingSolution) -> float:
    """Total delay [veh h per h] by the HCM terms."""
    return float(hcm.evaluate(named.problem, solution).delay_veh_h_per_h)
