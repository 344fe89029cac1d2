"""Every junction before and after: movements, stages, timelines, and what changes why."""

from __future__ import annotations

from collections.abc import Mapping

from networks.junction import Intersection, Movement
from networks.queueing import queue_lanes
from optimizers.evaluation import level_of_service
from signals.plan import ControlMode
from signals.reports import JunctionReport, MovementRow
from signals.safety import families_at
from signals.service.account.changes import changes_of, worst_saturation
from signals.service.account.compared import Compared
from signals.service.account.geometry import legs_of, origin_of
from signals.service.account.names import short
from signals.service.account.offset_words import told_alike
from signals.service.account.pictures import stage_pictures, timelines
from signals.service.account.what_if import WhatIf
from signals.service.sides import NO_FLOW_VEH_PER_H, Service, Side, service_of
from signals.service.untouched import why_untouched
from signals.validation import ApproachComparison, ValidationReport

Approaches = dict[tuple[str, str], ApproachComparison]


def junctions_of(compared: Compared, validation: ValidationReport | None) -> tuple[JunctionReport, ...]:
    """The junctions in the order of the street."""
    approaches = {} if validation is None else by_link(validation)
    what_if = None if compared.after is None else WhatIf(compared.after)
    storage_m = {place.lane_id: place.storage_m for place in queue_lanes(compared.network)}
    return tuple(_junction(compared, one, approaches, what_if, storage_m) for one in compared.network.intersections)


def by_link(validation: ValidationReport) -> Approaches:
    """Simulated approaches by intersection and link."""
    return {(row.intersection_id, link_id): row for row in validation.approaches for link_id in row.link_ids}


def _junction(
    compared: Compared,
    intersection: Intersection,
    approaches: Approaches,
    what_if: WhatIf | None,
    storage_m: Mapping[str, float],
) -> JunctionReport:
    before, after = compared.before, compared.after
    old = before.timing(intersection.id)
    new = None if after is None else after.timing(intersection.id)
    links = dict.fromkeys(movement.from_link_id for movement in intersection.movements)
    rows = [approaches[intersection.id, link_id] for link_id in links if (intersection.id, link_id) in approaches]
    hcm_before, hcm_after = _mean_delay(before, intersection), _mean_delay(after, intersection)
    return JunctionReport(
        id=intersection.id,
        name=street_names(compared, intersection) or short(intersection.id),
        untouched=old.untouched,
        cycle_before_s=before.cycle_s(intersection.id),
        cycle_after_s=None if after is None else after.cycle_s(intersection.id),
        changes=changes_of(compared, intersection, what_if),
        leg_degs=legs_of(compared.network, intersection),
        left_hand_traffic=compared.network.left_hand_traffic,
        stages_before=stage_pictures(compared.network, intersection, old),
        stages_after=() if new is None else stage_pictures(compared.network, intersection, new),
        timeline=timelines(
            compared.network,
            intersection,
            old if new is None else told_alike(old, new),
            new,
            compared.rules.intersection(intersection.id),
        ),
        movements=tuple(
            _movement(
                compared, intersection, movement, approaches.get((intersection.id, movement.from_link_id)), storage_m
            )
            for movement in intersection.movements
            if movement.turn != "crossing"
        ),
        remarks=tuple(_remarks(compared, intersection)),
        hcm_before_s_per_veh=hcm_before,
        hcm_after_s_per_veh=hcm_after,
        los_before="" if hcm_before is None else level_of_service(hcm_before),
        los_after="" if hcm_after is None else level_of_service(hcm_after),
        vc_before=worst_saturation(before, intersection.id),
        vc_after=None if after is None else worst_saturation(after, intersection.id),
        simulated_before_s_per_veh=_weighted([(row.vehicles_per_run, row.incumbent_s_per_veh) for row in rows]),
        simulated_after_s_per_veh=_weighted([(row.vehicles_per_run, row.candidate_s_per_veh) for row in rows]),
    )


def street_names(compared: Compared, intersection: Intersection) -> str:
    """The names of the streets that meet, where the street has names; else nothing."""
    links = [compared.network.link(movement.from_link_id) for movement in intersection.movements]
    names = list(dict.fromkeys(link.name for link in links if link.name))
    return " / ".join(names[:3])


