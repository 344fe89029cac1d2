"""What is to be known of a plan under the traffic that was counted: movements over capacity, queues beyond their
storage, directions without a band.

It changes no verdict (invariant I20 of signal timing practice: flags). What cannot be said is said so, with what to
give for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from networks.demand import Demand
from networks.junction import Intersection, Movement
from networks.network import Network
from networks.queueing import entries, queue_lanes
from signals.drawings import through_bands
from signals.plan import TimingPlan, seconds
from signals.rules import Rules
from signals.safety import Violation
from signals.service.account.platoons import common_greens_s, fixed_clock
from signals.service.account.routes import Chain, Routes
from signals.service.sides import NO_FLOW_VEH_PER_H, Service, service_of, side_of
from signals.timing.problem import problem_of

_MOST_CORRIDORS = 3
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Known:
    """Flags, and what could not be shown with what to give for it."""

    flags: tuple[Violation, ...]
    not_shown: tuple[str, ...]


def without_flows() -> Known:
    """What is not known of traffic where nobody counted any."""
    needed = "the flows it is to serve (--flows, with --detectors for counts of detectors)"
    told = "v/c of movements, queues against their storage and bands of coordinated directions"
    return Known((), (f"{told}: give {needed}",))


def traffic_known(plan: TimingPlan, network: Network, rules: Rules, demand: Demand) -> Known:
    """Flags of a plan under a demand.

    `over-capacity`: degree of saturation above 1 by the HCM terms, of the planned times. `storage-overflow`: a lane
    whose 95 % back of queue by them is longer than its storage (`networks.queueing`; said where that is only as much
    as the network has). `no-band`: a direction of one of the main corridors (the heaviest flows from signal to signal)
    in which no vehicle at the progression speed meets green all along. Signals that run free have no planned times,
    and no band; nor have corridors of several cycles.
    """
    free = [timing.intersection_id for timing in plan.intersections if timing.cycle_ds is None]
    not_shown = [f"v/c and queues at {_listed(free)}: they run free, and greens follow the traffic"] if free else []
    loaded = [*_loaded(plan, network, rules, demand)]
    flags = [*_over_capacity(loaded), *_overflowing(loaded, network)]
    for chain in _directions(Routes(network, demand)):
        found = _without_band(plan, chain)
        if isinstance(found, Violation):
            flags.append(found)
        elif found:
            not_shown.append(f"band {_along(chain)}: {found}")
    return Known(tuple(flags), tuple(not_shown))


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A movement that somebody drives, at a signal with planned times, and what the HCM terms say of it."""

    intersection: Intersection
    movement: Movement
    flow_veh_per_h: float
    service: Service

    @property
    def where(self) -> str:
        return f"intersection {self.intersection.id!r}"

    @property
    def name(self) -> str:
        return f"{self.movement.from_link_id} → {self.movement.to_link_id}"


def _loaded(plan: TimingPlan, network: Network, rules: Rules, demand: Demand) -> Iterator[_Loaded]:
    side = side_of(problem_of(network, demand, rules, plan))
    flow = {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in demand.movements}
    timed = {timing.intersection_id for timing in plan.intersections if timing.cycle_ds is not None}
    for intersection in network.intersections:
        for movement in intersection.movements if intersection.id in timed else ():
            own_veh_per_h = flow.get((movement.from_link_id, movement.to_link_id), 0.0)
            service = service_of(side, network, intersection, movement) if own_veh_per_h >= NO_FLOW_VEH_PER_H else None
            if service is not None:
                yield _Loaded(intersection, movement, own_veh_per_h, service)


def _over_capacity(loaded: Iterable[_Loaded]) -> Iterator[Violation]:
    for one in loaded:
        if one.service.saturation > 1:
            found = f"v/c {one.service.saturation:.2f} with {one.flow_veh_per_h:.0f} veh/h"
            needed = "at most 1: its queue grows from cycle to cycle"
            yield Violation("over-capacity", one.where, found, needed, one.name)


def _overflowing(loaded: Iterable[_Loaded], network: Network) -> Iterator[Violation]:
    """One flag for each lane, with the movements that stand in it."""
    places, unknown_before = {place.lane_id: place for place in queue_lanes(network)}, entries(network)
    over: defaultdict[tuple[str, str, float], list[str]] = defaultdict(list)
    for one in loaded:
        for lane_id, queue_m in one.service.queues_m.items():
            if queue_m > places[lane_id].storage_m:
                over[one.where, lane_id, queue_m].append(one.name)
    for (where, lane_id, queue_m), names in over.items():
        first, storage_m = network.lane(places[lane_id].lane_ids[0]), places[lane_id].storage_m
        ends = "where the network ends" if first.link_id in unknown_before else "its storage"
        found, needed = f"a 95 % back of queue of {queue_m:.0f} m", f"at most {storage_m:.0f} m, {ends}"
        yield Violation("storage-overflow", where, found, needed, f"lane {lane_id}: {', '.join(names)}")


def _directions(routes: Routes) -> Iterator[Chain]:
    for chain in routes.chains(_MOST_CORRIDORS):
        yield chain
        back = routes.back(chain)
        if back is not None:
            yield back


def _without_band(plan: TimingPlan, chain: Chain) -> Violation | str:
    """The flag, or why no band can be told; empty where there is one."""
    timings = [plan.intersection(name) for name in chain.signal_ids]
    if not all(map(fixed_clock, timings)):
        free = [timing.intersection_id for timing in timings if not fixed_clock(timing)]
        return f"{_listed(free)} run free, and their greens have no place on the clock"
    cycles_ds = {timing.cycle_ds: timing.cycle_ds or 0 for timing in timings}
    if len(cycles_ds) > 1:
        return f"the signals run different cycles ({', '.join(map(seconds, sorted(cycles_ds.values())))})"
    if any(movement is None for movement in chain.movements):
        return "nobody goes on at the last signal"
    cycle_s = max(cycles_ds.values()) / 10
    greens_s = [
        common_greens_s(timing, movement.group_ids)
        for timing, movement in zip(timings, chain.movements, strict=True)
        if movement is not None
    ]
    travel_s = [sum(way.travel_s for way in chain.ways[:at]) for at in range(len(timings))]
    if through_bands(greens_s, travel_s, cycle_s):
        return ""
    flow = f"{chain.ways[0].flow_veh_per_h:.0f} veh/h"
    needed = f"green all along for who drives on at free speed ({flow} of this direction, {travel_s[-1]:.0f} s)"
    return Violation("no-band", _along(chain), f"a band of 0 s of the {cycle_s:g} s cycle", needed)


def _along(chain: Chain) -> str:
    return " → ".join(chain.signal_ids)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
