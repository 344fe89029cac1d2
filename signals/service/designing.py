"""Designed stages, rings and stages in another order: of each intersection what serves the vehicles of all best."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from networks.demand import Demand
from networks.network import Network
from optimizers.kinds import Floats
from optimizers.methods import descent, webster
from optimizers.models import hcm
from optimizers.objective import Objective, Worth
from optimizers.problem import TimingProblem
from optimizers.settling import settled, starts_at
from optimizers.solution import TimingSolution, given_solution
from signals.plan import IntersectionPlan, RingsBody, StagesBody, TimingPlan
from signals.rules import Rules, walked_over
from signals.timing.feeds import share_lanes
from signals.timing.plans import coordinated
from signals.timing.problem import NamedProblem, problem_of, restaged
from signals.timing.response import Response
from signals.timing.rings.sequences import InOrder, sequences
from signals.timing.stages import Design, LedStages, designs, lead_lag

Stop = Callable[[], bool]
Found = Design | InOrder | LedStages

EVALUATIONS_PER_DAY = 4  # as `annealing` counts them
_MOST_DESIGNS = 12  # of an intersection, by the quick estimate
_MOST_OPTIONS = 5  # of them, by the HCM delay of each alone
_ALONE_EFFORT = 60
_START_EFFORT = 600
_LEAST_STARTS = 8  # that the effort must be enough for
_STARTS_JUDGED = 4
_ROUNDS = 2
_WITHOUT_ROOM = Response(early_ds=0)
_LEAST_TRIALS = 8  # of an option; where the effort is for fewer, it goes to the busiest intersections


@dataclass(frozen=True, slots=True)
class Chosen:
    """A problem with the stages and orders chosen (and the vehicles of the running one), the timing found for it, why
    those of an intersection are as they are (by the id of each that was changed), and the evaluations it took.
    `alone` is the problem with what is best at each intersection alone, and `why_alone` its reasons. One of the two
    may have no design: then it has no reasons."""

    named: NamedProblem
    timing: TimingSolution
    why: dict[str, str]
    evaluations: int
    alone: NamedProblem
    why_alone: dict[str, str]


def designed_stages(
    network: Network,
    demand: Demand,
    rules: Rules,
    plans: Sequence[TimingPlan],
    running: NamedProblem,
    *,
    of_stages: bool = True,
    responsive: bool = True,
    effort: int,
    seed: int,
    stop: Stop,
    report: Callable[[str, float], None],
) -> Chosen | None:
    """Per intersection a design or one of the stage sets that `plans` have for it; of rings, and of stages that the
    rules leave as they run, a safe order of lead and lag, or the running one. None where nothing of these is chosen,
    neither in the network nor alone.
    `of_stages`: stages are designed, where the rules leave them free; `responsive`: orders are also for coordinated
    control.

    The designs of an intersection are ranked by its HCM delay alone. The combination of the best ones and the `plans`
    are timed by `descent`; from the best of these, intersection after intersection, most delay first, takes what
    serves the vehicles of `running` (a problem with traffic) best. Every option gets the same number of trials of
    greens, cycle and offset. Ends when a round changes nothing, after two rounds, or with the `effort`; with an effort
    for less than a few timings nothing is chosen.
    """
    assert running.problem.traffic is not None
    if effort < _LEAST_STARTS * EVALUATIONS_PER_DAY * len(running.problem.traffic.realisations):
        return None
    flows = {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in demand.movements}

    def in_form(timing: IntersectionPlan) -> IntersectionPlan:
        alone = TimingPlan(network_digest=network.digest, intersections=(timing,))
        return coordinated(alone, network, rules, _WITHOUT_ROOM).intersections[0]

    def made(timing: IntersectionPlan) -> Sequence[Found]:
        intersection, left_hand = network.intersection(timing.intersection_id), network.left_hand_traffic
        uses = share_lanes(network, intersection, flows)
        responding = in_form if responsive else None
        if isinstance(timing.body, RingsBody):
            return sequences(timing, network, rules, uses, responding=responding)
        if rules.policy.stages_as_today:
            return lead_lag(timing, network, rules, responding=responding)
        if not of_stages:
            return []
        crossings = walked_over(network, intersection, rules.intersection(intersection.id))
        return designs(timing, intersection, rules, uses, most=_MOST_DESIGNS, left_hand=left_hand, crossings=crossings)

    options = [
        _options(network, demand, rules, [plan.intersections[at] for plan in plans], seed, made)
        for at in range(len(plans[0].intersections))
    ]
    if stop() or not any(option.design for row in options for option in row):
        return None
    search = _Search(network, rules, running, options, effort, seed, stop)
    best_alone = [int(np.argmin([option.alone_veh_h_per_h for option in row])) for row in options]
    as_planned = [
        [
            [option.timing for option in row].index(timing)
            for row, timing in zip(options, plan.intersections, strict=True)
        ]
        for plan in plans
    ]
    for picks in (best_alone, *as_planned):
        search.start(picks)
    search.descend(lambda share: report("stages designed, intersection by intersection", share))
    return search.chosen(best_alone)


@dataclass(frozen=True, slots=True)
class _Option:
    """A stage set of one intersection with greens for it alone; `design` is None where a plan had it before."""

    timing: IntersectionPlan
    greens_s: Floats
    alone_veh_h_per_h: float
    design: Found | None = None


@dataclass(frozen=True, slots=True)
class _Timed:
    """A combination of options with its timing, and what that is worth."""

    picks: tuple[int, ...]
    solution: TimingSolution
    worth: Worth


def _options(
    network: Network,
    demand: Demand,
    rules: Rules,
    given: Sequence[IntersectionPlan],
    seed: int,
    made: Callable[[IntersectionPlan], Sequence[Found]],
) -> list[_Option]:
    """What the plans have for an intersection, each once, then the best designs alone."""
    plan = TimingPlan(network_digest=network.digest, intersections=tuple(given[:1]))
    alone = problem_of(network, demand, rules, plan)

    def timed(timing: IntersectionPlan, design: Found | None = None) -> _Option:
        return _timed_alone(restaged(alone, network, rules, _with(plan, timing)).problem, timing, design, seed)

    found: list[_Option] = []
    for timing in given:
        if all(timing != option.timing for option in found):
            found.append(timed(timing))
    known = {_round(timing) for timing in given} - {()}
    designed = [timed(design.timing, design) for design in made(given[0]) if _round(design.timing) not in known]
    designed.sort(key=lambda option: option.alone_veh_h_per_h)
    return [*found, *designed[:_MOST_OPTIONS]]


def _with(plan: TimingPlan, timing: IntersectionPlan) -> TimingPlan:
    return plan.model_copy(update={"intersections": (timing,)})


def _round(timing: IntersectionPlan) -> tuple[str, ...]:
    """The pictures of the stages in their order, wherever the round begins; nothing of rings."""
    if not isinstance(timing.body, StagesBody):
        return ()
    shown = tuple(stage.displays for stage in timing.body.sequence)
    return min(shown[at:] + shown[:at] for at in range(len(shown)))


def _timed_alone(problem: TimingProblem, timing: IntersectionPlan, design: Found | None, seed: int) -> _Option:
    """An option timed by Webster as the only intersection of a problem."""
    solution = given_solution(problem)
    if problem.fixed[0] or not problem.uses:
        return _Option(timing, solution.step_s[problem.step_variable], 0.0, design)
    found = webster.propose(
        problem, start=None, effort=_ALONE_EFFORT, seed=seed, stop=lambda: False, report=lambda progress: None
    )
    delays = [float(hcm.evaluate(problem, one).delay_veh_h_per_h) for one in found]
    at = int(np.argmin(delays))
    return _Option(timing, found[at].step_s[problem.step_variable], delays[at], design)


class _Search:
    """Options chosen by what the whole network is worth with them."""

    def __init__(
        self,
        network: Network,
        rules: Rules,
        running: NamedProblem,
        options: Sequence[Sequence[_Option]],
        effort: int,
        seed: int,
        stop: Stop,
    ) -> None:
        self._network, self._rules, self._running = network, rules, running
        self._options, self._effort, self._seed, self._stop = options, effort, seed, stop
        self._today = Objective(running.problem)
        self._per_worth = EVALUATIONS_PER_DAY * self._today.days
        self.used = self._per_worth
        self._now: _Timed | None = None

    def start(self, picks: Sequence[int]) -> None:
        """Begin with this combination, timed by `descent`, if it is better than what is there."""
        named, objective = self._posed(picks)
        if self._now is not None and (self._stop() or self.used >= self._effort):
            return
        effort = max(1, min(_START_EFFORT, self._effort // _LEAST_STARTS))
        found = descent.propose(
            named.problem,
            start=None,
            effort=effort,
            seed=self._seed,
            stop=self._stop,
            report=lambda progress: None,
        )
        self.used += effort
        for solution in found[:_STARTS_JUDGED]:
            timed = _Timed(tuple(picks), solution, objective.worth(solution))
            self.used += self._per_worth
            if self._now is None or timed.worth.value < self._now.worth.value:
                self._now = timed

    def descend(self, tell: Callable[[float], None]) -> None:
        """One intersection after the other takes its best option, all others as they are."""
        assert self._now is not None
        busy = sorted(
            (at for at, row in enumerate(self._options) if len(row) > 1),
            key=lambda at: (-max(option.alone_veh_h_per_h for option in self._options[at]), at),
        )
        begun = self.used
        trials = (
            (self._effort - begun) // self._per_worth // max(1, _ROUNDS * sum(len(self._options[at]) for at in busy))
        )
        trials = max(_LEAST_TRIALS, trials)
        with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as pool:
            for number in range(_ROUNDS):
                before = self._now.picks
                for at in busy:
                    if self._stop() or self.used >= self._effort:
                        return
                    now = self._now
                    tried = pool.map(
                        lambda pick, at=at, now=now: self._tried(now, at, pick, trials), range(len(self._options[at]))
                    )
                    found, used = zip(*tried, strict=True)
                    self.used += sum(used)
                    self._now = min([now, *found], key=lambda timed: timed.worth.value)
                    tell(min(1.0, (self.used - begun) / max(1, self._effort - begun)))
                if self._now.picks == before and number:
                    return

    def _tried(self, now: _Timed, at: int, pick: int, trials: int) -> tuple[_Timed, int]:
        """The combination with another option at one intersection, settled there, and the evaluations used."""
        picks = (*now.picks[:at], pick, *now.picks[at + 1 :])
        named, objective = self._posed(picks)
        problem, option = named.problem, self._options[at][pick]
        if problem.fixed[at]:
            return now, 0
        if pick == now.picks[at]:
            starts = [now.solution]
        else:
            own = slice(int(problem.first_step[at]), int(problem.first_step[at + 1]))
            as_now = _with_steps(problem, now.solution, at)
            starts = starts_at(problem, as_now, at, option.greens_s, float(problem.step_given_s[own].sum()))
        rng = np.random.default_rng([self._seed, at, pick])
        found, days = settled(problem, objective, at, starts, now.worth, trials=trials, rng=rng)
        if found is None:
            return now, EVALUATIONS_PER_DAY * days
        return _Timed(picks, *found), EVALUATIONS_PER_DAY * days

    def _posed(self, picks: Sequence[int]) -> tuple[NamedProblem, Objective]:
        """The problem of a combination, with the vehicles of the running one, and its objective against today."""
        timings = tuple(row[pick].timing for row, pick in zip(self._options, picks, strict=True))
        plan = self._running.plan.model_copy(update={"intersections": timings})
        named = restaged(self._running, self._network, self._rules, plan)
        return named, Objective(named.problem, against=self._today)

    def chosen(self, best_alone: Sequence[int]) -> Chosen | None:
        """What was found; None where no intersection has a design, neither in the network nor alone."""
        assert self._now is not None
        why, why_alone = self._why(self._now.picks), self._why(best_alone)
        if not (why or why_alone):
            return None
        (named, _), (alone, _) = self._posed(self._now.picks), self._posed(best_alone)
        return Chosen(named, self._now.solution, why, self.used, alone, why_alone)

    def _why(self, picks: Sequence[int]) -> dict[str, str]:
        """The reasons of the designs in a combination, by intersection."""
        picked = [row[pick] for row, pick in zip(self._options, picks, strict=True)]
        return {one.timing.intersection_id: one.design.why for one in picked if one.design is not None}


def _with_steps(problem: TimingProblem, solution: TimingSolution, at: int) -> TimingSolution:
    """A solution of a problem that differs in the stages of one junction, with the given steps there."""
    first, after = int(problem.first_step[at]), int(problem.first_step[at + 1])
    rest = problem.steps - after
    kept = len(solution.step_s) - rest
    lengths = np.concatenate((solution.step_s[:first], problem.step_given_s[first:after], solution.step_s[kept:]))
    return solution.replace(step_s=lengths)
