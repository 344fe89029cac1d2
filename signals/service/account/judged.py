"""What the judge measured: gain, guards, the network and its approaches, and everything that was not better."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signals.plan import StagesBody
from signals.reports import ApproachRow, Gain, Guard, Measure, Note
from signals.rules import Margins
from signals.service.account.changes import protection_lost
from signals.service.account.compared import Compared
from signals.service.account.names import short
from signals.service.job import Outcome
from signals.service.request import Decision
from signals.validation import ValidationReport, Verdict
from signals.validation.report import PairRow, Run

_WORTH_SAYING_S = 1.0  # delay of an approach: below it the simulation's own noise is larger
_WORTH_SAYING_SHARE = 0.01  # of a measure of the network
_MOST_APPROACHES = 15

Value = Callable[[Run], float | None]

_MEASURES: tuple[tuple[str, Value, str, int, int], ...] = (  # name, value, unit, digits, +1 where more is worse
    ("delay per vehicle due (time loss and waiting to enter)", lambda run: run.delay_s_per_veh, "s/veh", 1, 1),
    ("stops per run", lambda run: run.stops, "stops", 0, 1),
    ("vehicles due per run", lambda run: run.vehicles_due, "veh", 0, 0),
    ("vehicles arrived by the end of the period, per run", lambda run: run.vehicles_arrived, "veh", 0, -1),
    ("throughput", lambda run: run.throughput_veh_per_h, "veh/h", 0, -1),
    ("vehicles never let in, per run", lambda run: run.uninserted_veh, "veh", 1, 1),
    ("of these kept out (due for 120 s and more), per run", lambda run: run.kept_out_veh, "veh", 1, 1),
    ("runs with a gridlock", lambda run: 100.0 * run.gridlocked, "% of runs", 0, 1),
    ("longest standstill of a vehicle, mean of the runs", lambda run: run.longest_standing_s, "s", 0, 0),
    ("teleports per run", lambda run: run.teleports, "", 1, 1),
    ("collisions per run", lambda run: run.collisions, "", 1, 1),
    ("emergency stops per run", lambda run: run.emergency_stops, "", 1, 1),
    ("CO₂ per run", lambda run: None if run.co2_g is None else run.co2_g / 1000, "kg", 1, 1),
    ("fuel per run", lambda run: None if run.fuel_g is None else run.fuel_g / 1000, "kg", 1, 1),
)


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
    """Every guard, the broken ones first; None where nothing was measured."""
    if validation is None or not validation.pairs:
        return None
    ordered = sorted(validation.guards, key=lambda guard: not guard.broken)
    return tuple(
        Guard(f"{guard.where}: {guard.rule}", not guard.broken, guard.found, guard.needed) for guard in ordered
    )


def margins_of(margins: Margins) -> str:
    """What the guards of the approaches allow."""
    return (
        f"up to {margins.approach_worse_s:g} s or {100 * margins.approach_worse_share:g} % above before, whichever is"
        f" more, or up to {margins.approach_floor_s:g} s; none newly above {margins.approach_never_above_s:g} s;"
        f" approaches of fewer than {margins.approach_min_vehicles} vehicles together"
    )


def reason_of(outcome: Outcome) -> str:
    """Why this decision, in a sentence or two; what the page says beside it is left out."""
    validation = outcome.validation
    if validation is None or validation.difference is None:
        return _sentences(outcome.reasons)
    said = f"{validation.verdict.value} after {validation.difference.pairs} pairs of simulations"
    broken = validation.broken_guards
    held = "every guard held" if not broken else f"{len(broken)} of {len(validation.guards)} guards broken"
    if outcome.decision is Decision.RECOMMENDED:
        return f"It is {said}, {held}, and the plan passed the safety check."
    if validation.better:  # then only safety can have stopped it
        said = f"the candidate ({_name(outcome)}) is {said}, but it failed the last safety check"
        return _sentences((said, *outcome.reasons[:3]))
    limit = "The trial was stopped by a limit. " if validation.stopped else ""
    fails = " A broken guard fails the plan, whatever the total says." if broken else ""
    told = validation.verdict in (Verdict.BETTER, Verdict.WORSE)  # then the reason is the difference, said below
    more = "" if told else " " + _sentences(validation.reasons[:1])
    return f"{limit}The candidate ({_name(outcome)}) is {said}, {held}.{fails}{more}"


def _sentences(reasons: Sequence[str]) -> str:
    return " ".join(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons)


def _name(outcome: Outcome) -> str:
    return "" if outcome.finalist is None else outcome.finalist.candidate.name


def measures_of(validation: ValidationReport | None) -> tuple[Measure, ...]:
    """Means over the pairs; empty where nothing was measured."""
    if validation is None or not validation.pairs:
        return ()
    found = tuple(
        Measure(
            name,
            _mean(value, validation.pairs, before=True),
            _mean(value, validation.pairs, before=False),
            unit,
            digits,
        )
        for name, value, unit, digits, _ in _MEASURES
    )
    return tuple(measure for measure in found if measure.before is not None or measure.after is not None)


def approaches_of(validation: ValidationReport | None) -> tuple[ApproachRow, ...]:
    """Delay per approach as simulated, mean over the pairs."""
    rows = () if validation is None else validation.approaches
    return tuple(
        ApproachRow(
            junction_id=short(row.intersection_id),
            link_id=", ".join(row.link_ids),
            vehicles=row.vehicles_per_run,
            delay_before_s_per_veh=row.incumbent_s_per_veh,
            delay_after_s_per_veh=row.candidate_s_per_veh,
        )
        for row in rows
    )


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
    notes += _worse_measures(validation)
    notes += _worse_approaches(validation)
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


def _worse_measures(validation: ValidationReport) -> list[Note]:
    notes = []
    for name, value, unit, digits, worse in _MEASURES[1:]:
        before, after = (_mean(value, validation.pairs, before=one) for one in (True, False))
        if not worse or before is None or after is None:
            continue
        if worse * (after - before) > _WORTH_SAYING_SHARE * abs(before):
            text = f"{before:.{digits}f} before, {after:.{digits}f} after {unit}".rstrip()
            notes.append(Note(name, f"{text} (mean over the pairs, not tested by itself)"))
    return notes


def _worse_approaches(validation: ValidationReport) -> list[Note]:
    found = []
    for row in validation.approaches:
        before, after = row.incumbent_s_per_veh, row.candidate_s_per_veh
        if before is not None and after is not None and after - before >= _WORTH_SAYING_S:
            found.append(((after - before) * row.vehicles_per_run, row, before, after))
    found.sort(key=lambda one: (-one[0], one[1].intersection_id, one[1].link_ids))
    notes = [
        Note(
            f"approach {', '.join(row.link_ids)} of {short(row.intersection_id)}",
            f"simulated delay {before:.1f} s per vehicle before, {after:.1f} after ({after - before:+.1f};"
            f" {row.vehicles_per_run:.0f} vehicles per run)",
        )
        for _, row, before, after in found[:_MOST_APPROACHES]
    ]
    if len(found) > _MOST_APPROACHES:
        rest = len(found) - _MOST_APPROACHES
        notes.append(Note("other approaches", f"{rest} more lose a second or more per vehicle (table below)"))
    return notes


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


def _mean(value: Value, pairs: Sequence[PairRow], *, before: bool) -> float | None:
    values = [value(row.incumbent if before else row.candidate) for row in pairs]
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if len(known) == len(values) and known else None
