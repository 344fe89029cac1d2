"""How well the vehicle-level queue model knows the simulator: the same plans and the same vehicles in both.

    python -m benchmarks.fidelity [NAME ...] [--control fixed|actuated|coordinated] [--plans N] [--seed N]
                                  [--runs N] [--out FOLDER]

Per map: rank correlation of the delays of random plans, what the model is off at the best tenth of them, and what one
plan costs. The vehicles are those of tuning realisation 1, made from the estimated flows. Of control by traffic one
good fixed plan is taken, and every intersection is given a random response to traffic.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from optimizers.kinds import Floats
from optimizers.methods import annealing
from optimizers.models.queue import QueueModel
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.responsive import ResponsiveTiming
from optimizers.rounding import movable, nearest_feasible, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution, check_solution
from signals.cli import verbs, wiring
from signals.plan import IntersectionPlan, TimingPlan
from signals.service import job
from signals.service.estimate import Street, count, estimate_demand
from signals.service.untouched import leave_faulty_untouched
from signals.timing.coordination import group_flows
from signals.timing.hosted import responsive_of
from signals.timing.plans import actuated, coordinated, plan_of
from signals.timing.problem import NamedProblem, problem_of
from signals.timing.response import Response
from signals.timing.traffic import traffic_of
from signals.trials import Trial
from signals.watch import Watch

MAPS = ("cologne1", "ingolstadt1", "cologne3", "cologne8", "ingolstadt7", "grid4x4")
_REALISATION = 1
_CYCLES_S = (40, 120)
_SPREAD = 0.4  # of the logarithm of green proportions
_BEST_SHARE = 0.1
_GOOD_EFFORT = 20_000  # evaluations, for the plan that responds
CONTROLS = ("fixed", "actuated", "coordinated")


@dataclass(frozen=True)
class Fidelity:
    """One map: delays per vehicle of the same plans, and CPU time of the model per plan."""

    name: str
    runs_s: Floats  # [simulator seeds, plans]
    modelled_s: Floats
    cpu_s: float
    intersections: int
    hours: float

    @property
    def simulated_s(self) -> Floats:
        """[plans] mean of the simulator's seeds."""
        return np.asarray(self.runs_s.mean(axis=0))

    @property
    def rank_correlation_of_seeds(self) -> float:
        """Of the simulator with itself: mean of all pairs of seeds; NaN for one."""
        pairs = [float(spearmanr(one, other)[0]) for one, other in combinations(self.runs_s, 2)]
        return float(np.mean(pairs)) if pairs else float("nan")

    @property
    def rank_correlation(self) -> float:
        return float(spearmanr(self.simulated_s, self.modelled_s)[0])

    @property
    def bias_of_best_share(self) -> float:
        """What the model is off at the tenth of the plans that it likes best."""
        best = np.argsort(self.modelled_s)[: max(1, round(_BEST_SHARE * len(self.modelled_s)))]
        return float(self.modelled_s[best].mean() / self.simulated_s[best].mean() - 1.0)

    @property
    def us_per_intersection_hour(self) -> float:
        return 1e6 * self.cpu_s / self.intersections / self.hours


def random_timing(problem: TimingProblem, rng: np.random.Generator) -> TimingSolution:
    """One cycle for all that can take it, log-normal proportions of green, offsets anywhere."""
    base = nearest_feasible(problem, None)
    low_s, high_s = cycle_limits_s(problem)
    wanted_s = float(rng.integers(_CYCLES_S[0], _CYCLES_S[1] + 1))
    cycle_s, offset_s, step_s = (np.array(times) for times in (base.cycle_s, base.offset_s, base.step_s))
    for j in np.flatnonzero(movable(problem)):
        cycle_s[j] = np.round(np.clip(wanted_s, np.ceil(low_s[j]), np.floor(high_s[j])))
        steps, variable, _, _, _ = stage_bounds_s(problem, int(j))
        greens_s = base.step_s[steps][variable] * np.exp(rng.normal(0.0, _SPREAD, variable.sum()))
        step_s[steps] = with_cycle(problem, int(j), greens_s, float(cycle_s[j]))
        offset_s[j] = rng.integers(0, int(cycle_s[j]))
    return check_solution(problem, TimingSolution(cycle_s, offset_s, step_s))


def random_response(rng: np.random.Generator) -> Response:
    """Any gap, place of the loops, limit of presence, longest and earliest end, that somebody may try."""
    return Response(
        gap_ds=int(rng.integers(10, 41)),
        loops_ahead_ds=int(rng.integers(5, 31)),
        presence_limit_ds=None if rng.random() < 0.5 else int(rng.integers(5, 41)) * 10,
        longest_share=float(rng.uniform(1.0, 2.5)),
        early_ds=None if rng.random() < 0.3 else int(rng.integers(0, 21)) * 10,
        floating=bool(rng.random() < 0.5),
        chooses=bool(rng.random() < 0.5),
    )


