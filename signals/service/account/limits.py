"""What is not modelled, and which defaults were taken: said plainly, from what this street and job have."""

from __future__ import annotations

from collections import Counter
from datetime import date

from networks.detectors import ADVANCE_WITHIN_M
from networks.junction import GroupKind
from networks.network import Network
from optimizers.problem import Constants
from signals.plan import ControlMode, TimingPlan
from signals.plan.clock import jumps
from signals.rules import Rules
from signals.safety import flags
from signals.service.account.choices import choices
from signals.service.account.names import short
from signals.service.estimate import HEADROOM_SHARE, TUNING_FACTORS
from signals.service.job import Outcome
from signals.service.request import Mode, PlanRequest
from signals.timing.detection import unseen_stages
from signals.timing.ring_detection import unseen_ring_phases
from signals.trials import step_for

_SHOWN = 20
_ANY_DAY = date(2001, 1, 2)  # of 24 hours
_KNOWN_DEMAND = (
    "The optimizer was handed the routes (--known-demand): plans were sought for vehicles that are known, counted as if"
    " nobody held them up, and the verdict is on other realisations of the same routes."
)
_CROSSINGS = {
    "network": "none taken into account",
    "none": "none, as asked for",
    "assumed": "one assumed on every leg, served beside the through traffic that passes it, or by the stage of a street"
    " that ends here while all who drive over the leg are held",
}


def not_modelled(outcome: Outcome) -> tuple[str, ...]:
    """What neither the models nor the simulation know of the street."""
    network, constants = outcome.street.network, Constants()
    lines = [
        "The street itself: the proof is a simulation (SUMO). Its drivers "
        + (
            "discharge as the rules say (see Saturation flows)"
            if outcome.discharge
            else "are the defaults of the types"
        )
        + "; they were not calibrated against travel times or queues of this street.",
        f"The simulation goes in steps of {_step_s(outcome):g} s, the longest allowed that fits the times of both"
        " plans, and does not teleport: vehicles that block each other stay, and count.",
        "One period: what runs before and after it, and the change between plans, was not simulated.",
        "Route choice: vehicles keep their routes whatever the signals do.",
        "The demand's day-to-day variation: realisations differ by departure times and random driving"
        " (and by the draw of vehicles where the demand was estimated), not by how much traffic there is.",
        "In the models (not in the simulation) queues stand on the spot: blocking back over a junction is a penalty on"
        " long queues, not a process.",
        "In the models saturation flows are "
        + ("those that the simulation discharges" if outcome.discharge else "estimates from lane and turning speed")
        + "; start loss"
        f" {constants.start_loss_s:g} s, used yellow {constants.yellow_usable_s:g} s, critical gap"
        f" {constants.critical_gap_s:g} s, follow-up time {constants.follow_up_s:g} s for all.",
        "HCM numbers take arrivals as uniform (no platoons) and an initial queue of none; they are for comparison of"
        " before and after, the verdict rests on the simulation alone.",
        "The fleet: CO₂ and fuel are those of SUMO's emission model (HBEFA) for the vehicle types found; a type that"
        " names no emission class drives as a petrol car of Euro 4.",
        *_on_foot(network, outcome.street.rules, outcome.request),
        *_of_street(network),
    ]
    modes = {timing.control_mode for timing in outcome.plan.intersections}
    if modes - {ControlMode.FIXED}:
        lines.append("Actuated control is run by SUMO's own logic and detectors; a controller's may differ in detail.")
    return tuple(lines)


def _step_s(outcome: Outcome) -> float:
    return (
        step_for((outcome.street.incumbent,), outcome.street.longest_step_s)
        if outcome.validation is None
        else outcome.validation.subject.step_s
    )


def assumptions(outcome: Outcome) -> tuple[str, ...]:
    """Defaults taken, notes on the input, and what the rules took over from the running program."""
    request, rules = outcome.request, outcome.street.rules
    lines = [*request.notes]
    if rules.about:
        lines.append(f"Profile {rules.profile}: {rules.about}.")
    lines.append(
        f"Timings were sought for {100 * HEADROOM_SHARE:.0f} % more traffic in total than estimated, more of it where"
        " five-minute flows surge; the HCM numbers of this page are for the estimate itself. The realisations of the"
        f" race carry {_tuned_times(request)}; stops"
        " count 10 s there, and no stage was planned below a third of today's length."
    )
    if request.zone is None:
        lines.append(
            f"No time zone was given: the period counts from midnight in zone {outcome.counted.zone}, that of the"
            " instants of the flows (UTC where they have none)."
        )
    if request.begin_s is None and request.end_s is None and not outcome.counted.hour_found:
        lines.append("No period was given: the plan is for all that the flows cover.")
    if request.known_demand:
        lines.append(_KNOWN_DEMAND)
    elif not request.demand:
        lines.append("No routes were given: the verdict, too, rests on vehicles made from the estimated demand.")
    else:
        lines.append("The verdict rests on the given routes; search and race saw detector flows only.")
    if not request.incumbent:
        lines.append("The plan that runs today is taken from the network's own programs.")
    if not any(group.walkers for one in outcome.street.network.intersections for group in one.groups):
        in_vain = f"; {rules.on_foot_caveat}" if rules.pedestrians != "none" and rules.on_foot_caveat else ""
        where_from = _CROSSINGS.get(rules.pedestrians, rules.pedestrians)
        lines.append(f"Crossings on foot, of which the network has none: {where_from}{in_vain}.")
    lines += _loops_taken_for_granted(outcome.plan)
    lines += choices(outcome.plan)
    lines += _unseen(outcome)
    lines += _jumps(outcome)
    lines += _shortened(
        [f"Safe, and to be known: {flag}." for flag in flags(outcome.plan, outcome.street.network, rules)]
    )
    lines += _shortened(list(rules.notes))
    lines += _shortened(list(rules.raised))
    return tuple(lines)