def _movement(
    compared: Compared,
    intersection: Intersection,
    movement: Movement,
    approach: ApproachComparison | None,
    storage_m: Mapping[str, float],
) -> MovementRow:
    demand = compared.demand.movement(movement.from_link_id, movement.to_link_id)
    flow = None if demand is None else demand.flow_veh_per_h
    served = flow is not None and flow >= NO_FLOW_VEH_PER_H
    before, after = (
        service_of(side, compared.network, intersection, movement) if served and side is not None else None
        for side in (compared.before, compared.after)
    )
    lane_id = _fullest(before, after)
    return MovementRow(
        movement_id=f"{movement.from_link_id} → {movement.to_link_id}",
        turn=movement.turn,
        origin=origin_of(compared.network, intersection, movement),
        group_id=", ".join(movement.group_ids),
        flow_veh_per_h=flow,
        knowledge="" if demand is None else demand.knowledge.value,
        hcm_before_s_per_veh=None if before is None else before.delay_s_per_veh,
        hcm_after_s_per_veh=None if after is None else after.delay_s_per_veh,
        los_before="" if before is None else level_of_service(before.delay_s_per_veh, before.saturation),
        los_after="" if after is None else level_of_service(after.delay_s_per_veh, after.saturation),
        vc_before=None if before is None else before.saturation,
        vc_after=None if after is None else after.saturation,
        simulated_before_s_per_veh=None if approach is None else approach.incumbent_s_per_veh,
        simulated_after_s_per_veh=None if approach is None else approach.candidate_s_per_veh,
        queue_before_m=None if before is None or lane_id is None else before.queues_m.get(lane_id),
        queue_after_m=None if after is None or lane_id is None else after.queues_m.get(lane_id),
        storage_m=None if lane_id is None else storage_m.get(lane_id),
    )


def _fullest(before: Service | None, after: Service | None) -> str | None:
    """The lane with the longest queue in either plan, so that both are told of the same lane."""
    queues: dict[str, float] = {}
    for one in (before, after):
        for lane_id, queue_m in ({} if one is None else one.queues_m).items():
            queues[lane_id] = max(queues.get(lane_id, 0.0), queue_m)
    return max(queues, key=lambda lane_id: (queues[lane_id], lane_id), default=None)


def _mean_delay(side: Side | None, intersection: Intersection) -> float | None:
    if side is None:
        return None
    at = side.junction_at[intersection.id]
    flow = float(side.named.problem.use_flow_veh_per_h[side.named.problem.use_junction == at].sum())
    return float(side.hcm.junction_delay_s[at]) if flow >= NO_FLOW_VEH_PER_H else None


def _weighted(rows: list[tuple[float, float | None]]) -> float | None:
    known = [(weight, value) for weight, value in rows if value is not None and weight > 0]
    total = sum(weight for weight, _ in known)
    return sum(weight * value for weight, value in known) / total if total > 0 else None


def _remarks(compared: Compared, intersection: Intersection) -> list[str]:
    remarks = []
    old = compared.before.timing(intersection.id)
    if old.untouched:
        remarks.append(f"Left exactly as it runs: {why_untouched(old, intersection, compared.rules)}.")
    if old.control_mode is not ControlMode.FIXED:
        remarks.append(
            f"Runs {old.control_mode.value} today: the HCM numbers are those of its planned times, not of what traffic"
            " makes of them."
        )
    new = None if compared.after is None else compared.after.timing(intersection.id)
    if new is not None and new.control_mode is not ControlMode.FIXED and not new.untouched:
        remarks.append(f"After: {new.control_mode.value}; the HCM numbers are those of its planned times.")
    remarks.append(_controller(compared, intersection))
    crossings = sum(movement.turn == "crossing" for movement in intersection.movements)
    if crossings:
        remarks.append(
            f"{crossings} crossings on foot: shown in the signal timings; how long people wait there stands among the"
            " guards."
        )
    if len(intersection.node_ids) > 1:
        remarks.append(f"One program for {len(intersection.node_ids)} nodes of the street.")
    return remarks


def _controller(compared: Compared, intersection: Intersection) -> str:
    """Which families of controllers can run the timing shown, and which one was asked for."""
    side = compared.before if compared.after is None else compared.after
    able = ", ".join(families_at(side.timing(intersection.id), intersection)) or "none"
    asked = compared.controllers.name_at(intersection.id)
    there = "" if asked is None else f" Here stands: {asked}."
    which = "of today" if compared.after is None else "after"
    return f"Controller families that can run the timing {which}: {able}.{there}"
