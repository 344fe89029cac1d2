"""The gate: asks for pairs of runs until a verdict stands, and not one pair more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from networks.faults import Fault, refuse_if_any
from signals.measures import Measures
from signals.rules import Margins
from signals.validation.approaches import compare_approaches
from signals.validation.difference import LOOKS, Difference, Verdict, difference_at, planned_looks, verdict_at
from signals.validation.guard import Guard, broken
from signals.validation.guards import check_guards, count_guards, not_shown
from signals.validation.network_measures import compare_measures, run_of
from signals.validation.report import PairRow, Subject, ValidationReport, jam_share_upper

GUARD_PAIRS = 16
"""Guards are held over so many pairs at least: who jams on one day in six shows no jam in 6 runs one time in three,
in 16 one time in eighteen."""
FIRST_REALISATION = 1000  # smaller numbers belong to the optimizer and the race: the judge uses what they have not seen


@dataclass(frozen=True, slots=True)
class Pair:
    """Both plans on the same realisation of the demand, with the same seed."""

    realisation: int
    seed: int
    candidate: Measures
    incumbent: Measures


def decide(
    next_pairs: Callable[[range], Sequence[Pair]],
    subject: Subject,
    margins: Margins,
    *,
    max_pairs: int = LOOKS[-1],
    finalists: int = 1,
    first_realisation: int = FIRST_REALISATION,
    only_flawless: bool = False,
    guards_beside: Sequence[Guard] = (),
    not_shown_beside: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
) -> ValidationReport:
    """Judge a candidate against the incumbent, looking after 6, 10, 16, 24, 40 pairs and ending as soon as it can.

    `next_pairs` runs the realisations with the numbers it is handed and returns their pairs in that order; it may
    return fewer only when it was stopped. `stop` is asked before each batch. A stopped trial is *undecided*; pairs that
    did not reach a look do not count. A verdict that takes the plan before `GUARD_PAIRS` pairs stands, and the trial
    goes on that far for the guards alone. `max_pairs` is part of the trial's plan (see `planned_looks`), and so is the
    number of `finalists` that may be judged one after the other, among whom the error is shared. `only_flawless`: a
    trial ends at the first look that sees it jam, teleport, collide or keep vehicles out more often than the incumbent;
    who is not the last finalist is not worth more runs then. `guards_beside` are those that need no run, and
    `not_shown_beside` what none of them could watch. Raises `InputError` for realisations that others have seen
    and for pairs that are none.
    """
    looks = planned_looks(max_pairs)
    _refuse_seen(first_realisation)
    pairs: list[Pair] = []
    taken: list[int] = []
    difference: Difference | None = None
    verdict = Verdict.UNDECIDED
    stopped = False
    for look in looks:
        wanted = range(first_realisation + len(pairs), first_realisation + look)
        batch = [] if stop() else list(next_pairs(wanted))
        _refuse_no_pairs(batch, wanted)
        if len(batch) < len(wanted):
            stopped, verdict = True, Verdict.UNDECIDED
            break
        pairs += batch
        if verdict is Verdict.UNDECIDED:  # else these pairs are for the guards alone
            taken.append(look)
            difference = difference_at(
                [pair.candidate.mean_delay_s_per_veh for pair in pairs],
                [pair.incumbent.mean_delay_s_per_veh for pair in pairs],
                looks,
                finalists,
            )
            verdict = verdict_at(difference, looks, margins.not_worse_share)
        jammed = bool(broken(count_guards(_measures(pairs))))
        settled = verdict is not Verdict.UNDECIDED and (jammed or look >= GUARD_PAIRS)
        if settled or verdict is Verdict.WORSE or (only_flawless and jammed):
            break

    measures = _measures(pairs)
    guards = (*check_guards(measures, margins), *guards_beside) if measures else ()
    rows = [PairRow(pair.realisation, pair.seed, run_of(pair.candidate), run_of(pair.incumbent)) for pair in pairs]
    return ValidationReport(
        subject=subject,
        verdict=verdict,
        reasons=(
            _reason(verdict, difference, margins, looks, stopped),
            *([f"one of {finalists} finalists judged in turn, who share the error of the verdict"] * (finalists > 1)),
            *_left_open([pair.candidate.gridlocked for pair in pairs], finalists),
            *(f"guard broken: {guard}" for guard in broken(guards)),
        ),
        margins=margins,
        looks_planned=looks,
        finalists=finalists,
        looks_taken=tuple(taken),
        stopped=stopped,
        difference=difference,
        guards=guards,
        not_shown=(*not_shown(measures), *not_shown_beside) if measures else (),
        measures=compare_measures([(row.candidate, row.incumbent) for row in rows], looks) if rows else (),
        approaches=compare_approaches(measures) if measures else (),
        pairs=tuple(rows),
    )


def _measures(pairs: Sequence[Pair]) -> list[tuple[Measures, Measures]]:
    return [(pair.candidate, pair.incumbent) for pair in pairs]


def _reason(
    verdict: Verdict, difference: Difference | None, margins: Margins, looks: tuple[int, ...], stopped: bool
) -> str:
    if difference is None:
        return f"stopped before the first look, which is after {looks[0]} pairs"
    margin = f"{margins.not_worse_share:.0%} of the incumbent's delay"
    bound = f"one-sided 95 % upper bound {difference.upper_s_per_veh:+.1f} s/veh"
    if stopped:
        return f"stopped without verdict; {difference}"
    if verdict is Verdict.NOT_WORSE:
        return f"{bound} is below {margin}; {difference}"
    if verdict is Verdict.UNDECIDED:
        return f"{bound} is not below {margin}; {difference}"
    return str(difference)


def _left_open(jammed: Sequence[bool], finalists: int) -> tuple[str, ...]:
    """What a trial without a jam does not say; where jams were seen, the guard speaks."""
    if not jammed or any(jammed):
        return ()
    share = jam_share_upper(0, len(jammed), finalists)
    return (f"no jam in {len(jammed)} runs of the candidate; 95 % sure only that fewer than {share:.0%} of days jam",)


def _refuse_seen(first_realisation: int) -> None:
    if first_realisation < FIRST_REALISATION:
        needed = f"at least {FIRST_REALISATION}: smaller numbers are for optimizing"
        refuse_if_any([Fault("first realisation", "validation", str(first_realisation), needed)])


def _refuse_no_pairs(batch: Sequence[Pair], wanted: range) -> None:
    """Wrong order or another demand in one arm would make the statistics wrong in silence."""
    faults = []
    found = [pair.realisation for pair in batch]
    if found != list(wanted[: len(found)]) or len(found) > len(wanted):
        faults.append(Fault("realisations", "pairs", str(found), f"{list(wanted)} in this order"))
    for pair in batch:
        if pair.candidate.vehicles_due != pair.incumbent.vehicles_due:
            due = f"{pair.candidate.vehicles_due} vehicles due in one, {pair.incumbent.vehicles_due} in the other"
            faults.append(Fault("demand", f"pair of realisation {pair.realisation}", due, "the same in both"))
    refuse_if_any(faults)