def _tuned_times(request: PlanRequest) -> str:
    if request.known_demand:
        return "the routes as they are, departures moved"
    return f"in turn {', '.join(f'{factor:g}' for factor in TUNING_FACTORS)} times the estimate"


def _loops_taken_for_granted(plan: TimingPlan) -> list[str]:
    """Where a plan that responds to traffic wants loops in the road, and what it does with those that stay occupied."""
    places: dict[str, list[str]] = {}
    for timing in plan.intersections:
        if timing.loops_ahead_ds is not None:
            limit_ds = timing.presence_limit_ds
            what = f"{timing.loops_ahead_ds / 10:g} s of driving before the stop line" + (
                "" if limit_ds is None else f", where one that is occupied for {limit_ds / 10:g} s holds no green"
            )
            places.setdefault(what, []).append(short(timing.intersection_id))
    needed = "whether they are there is not known: the profile does not ask"
    return [
        f"The plan takes a loop in every lane for granted, {what}; {needed} ({', '.join(names)})."
        for what, names in places.items()
    ]


def _unseen(outcome: Outcome) -> list[str]:
    """Which stages of an actuated plan end when planned, and which ring phases are recalled, for want of detectors."""
    if outcome.request.mode is Mode.FIXED or not outcome.street.rules.policy.detectors_as_found:
        return []
    plan = outcome.plan if outcome.finalist is None else outcome.finalist.candidate.plan
    lines = [
        f"Stage {stage} of {short(name)} ends when planned: "
        + (f"no detector within {ADVANCE_WITHIN_M:g} m on lane {', '.join(lanes)}." if lanes else "all in it give way.")
        for name, stage, lanes in unseen_stages(plan, outcome.street.network)
    ]
    lines += [
        f"Ring phase {number} of {short(name)} is served up to its maximum in every cycle (maximum recall): "
        + (f"no detector within {ADVANCE_WITHIN_M:g} m on lane {', '.join(lanes)}." if lanes else "all in it give way.")
        for name, number, lanes in unseen_ring_phases(plan, outcome.street.network)
    ]
    if all(timing.control_mode is ControlMode.FIXED for timing in plan.intersections):
        lines.insert(0, "No stage can be ended by the detectors that are there: the plan offered is a fixed one.")
    return _shortened(lines)


def _on_foot(network: Network, rules: Rules, request: PlanRequest) -> list[str]:
    given = "in the simulation walks who does so in the given demand"
    walking = given if request.demand else "nobody walks in the simulation"
    if not any(group.walkers for intersection in network.intersections for group in intersection.groups):
        if rules.pedestrians not in ("network", "none"):
            return [
                "People on foot: greens are as long as those crossings ask for which the network has not (see"
                f" Assumptions); {walking}."
            ]
        return [
            "People on foot: the network has no signalised crossing. Where the street has some, this plan must not run."
        ]
    return [f"People on foot: {walking}; how long they wait is told from the greens that were shown."]


def _jumps(outcome: Outcome) -> list[str]:
    """Cycles that do not divide the day: clocks of such signals jump at the day's zero."""
    minutes = outcome.plan.sync_reference_s // 60
    at = f"{minutes // 60:02d}:{minutes % 60:02d} local time"
    alike = Counter((jump.cycle_ds, jump.by_ds) for jump in jumps(outcome.plan, "UTC", _ANY_DAY))
    return [
        f"A cycle of {cycle_ds / 10:g} s ({count} signals) does not divide the day: at {at} the clock jumps by"
        f" {by_ds / 10:g} s, and each controller gets back in step by its own method."
        for (cycle_ds, by_ds), count in sorted(alike.items())
    ]


def _of_street(network: Network) -> list[str]:
    kinds = {group.kind for intersection in network.intersections for group in intersection.groups}
    lines = []
    if kinds & {GroupKind.TRANSIT, GroupKind.RAIL}:
        lines.append("Priority for public transport and rail: their signals are kept, no request is simulated.")
    else:
        lines.append("Priority for public transport and emergency vehicles.")
    stop_then_turn = [one.id for one in network.intersections if any("s" in step.state for step in one.running.steps)]
    if stop_then_turn:
        shown = ", ".join(stop_then_turn[:5])
        lines.append(
            f"Turning right on red is taken as the running programs show it ({shown}); elsewhere it is not allowed."
        )
    else:
        lines.append("Turning right on red: the running programs show none, so nobody does it.")
    return lines


def _shortened(notes: list[str]) -> list[str]:
    if len(notes) <= _SHOWN:
        return notes
    return [*notes[:_SHOWN], f"... and {len(notes) - _SHOWN} more of this kind (rules, by their digest)"]
