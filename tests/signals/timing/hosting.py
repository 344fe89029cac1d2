"""Plans hosted by the vehicle-level model, and what it shows, second by second as a controller's states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from networks.demand import Period
from networks.network import Network
from optimizers.models.queue import Change, Hosted, QueueModel, Run
from optimizers.responsive import ResponsiveTiming
from signals.control import program_of
from signals.plan import TimingPlan
from signals.rules import Rules, rules_of
from signals.timing.hosted import responsive_of
from signals.timing.problem import problem_of
from signals.timing.traffic import Departures, traffic_of
from tests.signals.plans import touched
from tests.signals.timing.demands import demand

Rows = list[tuple[float, str]]


@dataclass(frozen=True)
class Hosting:
    """A plan in the model under one set of vehicles."""

    network: Network
    plan: TimingPlan
    timing: ResponsiveTiming
    hosted: Hosted
    run: Run
    changes: list[Change]
    seconds: int

    def rows(self, at: int = 0) -> Rows:
        """What intersection `at` of the plan showed, one row a second."""
        timing = self.plan.intersections[at]
        steps = program_of(timing, self.network.intersection(timing.intersection_id)).steps
        first = int(self.hosted.control.controller["first_step"][at])
        step, shown = int(self.hosted.begin.step[at]) - first, list[int]()
        for change in (one for one in self.changes if one.junction == at):
            shown += [step] * (change.at_s - len(shown))
            step = change.step
        shown += [step] * (self.seconds - len(shown))
        return [(float(second), steps[step].state) for second, step in enumerate(shown)]


def hosting(
    network: Network, plan: TimingPlan, departures: Departures, seconds: int = 1800, *, rules: Rules | None = None
) -> Hosting:
    """`plan` under these vehicles, from second 0 on."""
    named = problem_of(network, demand(network), rules or rules_of(network), touched(network))
    traffic = traffic_of(network, named.uses, [departures], Period(0.0, float(seconds)))
    model, timing = QueueModel(named.problem.replace(traffic=traffic)), responsive_of(named, plan, network)
    hosted = model.hosted(timing)
    run, changes = model.watched(hosted, 0)
    return Hosting(network, plan, timing, hosted, run, changes, seconds)


def random_departures(ways: Sequence[Sequence[str]], seconds: int, every_s: float, seed: int) -> Departures:
    """Vehicles on any of the ways, so often on the whole."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(every_s, int(2 * seconds / every_s) + 1))
    return [(float(int(t)), tuple(ways[int(rng.integers(len(ways)))])) for t in times if t < seconds]


def lengths_s(rows: Rows, state: str, since_s: float = 0.0) -> list[int]:
    """How long a picture was shown each time from a second on; the last time does not count."""
    found, at = list[tuple[str, int, int]](), 0
    for shown, seconds in ((shown, len(list(run))) for shown, run in groupby(row[1] for row in rows)):
        found.append((shown, at, seconds))
        at += seconds
    return [seconds for shown, at, seconds in found[1:-1] if shown == state and at >= since_s]
