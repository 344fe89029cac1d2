"""Bands as a mixed-integer program: MAXBAND and MULTIBAND over arteries and networks, in one set of rows.

All times are in cycles. Signal j has its local zero at theta_j; the centre of a band passes signal s of a passage c_s
after the start of its green a_s (length g_s). Along a link with travel time t

    theta_k + a_k + c_k = theta_j + a_j + c_j + t - m,  m integer
    b / 2 <= c_s <= g_s - b / 2                         at both ends of the link
    maximise the sum over passages of 1 / (links) sum over links of weight b

With one band b for all links of a passage this is MAXBAND (Little, Kelson, Gartner 1981, Transportation Research
Record 795: w = c - b / 2, and m of both directions together is theirs); with a band for each link it is MULTIBAND
(Gartner, Assmann, Lasaga, Hou 1991, Transportation Research B 25, p. 55). The zeros theta are potentials: a loop of
arteries closes by itself, where the papers need a row for each loop of a cycle basis. Along a spanning tree m is zero
without loss. Travel times are bounded by d z / v, z the frequency 1 / C; they may be chosen within the speeds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pulp

from optimizers.bands.street import BandProblem, Passage

Expression = Any  # a number, a variable of PuLP or a sum of them

_FARTHEST = 0.5  # cycles: farther apart on a circle two times cannot be


@dataclass(slots=True)
class BandModel:
    """The rows for a problem; `single` asks for one band per passage (MAXBAND).

    Unlike in the papers, a passage may be left without any band, and then binds nothing: there, the middle of even the
    narrowest band has to pass all greens, which not every network allows.
    """

    problem: BandProblem
    single: bool
    program: pulp.LpProblem = field(init=False)
    frequency_per_s: Expression = field(init=False)
    zero: list[Expression] = field(default_factory=list)  # [J] theta
    pattern: dict[tuple[int, int], Expression] = field(default_factory=dict)  # (signal, pattern): where there is choice
    centre: dict[tuple[int, int], Expression] = field(default_factory=dict)  # (passage, stop): c
    travel: dict[tuple[int, int], Expression] = field(default_factory=dict)  # (passage, link): t
    band: dict[tuple[int, int], Expression] = field(default_factory=dict)  # (passage, link): b
    turns: dict[tuple[int, int], Expression] = field(default_factory=dict)  # (passage, link): m off the tree
    joined: dict[int, Expression] = field(default_factory=dict)  # passage: 0 where it has no band

    def __post_init__(self) -> None:
        self.program = pulp.LpProblem("bands", pulp.LpMaximize)
        self._signals()
        for number, passage in enumerate(self.problem.passages):
            self._bands(number, passage)
            self._speeds(number, passage)
        self._links()
        self._ratios()
        self.program.setObjective(
            pulp.lpSum(
                float(weight) / passage.links * self.band[number, link]
                for number, passage in enumerate(self.problem.passages)
                for link, weight in enumerate(passage.weight)
            )
        )

    def _variable(self, name: str, low: float | None, high: float | None, *, whole: bool = False) -> Expression:
        return self.program.add_variable(name, low, high, pulp.LpInteger if whole else pulp.LpContinuous)

    def _signals(self) -> None:
        low_per_s, high_per_s = 1.0 / self.problem.cycle_high_s, 1.0 / self.problem.cycle_low_s
        fixed = high_per_s - low_per_s < 1e-12
        self.frequency_per_s = high_per_s if fixed else self._variable("frequency", low_per_s, high_per_s)
        for signal, patterns in enumerate(self.problem.patterns):
            self.zero.append(self._variable(f"zero_{signal}", None, None))
            if patterns > 1:
                for one in range(patterns):
                    self.pattern[signal, one] = self._variable(f"pattern_{signal}_{one}", 0, 1, whole=True)
                self.program += pulp.lpSum(self.pattern[signal, one] for one in range(patterns)) == 1

    def _chosen(self, signal: int, values: Any) -> Expression:
        """What a row of values by pattern comes to under the pattern chosen."""
        if self.problem.patterns[signal] == 1:
            return float(values[0])
        return pulp.lpSum(float(values[p]) * self.pattern[signal, p] for p in range(self.problem.patterns[signal]))

    def _bands(self, number: int, passage: Passage) -> None:
        joined = self.joined[number] = self._variable(f"joined_{number}", 0, 1, whole=True)
        greens = [self._chosen(int(s), row) for s, row in zip(passage.signals, passage.green_share, strict=True)]
        longest = [self._longest(passage, stop) for stop in range(passage.links + 1)]
        for stop in range(passage.links + 1):
            self.centre[number, stop] = self._variable(f"centre_{number}_{stop}", 0.0, longest[stop])
        for link in range(passage.links):
            if self.single and link:
                self.band[number, link] = self.band[number, 0]
            else:
                room = longest if self.single else longest[link : link + 2]
                self.band[number, link] = self._variable(f"band_{number}_{link}", 0.0, min(room))
            self.program += self.band[number, link] <= self.band[number, link].upBound * joined
            for stop in (link, link + 1):
                self.program += self.centre[number, stop] >= 0.5 * self.band[number, link]
                self.program += self.centre[number, stop] + 0.5 * self.band[number, link] <= greens[stop]

    def _longest(self, passage: Passage, stop: int) -> float:
        return float(passage.green_share[stop, : self.problem.patterns[passage.signals[stop]]].max())

    def _speeds(self, number: int, passage: Passage) -> None:
        z, low_s, high_s = self.frequency_per_s, passage.travel_low_s, passage.travel_high_s
        for link in range(passage.links):
            if high_s[link] - low_s[link] < 1e-12:
                self.travel[number, link] = float(low_s[link]) * z
                continue
            travel = self._variable(f"travel_{number}_{link}", 0.0, float(high_s[link]) / self.problem.cycle_low_s)
            self.travel[number, link] = travel
            self.program += travel >= float(low_s[link]) * z
            self.program += travel <= float(high_s[link]) * z
        if not math.isfinite(self.problem.slowness_change_s_per_m):
            return
        for link in range(passage.links - 1):
            here_m, next_m = float(passage.distance_m[link]), float(passage.distance_m[link + 1])
            change = (here_m / next_m) * self.travel[number, link + 1] - self.travel[number, link]
            most = self.problem.slowness_change_s_per_m * here_m * z
            if isinstance(change, float):
                continue  # one speed on both links, and one cycle: nothing to choose
            self.program += change <= most
            self.program += change >= -1 * most

    def _links(self) -> None:
        tree = _Tree(len(self.problem.patterns))
        for number, passage in enumerate(self.problem.passages):
            for link in range(passage.links):
                start, end = int(passage.signals[link]), int(passage.signals[link + 1])
                low, high = self._apart(passage, link)
                path = tree.apart(start, end)
                turns: Expression = 0
                if path is None:
                    tree.add(start, end, low, high)
                else:
                    fewest, most = math.ceil(low - path[1] - 1e-9), math.floor(high - path[0] + 1e-9)
                    turns = self._variable(f"turns_{number}_{link}", fewest, most, whole=True)
                    self.turns[number, link] = turns
                ahead = self._passing(number, passage, link) + self.travel[number, link] - turns
                apart = self._passing(number, passage, link + 1) - ahead
                spare = _FARTHEST * (1 - self.joined[number])
                self.program += apart <= spare
                self.program += apart >= -1 * spare
        for signal in tree.roots():
            self.program += self.zero[signal] == 0

    def _passing(self, number: int, passage: Passage, stop: int) -> Expression:
        signal = int(passage.signals[stop])
        return self.zero[signal] + self._chosen(signal, passage.green_start_share[stop]) + self.centre[number, stop]

    def _apart(self, passage: Passage, link: int) -> tuple[float, float]:
        """Least and most that the zero at the end of a link comes after that at its start, turns left out."""
        spans = []
        for stop in (link, link + 1):
            patterns = int(self.problem.patterns[passage.signals[stop]])
            starts, greens = passage.green_start_share[stop, :patterns], passage.green_share[stop, :patterns]
            spans.append((float(starts.min()), float((starts + greens).max())))
        shortest = float(passage.travel_low_s[link]) / self.problem.cycle_high_s
        longest = float(passage.travel_high_s[link]) / self.problem.cycle_low_s
        return spans[0][0] + shortest - spans[1][1] - _FARTHEST, spans[0][1] + longest - spans[1][0] + _FARTHEST

    def _ratios(self) -> None:
        number = 0
        for artery in self.problem.arteries:
            if artery.inbound is not None and artery.ratio is not None:
                low, high = artery.ratio
                for link in range(artery.outbound.links):
                    out, back = self.band[number, link], self.band[number + 1, artery.outbound.links - 1 - link]
                    if low == high:
                        self.program += back == low * out
                    else:
                        self.program += back >= low * out
                        if math.isfinite(high):
                            self.program += back <= high * out
                    if self.single:
                        break
            number += len(artery.passages)


class _Tree:
    """A forest over the signals, and how far apart along it two zeros can be."""

    def __init__(self, signals: int) -> None:
        self._steps: list[dict[int, tuple[float, float]]] = [{} for _ in range(signals)]

    def add(self, start: int, end: int, low: float, high: float) -> None:
        self._steps[start][end] = low, high
        self._steps[end][start] = -high, -low

    def apart(self, start: int, end: int) -> tuple[float, float] | None:
        """Least and most of theta_end - theta_start; None where no path joins them yet."""
        seen = {start: (0.0, 0.0)}
        front = [start]
        while front:
            here = front.pop()
            for there, (low, high) in self._steps[here].items():
                if there not in seen:
                    seen[there] = seen[here][0] + low, seen[here][1] + high
                    front.append(there)
        return seen.get(end)

    def roots(self) -> list[int]:
        """One signal of every part."""
        reached, roots = set[int](), []
        for signal in range(len(self._steps)):
            if signal not in reached:
                roots.append(signal)
                front = [signal]
                while front:
                    here = front.pop()
                    if here not in reached:
                        reached.add(here)
                        front += self._steps[here]
        return roots
