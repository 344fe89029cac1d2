"""What the judge said: gain, guards, why this decision, and everything that was not better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from signals.plan import StagesBody
from signals.reports import Gain, Guard, Note
from signals.rules import Margins
from signals.service.account.changes import protection_lost
from signals.service.account.compared import Compared
from signals.service.account.measured import fuller_queues, worse_approaches, worse_measures
from signals.service.account.names import short
from signals.service.job import Outcome, acceptable
from signals.service.request import Decision
from signals.validation import ValidationReport, Verdict
from signals.validation.guard import Guard as Held
from signals.validation.people_guards import ON_FOOT, wait_share

_WORTH_SAYING_S = 1.0  # per vehicle, in the model


def gain_of(validation: ValidationReport | None) -> Gain | None:
    """The paired difference with the interval that holds at all looks together."""
    difference = None if validation is None else validation.difference
    if difference is None:
        return None
    return Gain(
        incumbent_s_per_veh=difference.incumbent_s_per_veh,
        candidate_s_per_veh=difference.candidate_s_per_veh,
        difference_s_per_veh=difference.mean_s_per_veh,
        low_s_per_veh=difference.low_s_per_veh,
        high_s_per_veh=difference.high_s_per_veh,
        pairs=difference.pairs,
        difference_share=difference.share,
        low_share=difference.low_share,
        high_share=difference.high_share,
    )


def guards_of(validation: ValidationReport | None) -> tuple[Guard, ...] | None:
    """Every guard, the broken ones first; of a junction's crossings where it is held the one nearest to its limit. None
    where nothing was measured."""
    if validation is None or not validation.pairs:
        return None
    ordered = sorted(validation.guards, key=lambda guard: not guard.broken)
    on_foot: defaultdict[str, list[Held]] = defaultdict(list)
    for guard in ordered:
        if guard.rule == ON_FOOT and not guard.broken:
            on_foot[guard.where.rpartition(", crossing ")[0]].append(guard)
    told = [guard for guard in ordered if guard.broken or guard.rule != ON_FOOT]
    return (
        *(Guard(f"{one.where}: {one.rule}", not one.broken, one.found, one.needed, one.rule) for one in told),
        *(_nearest(junction, guards) for junction, guards in on_foot.items()),
    )


def _nearest(junction: str, guards: Sequence[Held]) -> Guard:
    """One row for the crossings of a junction."""
    nearest = max(guards, key=wait_share)
    where = nearest.where if len(guards) == 1 else f"{junction}, nearest to its limit of {len(guards)} crossings"
    crossing = "" if len(guards) == 1 else f"{nearest.where.removeprefix(f'{junction}, ')}: "
    return Guard(f"{where}: {nearest.rule}", True, f"{crossing}{nearest.found}", nearest.needed, nearest.rule)


def margins_of(margins: Margins) -> str:
    """What the guards of single places allow."""
    return (
        f"delay of an approach up to {margins.approach_worse_s:g} s or {100 * margins.approach_worse_share:g} % above"
        f" before, whichever is more, or up to {margins.approach_floor_s:g} s; none newly above"
        f" {margins.approach_never_above_s:g} s; approaches of fewer than {margins.approach_min_vehicles} vehicles"
        f" together; mean wait on foot up to {margins.pedestrian_worse_s:g} s above before, or up to"
        f" {margins.pedestrian_floor_s:g} s; a queue that fills its lane in more than"
        f" {100 * margins.queue_full_share:g} % of the cycles, or a movement above v/c {margins.saturation_share:g},"
        " only where it is so before"
    )


def reason_of(outcome: Outcome) -> str:
    """Why this decision, in a sentence or two; what the page says beside it is left out."""
    validation = outcome.validation
    if validation is None or validation.difference is None:
        return _sentences(outcome.reasons)
    said = f"{validation.verdict.value} after {validation.difference.pairs} pairs of simulations"
    broken = validation.broken_guards
    told = guards_of(validation) or ()  # as the page counts them
    held = "every guard held" if not broken else f"{len(broken)} of {len(told)} guards broken"
    if outcome.decision is Decision.RECOMMENDED:
        asked = "" if validation.better else " Plans that are not worse were asked for (--accept not-worse)."
        return f"It is {said}, {held}, and the plan passed the safety check.{asked}"
    if acceptable(validation, outcome.request.accept):  # then only safety can have stopped it
        said = f"the candidate ({_name(outcome)}) is {said}, but it failed the last safety check"
        return _sentences((said, *outcome.reasons[:3]))
    limit = "The trial was stopped by a limit. " if validation.stopped else ""
    fails = " A broken guard fails the plan, whatever the total says." if broken else ""
    decided = validation.verdict in (Verdict.BETTER, Verdict.WORSE)  # then the reason is the difference
    more = "" if decided else " " + _sentences([validation.reasons[0].split("; ")[0]])  # the difference is said below
    if validation.never_worse:
        more += " With --accept not-worse it would be taken."
    return f"{limit}The candidate ({_name(outcome)}) is {said}, {held}.{fails}{more}"


def _sentences(reasons: Sequence[str]) -> str:
    return " ".join(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons)


def _name(outcome: Outcome) -> str:
    return "" if outcome.finalist is None else outcome.finalist.candidate.name


def not_better(compared: Compared, validation: ValidationReport | None) -> tuple[Note, ...]:
    """Broken guards, measures and approaches that ended worse, and what a trial without a jam leaves open."""
    if validation is None:
        return ()
    notes = [
        Note(guard.where, f"guard broken: {guard.rule}; found {guard.found}, allowed {guard.needed}")
        for guard in validation.broken_guards
    ]
    if validation.verdict is not Verdict.BETTER:
        notes.append(Note("the whole network", f"the verdict is “{validation.verdict.value}”, not “better”"))
    notes += worse_measures(validation)
    notes += worse_approaches(validation)
    notes += fuller_queues(validation)
    notes += _worse_in_the_model(compared)
    notes += _less_protected(compared)
    if validation.pairs:
        share = validation.jam_share_upper
        jams = sum(row.candidate.gridlocked for row in validation.pairs)
        notes.append(
            Note(
                "rare jams",
                f"{jams} of {len(validation.pairs)} runs of the candidate jammed; so few runs show with 95 % confidence"
                f" only that fewer than {100 * share:.0f} % of days jam",
            )
        )
    return tuple(notes)


def _worse_in_the_model(compared: Compared) -> list[Note]:
    """Junctions whose own HCM delay rises: what coordination or the network's good costs them."""
    if compared.after is None:
        return []
    notes = []
    for intersection in compared.network.intersections:
        before, after = (
            float(side.hcm.junction_delay_s[side.junction_at[intersection.id]])
            for side in (compared.before, compared.after)
        )
        if after - before >= _WORTH_SAYING_S:
            text = f"control delay by the HCM (no platoons) rises from {before:.1f} to {after:.1f} s per vehicle"
            notes.append(Note(f"junction {short(intersection.id)}", text))
    return notes


def _less_protected(compared: Compared) -> list[Note]:
    """Left turns that keep only the green in which they give way."""
    if compared.after is None:
        return []
    notes = []
    for intersection in compared.network.intersections:
        old, new = (compared.before.timing(intersection.id), compared.after.timing(intersection.id))
        lost = protection_lost(old, new) if isinstance(new.body, StagesBody) else ()
        if lost:
            text = f"left turns (group {', '.join(lost)}) lose their protected green; they give way only"
            notes.append(Note(f"junction {short(intersection.id)}", text))
    return notes