def responding(named: NamedProblem, plan: TimingPlan, street: Street, control: str, seed: int) -> TimingPlan:
    """`plan` with a response of its own for every intersection."""
    rng, flows = np.random.default_rng(seed), group_flows(named)
    timings = list[IntersectionPlan]()
    for at in range(len(plan.intersections)):
        response = random_response(rng)
        if control == "actuated":
            alone = plan.model_copy(update={"intersections": plan.intersections[at : at + 1]})
            timings += actuated(alone, street.network, street.rules, response).intersections
        else:
            timings.append(coordinated(plan, street.network, street.rules, response, flows).intersections[at])
    return plan.model_copy(update={"intersections": tuple(timings)})


def _good(problem: TimingProblem, seed: int) -> TimingSolution:
    """A plan worth responding from."""
    return annealing.propose(
        problem, start=None, effort=_GOOD_EFFORT, seed=seed, stop=lambda: False, report=lambda progress: None
    )[0]


def measure(name: str, out: Path, plans: int, seed: int, control: str = "fixed", runs: int = 1) -> Fidelity:
    """Random plans, or responses of a good plan, of one map in the simulator and in the model."""
    request = verbs.demo_request(name, out / name, True, 60, 16, "fixed", None)
    parts, watch = wiring.parts_of_sumo(), Watch()
    street = job.street_of(request, parts)
    records = parts.read_records(request, street, watch)
    counted = count(records, street.network, request.begin_s, request.end_s, request.zone, watch)
    estimated = estimate_demand(street.network, counted, watch)
    base = leave_faulty_untouched(street.network, street.rules, street.incumbent)
    named = problem_of(street.network, estimated.whole, street.rules, base)
    departures = parts.departures(request, street, estimated, range(_REALISATION, _REALISATION + 1), watch)
    period = estimated.whole.period
    problem = named.problem.replace(traffic=traffic_of(street.network, named.uses, departures, period))
    rng = np.random.default_rng(seed)
    timings: Sequence[TimingSolution] | Sequence[ResponsiveTiming]
    if control == "fixed":
        solutions = [random_timing(problem, rng) for _ in range(plans)]
        timings, written = solutions, [plan_of(named, solution) for solution in solutions]
    else:
        good = plan_of(named, _good(problem, seed))
        written = [responding(named, good, street, control, number) for number in rng.integers(0, 1 << 30, plans)]
        timings = [responsive_of(named, plan, street.network) for plan in written]
    laboratory = parts.demand_laboratory(request, street, estimated, judging=False)
    trials = [Trial(plan, _REALISATION, run) for run in range(1, runs + 1) for plan in written]
    simulated = [measures.mean_delay_s_per_veh for measures in laboratory.run(trials, watch, "fidelity")]
    model = QueueModel(problem)
    modelled, cpu_s = [], []
    for repeat in range(4):  # the first compiles
        begun = time.process_time()
        modelled = [model.run(model.ready(timing), 0).delay_s_per_veh for timing in timings]
        if repeat:
            cpu_s.append((time.process_time() - begun) / plans)
    hours = period.duration_s / 3600.0
    return Fidelity(
        name, np.reshape(simulated, (runs, plans)), np.array(modelled), min(cpu_s), problem.junctions, hours
    )


def line_of(found: Fidelity) -> str:
    """A row of the table."""
    return (
        f"| {found.name} | {len(found.simulated_s)} | {found.rank_correlation:.3f} "
        f"| {found.rank_correlation_of_seeds:.3f} | {found.bias_of_best_share:+.0%} "
        f"| {1e3 * found.cpu_s:.2f} | {found.us_per_intersection_hour:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(MAPS))
    parser.add_argument("--control", choices=CONTROLS, default="fixed")
    parser.add_argument("--plans", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1, help="simulator seeds")
    parser.add_argument("--out", type=Path, default=Path("build") / "fidelity")
    asked = parser.parse_args()
    print("The maps come under licences of their own; by measuring on them you accept these.", file=sys.stderr)
    print(
        "| map | plans | rank correlation | simulator, other seed | model at its best tenth | CPU ms per plan "
        "| µs per intersection and hour |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name in asked.names:
        print(line_of(measure(name, asked.out, asked.plans, asked.seed, asked.control, asked.runs)), flush=True)


if __name__ == "__main__":
    main()
