"""Cycles of signals that are coordinated with each other (invariant I16): C, C/2 or 2C, or offsets mean nothing.

Which signals make a system the engineer's file may say; then other cycles break a rule. Where nobody says so, signals
near each other are taken for one, and other cycles are told: areas of their own cycles may be what was meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from heapq import heappop, heappush

from networks.network import LinkKind, Network
from signals.plan import TimingPlan, seconds
from signals.rules import Rules
from signals.safety.violation import Violation

NEAR_M = 800.0  # half a mile: as far as platoons hold together (signal timing practice)
_SHOWN = 6


def system_violations(plan: TimingPlan, rules: Rules) -> Iterator[Violation]:
    """Systems of the engineer's with other cycles than C, C/2 and 2C, or with signals that run free beside others.

    What is left untouched runs as it does today and is not asked.
    """
    timings = {timing.intersection_id: timing for timing in plan.intersections if not timing.untouched}
    for number, names in enumerate(rules.systems, start=1):
        cycles_ds = {name: timings[name].cycle_ds for name in names if name in timings}
        known = [cycle_ds for cycle_ds in cycles_ds.values() if cycle_ds is not None]
        if len(known) < len(cycles_ds) or not in_one_system(known):
            free = [name for name, cycle_ds in cycles_ds.items() if cycle_ds is None]
            found = "; ".join([*_counted(known), *(f"{name} runs free" for name in free[:_SHOWN])])
            yield Violation("system", f"system {number}: {_listed(names)}", found, "cycles of C, C/2 or 2C")


def apart(plan: TimingPlan, network: Network) -> Iterator[Violation]:
    """Flags: signals within `NEAR_M` of each other, in chains, whose cycles are not C, C/2 and 2C."""
    timings = {timing.intersection_id: timing for timing in plan.intersections}
    cycles_ds = {name: timing.cycle_ds for name, timing in timings.items() if timing.cycle_ds is not None}
    for names in _chains(network, cycles_ds):
        known = [cycles_ds[name] for name in names]
        if not in_one_system(known) and not all(timings[name].untouched for name in names):
            found = "; ".join(_counted(known))
            needed = "C, C/2 or 2C where they are to be coordinated: other cycles pass each other, whatever the offsets"
            yield Violation("cycles-apart", f"intersections {_listed(names)}", found, needed)


def in_one_system(cycles_ds: Iterable[int]) -> bool:
    """Whether there is a C such that all cycles are C, C/2 or 2C."""
    cycles = {*cycles_ds}
    least, most = min(cycles, default=0), max(cycles, default=0)
    if most == 4 * least:  # then C lies between
        return all(cycle == 2 * least for cycle in cycles - {least, most})
    return cycles <= {least, 2 * least}


def _chains(network: Network, names: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Signals with neighbours, and their neighbours, and so on."""
    near = _neighbours(network, names)
    left = set(near)
    for first in sorted(near):
        chain, ways = [], [first]
        while ways:
            name = ways.pop()
            if name in left:
                left.remove(name)
                chain.append(name)
                ways += near[name]
        if len(chain) > 1:
            yield tuple(sorted(chain))


def _neighbours(network: Network, names: Collection[str]) -> dict[str, set[str]]:
    """For each signal those that traffic meets next, within `NEAR_M`; in both directions."""
    signal_at = {node: one.id for one in network.intersections for node in one.node_ids}
    leaving = defaultdict(list)
    for link in network.links:
        if link.kind is LinkKind.ROAD:
            leaving[link.from_node_id].append((link.to_node_id, link.length_m))
    near: defaultdict[str, set[str]] = defaultdict(set)
    for one in network.intersections:
        reached, ways = dict.fromkeys(one.node_ids, 0.0), [(0.0, node) for node in one.node_ids]
        while ways:
            gone_m, node = heappop(ways)
            met = signal_at.get(node, one.id)
            if met != one.id:
                near[one.id].add(met)
                near[met].add(one.id)
                continue
            for onward, length_m in leaving[node] if gone_m <= reached[node] else ():
                if gone_m + length_m <= NEAR_M and gone_m + length_m < reached.get(onward, NEAR_M + 1):
                    reached[onward] = gone_m + length_m
                    heappush(ways, (gone_m + length_m, onward))
    return {name: near[name] & {*names} for name in names}


def _counted(cycles_ds: Iterable[int]) -> list[str]:
    return [f"{seconds(cycle_ds)} at {count}" for cycle_ds, count in sorted(Counter(cycles_ds).items())]


def _listed(names: Collection[str]) -> str:
    shown = ", ".join([*names][:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
