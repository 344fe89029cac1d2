"""Platoons between signals: how much of what an upstream green releases arrives in the downstream green."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from networks.network import Network
from signals.intervals import greens
from signals.plan import IntersectionPlan
from signals.service.sides import Side

Span = tuple[float, float]

_RELATED = (1, 2)  # equal, half or double: other cycles meet each other at a different point every time


@dataclass(frozen=True, slots=True)
class Platoon:
    """Traffic from one upstream group to one downstream group, with the free travel time between the stop lines."""

    upstream_id: str
    upstream_group_id: str
    group_id: str
    link_id: str
    flow_veh_per_h: float
    travel_s: float


def platoons_to(side: Side, network: Network, intersection_id: str) -> list[Platoon]:
    """Platoons that reach a junction from other signals, the largest first; one per upstream group and link."""
    problem, uses = side.named.problem, side.named.uses
    found: defaultdict[tuple[str, str, str], list[tuple[float, float, str]]] = defaultdict(list)
    for start, end, share, travel_s in zip(
        problem.feed_from_use.tolist(),
        problem.feed_to_use.tolist(),
        problem.feed_share.tolist(),
        problem.feed_travel_s.tolist(),
        strict=True,
    ):
        source, target = uses[start], uses[end]
        if target.intersection_id == intersection_id and source.intersection_id != intersection_id:
            link_id = network.lane(target.lane_id).link_id
            flow = share * target.flow_veh_per_h
            found[source.intersection_id, source.group_id, link_id].append((flow, travel_s, target.group_id))
    platoons = []
    for (upstream_id, upstream_group_id, link_id), parts in found.items():
        _, travel_s, group_id = max(parts)
        flow = sum(part for part, _, _ in parts)
        platoons.append(Platoon(upstream_id, upstream_group_id, group_id, link_id, flow, travel_s))
    return sorted(platoons, key=lambda p: (-p.flow_veh_per_h, p.upstream_id, p.upstream_group_id, p.link_id))


def arriving_in_green_share(side: Side, platoon: Platoon, intersection_id: str) -> float | None:
    """Share of the upstream green that, shifted by the travel time, falls into the downstream green.

    None where the two cycles have no relation (or a signal runs free): then every part of the green is met in turn.
    """
    up, down = side.timing(platoon.upstream_id), side.timing(intersection_id)
    if not (fixed_clock(up) and fixed_clock(down)):
        return None
    cycles_ds = (up.cycle_ds or 0, down.cycle_ds or 0)
    period_ds = max(cycles_ds)
    if period_ds not in [factor * min(cycles_ds) for factor in _RELATED]:
        return None
    period_s = period_ds / 10
    released = repeated(
        common_greens_s(up, (platoon.upstream_group_id,)), cycles_ds[0] / 10, period_s, platoon.travel_s
    )
    open_ = repeated(common_greens_s(down, (platoon.group_id,)), cycles_ds[1] / 10, period_s, 0.0)
    total_s = sum(end - start for start, end in released)
    met_s = sum(max(0.0, min(b, d) - max(a, c)) for a, b in released for c, d in open_)
    return met_s / total_s if total_s > 0 else None


def fixed_clock(timing: IntersectionPlan) -> bool:
    """True where greens have a place on the common clock that can be told in advance."""
    return bool(timing.cycle_ds)


def common_greens_s(timing: IntersectionPlan, group_ids: tuple[str, ...]) -> tuple[Span, ...]:
    """Greens [s] of the groups on the common clock: windows in [0, cycle), may pass its end."""
    assert timing.cycle_ds
    spans_ds = greens(timing)
    return tuple(
        sorted(
            (
                ((start + timing.offset_ds) % timing.cycle_ds) / 10,
                ((start + timing.offset_ds) % timing.cycle_ds + end - start) / 10,
            )
            for group_id in dict.fromkeys(group_ids)
            for start, end in spans_ds.get(group_id, ())
        )
    )


def repeated(spans: tuple[Span, ...], cycle_s: float, period_s: float, shift_s: float) -> list[Span]:
    """The windows of a cycle, shifted and repeated over [0, period), cut at its ends and put on the circle."""
    pieces: list[Span] = []
    for start, end in spans:
        for turn in range(round(period_s / cycle_s)):
            begin = (start + shift_s + turn * cycle_s) % period_s
            length = min(end - start, period_s)
            pieces.append((begin, min(begin + length, period_s)))
            if begin + length > period_s:
                pieces.append((0.0, begin + length - period_s))
    return pieces
