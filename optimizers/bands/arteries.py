"""Arteries of a timing problem: chains of signals along its heaviest feeds, there and back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimizers.bands.street import Artery, BandProblem, Passage
from optimizers.kinds import Booleans
from optimizers.problem import GREEN_YIELDING, TimingProblem
from optimizers.solution import TimingSolution

_GOES_ON_SHARE = 0.3  # of the first flow of an artery: it ends where less goes on
_SMALLEST_SHARE = 0.15  # of the heaviest flow of the street: less makes no artery
_SLOWEST_SHARE = 0.85  # of the free speed, which is the highest: platoons need not be faster than that, nor much slower
_RATIO_SLACK = 2.0  # the bands of two directions may differ from the ratio of their flows by this factor
_NOMINAL_M_PER_S = 10.0  # a problem knows travel times only; distances are what they come to at this free speed


@dataclass(frozen=True, slots=True)
class Chain:
    """One direction of an artery: n groups of as many junctions; free travel and flow of the n - 1 links between."""

    groups: tuple[int, ...]
    travel_s: tuple[float, ...]
    flow_veh_per_h: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Feed:
    """What leaves one group and arrives at another."""

    flow_veh_per_h: float
    travel_s: float


class Feeds:
    """Flows from group to group, and the junctions and greens of groups."""

    def __init__(self, problem: TimingProblem, usable: Booleans) -> None:
        self.problem = problem
        self.use_of: dict[int, int] = {}
        for use, group in enumerate(problem.use_group.tolist()):
            self.use_of.setdefault(group, use)
        self.junction = {group: int(problem.use_junction[use]) for group, use in self.use_of.items()}
        self.onward: defaultdict[int, dict[int, _Feed]] = defaultdict(dict)
        self.back: defaultdict[int, dict[int, _Feed]] = defaultdict(dict)
        together: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        flows = problem.feed_share * problem.use_flow_veh_per_h[problem.feed_to_use]
        for feed in np.flatnonzero((flows > 0.0) & (problem.feed_travel_s > 0.0)):
            start, end = (int(problem.use_group[uses[feed]]) for uses in (problem.feed_from_use, problem.feed_to_use))
            ends = self.junction[start], self.junction[end]
            if ends[0] != ends[1] and usable[ends[0]] and usable[ends[1]]:
                together[start, end].append((float(flows[feed]), float(problem.feed_travel_s[feed])))
        for (start, end), parts in together.items():
            flow = sum(part for part, _ in parts)
            found = _Feed(flow, sum(part * travel for part, travel in parts) / flow)
            self.onward[start][end] = self.back[end][start] = found

    def chains(self) -> list[tuple[Chain, Chain | None]]:
        """Arteries, the heaviest first, each with its way back where there is one; no two share a pair of signals."""
        links = sorted(
            ((feed.flow_veh_per_h, start, end) for start, ends in self.onward.items() for end, feed in ends.items()),
            key=lambda link: (-link[0], link[1], link[2]),
        )
        found: list[tuple[Chain, Chain | None]] = []
        taken: set[frozenset[int]] = set()
        for flow, start, end in links:
            if flow < _SMALLEST_SHARE * links[0][0]:
                break
            if frozenset((self.junction[start], self.junction[end])) in taken:
                continue
            groups = self._grown([start, end], _GOES_ON_SHARE * flow, taken)
            taken |= {frozenset((self.junction[a], self.junction[b])) for a, b in pairwise(groups)}
            found.append((self._chain(groups), self._return(groups)))
        return found

    def _grown(self, groups: list[int], least_veh_per_h: float, taken: set[frozenset[int]]) -> list[int]:
        """The groups, continued onward and backward along the heaviest feeds."""
        for table, place in ((self.onward, -1), (self.back, 0)):
            while True:
                here = groups[place]
                inside = {self.junction[group] for group in groups}
                options = [
                    (feed.flow_veh_per_h, -group)
                    for group, feed in table[here].items()
                    if self.junction[group] not in inside
                    and feed.flow_veh_per_h >= least_veh_per_h
                    and frozenset((self.junction[here], self.junction[group])) not in taken
                ]
                if not options:
                    break
                groups.insert(len(groups) if place else 0, -max(options)[1])
        return groups

    def _return(self, groups: list[int]) -> Chain | None:
        """The heaviest way over the same junctions backwards; None where the feeds do not lead all the way."""
        junctions = [self.junction[group] for group in reversed(groups)]
        reached: dict[int, tuple[float, list[int]]] = {
            start: (0.0, [start])
            for start, ends in self.onward.items()
            if self.junction[start] == junctions[0] and any(self.junction[end] == junctions[1] for end in ends)
        }
        for there in junctions[1:]:
            further: dict[int, tuple[float, list[int]]] = {}
            for here, (flow, way) in sorted(reached.items()):
                for group, feed in sorted(self.onward[here].items()):
                    total = flow + feed.flow_veh_per_h
                    if self.junction[group] == there and (group not in further or total > further[group][0]):
                        further[group] = total, [*way, group]
            reached = further
        return self._chain(max(reached.values())[1]) if reached else None

    def _chain(self, groups: list[int]) -> Chain:
        feeds = [self.onward[a][b] for a, b in pairwise(groups)]
        return Chain(tuple(groups), tuple(f.travel_s for f in feeds), tuple(f.flow_veh_per_h for f in feeds))


def longest_green_s(problem: TimingProblem, solution: TimingSolution, use: int) -> tuple[float, float]:
    """Start and length of a use's longest green, protected or yielding, on the local clock of its junction; (0, 0)
    where there is none. A green may pass the end of the cycle."""
    junction = int(problem.use_junction[use])
    first, last = problem.first_step[junction], problem.first_step[junction + 1]
    lengths = solution.step_s[first:last]
    starts = np.cumsum(lengths) - lengths
    green = problem.use_display[use, : last - first] >= GREEN_YIELDING
    if green.all():
        return 0.0, float(solution.cycle_s[junction])
    begins = np.flatnonzero(green & ~np.roll(green, 1))
    best = 0.0, 0.0
    for begin in begins:
        length, at = 0.0, int(begin)
        while green[at]:
            length += float(lengths[at])
            at = (at + 1) % len(green)
        if length > best[1] + 1e-9:
            best = float(starts[begin]), length
    return best


def band_problem(
    feeds: Feeds,
    solution: TimingSolution,
    chains: list[tuple[Chain, Chain | None]],
    cycle_low_s: float,
    cycle_high_s: float,
    *,
    balanced: bool,
) -> BandProblem | None:
    """The bands of `chains` between the greens of `solution`, in shares of its cycles; None without any.

    Every link weighs as much as the flow on it. `balanced`: the bands of both directions keep roughly the ratio of
    their flows. Chains over a group that never has green are left out.
    """
    arteries = []
    for onward, back in chains:
        outbound = _passage(feeds, solution, onward)
        inbound = None if back is None else _passage(feeds, solution, back)
        if outbound is None:
            continue
        ratio = None
        if balanced and inbound is not None:
            flows = float(inbound.weight.mean() / outbound.weight.mean())
            ratio = flows / _RATIO_SLACK, flows * _RATIO_SLACK
        arteries.append(Artery(outbound, inbound, ratio))
    if not arteries:
        return None
    return BandProblem(np.ones(feeds.problem.junctions, dtype=np.int64), tuple(arteries), cycle_low_s, cycle_high_s)


def _passage(feeds: Feeds, solution: TimingSolution, chain: Chain) -> Passage | None:
    signals = np.array([feeds.junction[group] for group in chain.groups])
    greens = np.array([longest_green_s(feeds.problem, solution, feeds.use_of[group]) for group in chain.groups])
    if np.any(greens[:, 1] <= 0.0):
        return None
    shares = greens / solution.cycle_s[signals][:, None]
    links = len(chain.travel_s)
    return Passage(
        signals=signals,
        green_start_share=shares[:, :1],
        green_share=np.minimum(1.0, shares[:, 1:]),
        distance_m=np.array(chain.travel_s) * _NOMINAL_M_PER_S,
        speed_low_m_per_s=np.full(links, _SLOWEST_SHARE * _NOMINAL_M_PER_S),
        speed_high_m_per_s=np.full(links, _NOMINAL_M_PER_S),
        weight=np.array(chain.flow_veh_per_h) / 1000.0 * links,  # per 1000 vehicles: a flow on each link counts
    )
