"""Lead and lag: the orders in which rings may serve their ring phases, each timed roughly for the traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from networks.network import Network
from networks.turns import across_groups
from signals.plan import IntersectionPlan, RingPhase, RingsBody, position_ds
from signals.rules import Rules
from signals.safety.judging import IntersectionJudge
from signals.timing.allowed import allowed
from signals.timing.rings.slices import with_splits
from signals.timing.rings.splits import clearing_ds, fitted_ds, least_splits_ds

LaneUse = tuple[str, str, float, float]  # lane id, group id, flow [veh/h], saturation flow [veh/h]
_SECOND_DS = 10
_LEAST_RATIO = 0.005


@dataclass(frozen=True, slots=True)
class InOrder:
    """A timing with an order of its own, and what it is, in words for people."""

    timing: IntersectionPlan

    @property
    def why(self) -> str:
        body = self.timing.body
        assert isinstance(body, RingsBody)
        return f"of all orders in which lefts may lead or lag, the one that served the vehicles best: {body.order}"


def sequences(
    timing: IntersectionPlan,
    network: Network,
    rules: Rules,
    uses: Iterable[LaneUse],
    *,
    responding: Callable[[IntersectionPlan], IntersectionPlan] | None = None,
) -> list[InOrder]:
    """The safe orders of a fixed timing in rings, its own first, with splits in proportion to critical flow ratios at
    its cycle and its first barrier where it is.

    Only ring phases that serve nothing but lefts lead or lag, all else keeps its order. An order is dropped where any
    rule of the safety check is broken (a left trapped, an intergreen too short, ...). `responding` makes the form of it
    that traffic changes, which must be safe as well; what is coordinated then stays last before its barrier where it is
    last today, for SUMO coordinates whatever is.
    """
    body = timing.body
    if not isinstance(body, RingsBody) or timing.untouched or timing.cycle_ds is None:
        return []
    intersection, left_hand = network.intersection(timing.intersection_id), network.left_hand_traffic
    ratios = _ratios(body, uses)
    judge = IntersectionJudge(intersection, network, rules)
    lefts = across_groups(intersection, left_hand=left_hand)
    found = []
    for rings in _orders(body, lefts, responsive=responding is not None):
        ordered = timing.model_copy(update={"body": body.model_copy(update={"rings": rings})})
        made = _for_traffic(ordered, ratios, timing.offset_ds - position_ds(timing))
        if all(allowed(form, judge) for form in (made, *((responding(made),) if responding else ()))):
            found.append(InOrder(made))
    return found


def _orders(
    body: RingsBody, lefts: frozenset[str], *, responsive: bool
) -> Iterator[tuple[tuple[tuple[int, ...], ...], ...]]:
    places = [(r, b) for r in range(len(body.rings)) for b in range(body.barrier_count)]
    choices = [_of_part(body, body.rings[r][b], lefts, responsive=responsive) for r, b in places]
    for chosen in product(*choices):
        part = dict(zip(places, chosen, strict=True))
        yield tuple(tuple(part[r, b] for b in range(body.barrier_count)) for r in range(len(body.rings)))


def _of_part(
    body: RingsBody, part: tuple[int, ...], lefts: frozenset[str], *, responsive: bool
) -> list[tuple[int, ...]]:
    """The orders of one ring between two barriers, today's first: each left before or after all others."""
    known = body.by_number
    movable = [number for number in part if _only_lefts(known[number], lefts) and not known[number].omitted]
    bound = [number for number in part if number not in movable]
    if not bound or not movable:
        return [part]
    found = [part]
    for leads in product((True, False), repeat=len(movable)):
        before = [number for number, lead in zip(movable, leads, strict=True) if lead]
        after = [number for number, lead in zip(movable, leads, strict=True) if not lead]
        found.append((*before, *bound, *after))
    held = [number for number in body.coordinated if number == part[-1]] if responsive else []
    return [order for order in dict.fromkeys(found) if not held or order[-1] == held[0]]


def _only_lefts(phase: RingPhase, lefts: frozenset[str]) -> bool:
    driven = {*phase.vehicle_group_ids}
    return bool(driven) and driven <= lefts and not phase.pedestrian_group_ids


def _ratios(body: RingsBody, uses: Iterable[LaneUse]) -> dict[int, float]:
    """The critical flow ratio of each ring phase: flow by saturation flow of the busiest lane of what it drives; of a
    green that gives way only where its group has no other."""
    by_group: dict[str, float] = {}
    for _, group_id, flow, saturation in uses:
        by_group[group_id] = max(by_group.get(group_id, 0.0), flow / saturation)
    protected = {name for phase in body.ring_phases for name in phase.group_ids}
    return {
        phase.number: max(
            [
                _LEAST_RATIO,
                *(by_group.get(name, 0.0) for name in phase.group_ids),
                *(by_group.get(name, 0.0) for name in phase.yielding_group_ids if name not in protected),
            ]
        )
        for phase in body.ring_phases
    }


def _for_traffic(timing: IntersectionPlan, ratios: Mapping[int, float], start_ds: int) -> IntersectionPlan:
    body = timing.body
    assert isinstance(body, RingsBody)
    assert timing.cycle_ds is not None
    rings, groups = range(len(body.rings)), range(body.barrier_count)
    critical = [max(sum(ratios[p.number] for p in body.served(r, b)) for r in rings) for b in groups]
    lost_ds = sum(max(sum(clearing_ds(p) for p in body.served(r, b)) for r in rings) for b in groups)
    green_ds = max(0, timing.cycle_ds - lost_ds) / sum(critical)
    wanted_ds = {
        p.number: clearing_ds(p) + round(ratios[p.number] * green_ds / _SECOND_DS) * _SECOND_DS
        for p in body.ring_phases
    }
    return with_splits(timing, fitted_ds(body, wanted_ds, least_splits_ds(timing), timing.cycle_ds), start_ds)
