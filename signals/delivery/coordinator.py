"""The service's side of a roll-out: a state, the time and a report in; a state, an answer and events out.

*Loading* until every member has loaded and compared; *trial* from the activation on, until the whole group runs it,
which the first confirmation says, or until it is too late for that, and all are led back by a new activation; *in
force*, as long as round after round every member has the confirmation before. No input or output, no clock: the same
inputs give the same documents. The argument why no fault leaves a mixed group stands in the README.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from networks.faults import Fault, refuse_if_any
from signals.delivery.beat import Beat
from signals.delivery.documents import Activation, Confirmation
from signals.delivery.messages import Answer, Report
from signals.delivery.roll_out import Coordination, Event, Offer, RollOut
from signals.delivery.settings import LEAD_POLLS
from signals.delivery.signed import digest_of_document
from signals.delivery.spoken import instant, seconds

_SECOND_DS = 10
_CHECK_DS = 600  # for the check before an activation
Sign = Callable[[Mapping[str, Any]], bytes]  # a payload to its signed document
Next = tuple[Coordination, tuple[Event, ...]]


def offer(state: Coordination, now_ds: int, offered: Offer, not_before_ds: int = 0) -> Next:
    """Begin a roll-out; the way back to an earlier release is one as well. Raises `InputError`, and changes nothing.

    `not_before_ds`: loaded now, and to take effect at the first begin of a cycle from then on, clear of jumps.
    """
    waiting = [] if state.pending is None else [_fault(state, "roll-out", "another one under way", "its end")]
    refuse_if_any([*waiting, *_unfit(state, offered)])
    before = state.current.offer if state.current else Offer.local(state.members, offered.beat)
    pending = RollOut(offered, now_ds, before, not_before_ds=not_before_ds)
    return replace(state, pending=pending), (Event(now_ds, "offered", 0, offered.release),)


def roll_back(state: Coordination, now_ds: int, to: Offer | None, why: str, sign: Sign) -> Next:
    """At once another release, or (None) the local schedules, whatever is under way; it waits for nobody.

    Who cannot be reached goes on until its confirm-by. Raises `InputError`, and changes nothing.
    """
    latest = state.pending or state.current
    to = to or Offer.local(state.members, latest.offer.beat if latest else Beat(_SECOND_DS))
    faults = _unfit(state, to)
    if not to.valid(_confirm_by_ds(state, _soonest_ds(state, now_ds, to))):
        faults.append(_fault(state, "validity", f"until {instant(to.valid_until_ds)}", "long enough to be confirmed"))
    refuse_if_any(faults)
    local = Offer.local(state.members, to.beat)
    return _activated(state, now_ds, RollOut(to, now_ds, local, is_rollback=True), sign, why)


def answer(
    state: Coordination, now_ds: int, report: Report, sign: Sign
) -> tuple[Coordination, Answer, tuple[Event, ...]]:
    """Take a report in, and say what the member lacks. A controller that is no member is told nothing."""
    if report.controller_id not in state.members:
        return state, Answer(now_ds), ()
    state, events = advance(state.hearing(report, now_ds), now_ds, sign)
    return state, lacking(state, now_ds, report), events


def advance(state: Coordination, now_ds: int, sign: Sign) -> Next:
    """What time alone brings about; to be called at least once per poll interval, also when no report comes."""
    state, events = _in_force(state, now_ds)
    if events or state.pending is None:
        return _renewed(state, now_ds, sign) if not events else (state, events)
    return _loading(state, now_ds, sign) if state.pending.activation is None else _trial(state, now_ds, sign)


def fail(state: Coordination, now_ds: int, why: str, sign: Sign) -> Next:
    """End the roll-out under way for a reason from elsewhere: abandoned before its activation, led back after it."""
    if state.pending is None:
        return state, ()
    if state.pending.activation is None:
        return _abandoned(state, now_ds, why)
    return _led_back(state, now_ds, state.pending, why, sign)


def lacking(state: Coordination, now_ds: int, report: Report) -> Answer:
    """What a member is to be told that its report does not have; nothing where it is no member."""
    if report.controller_id not in state.members:
        return Answer(now_ds)
    member, plans, orders = report.controller_id, list[bytes](), list[tuple[bytes, bytes | None]]()
    refused = {digest for digest, _ in report.refused}
    for roll_out in (state.current, state.pending):
        if roll_out is None:
            continue
        digest = roll_out.offer.digests[member]
        if digest is not None and digest not in report.loaded | refused:
            plans.append(roll_out.offer.documents[member])
        if roll_out.activation is not None and roll_out.mark not in report.orders:
            orders.append((roll_out.activation, roll_out.confirmation))
    ring = state.ring[1] if state.ring is not None and state.ring[0] > report.ring else None
    return Answer(now_ds, ring, tuple(plans), tuple(orders))


def _unfit(state: Coordination, offered: Offer) -> list[Fault]:
    """Why it is no offer for this group."""
    settings, faults = state.settings, list[Fault]()
    if set(offered.digests) != set(state.members):
        found = f"{len(offered.digests)}"
        faults.append(_fault(state, "plan documents", found, "one for each member, and no others"))
    way_back_ds = settings.lead_ds(offered.beat.cycle_ds) + offered.beat.cycle_ds
    if way_back_ds > settings.grace_ds:
        needed = f"a way back within {seconds(settings.grace_ds)}, not {seconds(way_back_ds)}: a later confirm-by"
        faults.append(_fault(state, "cycle", f"a beat of {seconds(offered.beat.cycle_ds)}", needed))
    return faults


def _fault(state: Coordination, what: str, found: str, needed: str) -> Fault:
    return Fault(what, f"group {state.group_id!r}", found, needed)


def _loading(state: Coordination, now_ds: int, sign: Sign) -> Next:
    pending = state.pending
    assert pending is not None
    if refusals := [*state.refusals(pending)]:
        return _abandoned(state, now_ds, "; ".join(refusals))
    missing = not_ready(state, now_ds, pending)
    if not missing and now_ds >= _issued_at_ds(state, pending):
        return _activated(state, now_ds, pending, sign)
    if missing and now_ds >= max(pending.offered_at_ds, pending.not_before_ds) + state.settings.load_within_ds:
        return _abandoned(state, now_ds, "; ".join(missing))
    return _renewed(state, now_ds, sign)


def not_ready(state: Coordination, now_ds: int, pending: RollOut) -> list[str]:
    """What an activation waits for: everybody there, everything loaded, and one and the same way back for all."""
    fresh, current, missing = state.fresh(now_ds), state.current, list[str]()
    for member in state.members:
        report, digest = fresh.get(member), pending.offer.digests[member]
        if report is None:
            missing.append(f"{member}: not heard")
        elif report.clock_wrong:
            missing.append(f"{member}: clock wrong")
        elif digest is not None and digest not in report.loaded:
            missing.append(f"{member}: not loaded")
        elif current is not None and not _has(report, current):
            missing.append(f"{member}: does not run what runs")
    confirm_by_ds = _confirm_by_ds(state, _effective_at_ds(state, now_ds, pending))
    if current is not None and current.confirm_by_ds < confirm_by_ds + _spare_ds(state):
        missing.append("what runs must be confirmed for longer")
    return missing


def _trial(state: Coordination, now_ds: int, sign: Sign) -> Next:
    pending = state.pending
    assert pending is not None
    refusals, fresh = [*state.refusals(pending)], state.fresh(now_ds)
    late = now_ds > pending.confirm_by_ds - state.settings.grace_ds
    if not late and not refusals and all(m in fresh and _has(fresh[m], pending) for m in state.members):
        confirmed = _next_round(state, pending, sign)
        event = Event(now_ds, "confirmed", pending.sequence, pending.offer.release)
        return replace(state, current=confirmed, pending=None), (event,)
    if not late and not refusals:
        return state, ()
    missing = [m for m in state.members if m not in fresh or not _has(fresh[m], pending)]
    why = "; ".join(refusals) or f"not running it in time: {', '.join(missing)}"
    if pending.is_rollback:  # nothing more is tried: by its confirm-by all have gone back by themselves
        if now_ds < pending.confirm_by_ds + 2 * state.settings.skew_ds:
            return state, ()
        return replace(state, pending=None), (Event(now_ds, "failed", pending.sequence, pending.offer.release, why),)
    return _led_back(state, now_ds, pending, why, sign)


def _in_force(state: Coordination, now_ds: int) -> Next:
    """Has what was in force run out?"""
    current = state.current
    if current is None or (now_ds < current.confirm_by_ds and current.offer.valid(now_ds)):
        return state, ()
    why = "validity over" if not current.offer.valid(now_ds) else "not confirmed any more"
    return replace(state, current=None), (Event(now_ds, "lapsed", current.sequence, current.offer.release, why),)


def _renewed(state: Coordination, now_ds: int, sign: Sign) -> Next:
    """The next confirmation of what is in force, or the way back where a member runs something else."""
    current, settings, fresh = state.current, state.settings, state.fresh(now_ds)
    if current is None:
        return state, ()
    strange = sorted(m for m, report in fresh.items() if report.running != current.sequence)
    since_ds = (now_ds if current.amiss_since_ds is None else current.amiss_since_ds) if strange else None
    current = replace(current, amiss_since_ds=since_ds)
    state = replace(state, current=current)
    amiss = since_ds is not None and now_ds - since_ds >= settings.grace_ds and not current.given_up
    if amiss and state.pending is None:
        state = replace(state, current=replace(current, given_up=True))
        return _led_back(state, now_ds, current, f"not running it any more: {', '.join(strange)}", sign)
    left_ds = current.confirm_by_ds - now_ds
    whole = all(m in fresh and _has(fresh[m], current) for m in state.members)
    if whole and settings.grace_ds <= left_ds < settings.hold_ds:
        state = replace(state, current=_next_round(state, current, sign))
    return state, ()


def _activated(state: Coordination, now_ds: int, roll_out: RollOut, sign: Sign, why: str = "") -> Next:
    offered, sequence = roll_out.offer, state.next_sequence
    effective_at_ds = _effective_at_ds(state, now_ds, roll_out)
    confirm_by_ds = _confirm_by_ds(state, effective_at_ds)
    if not offered.valid(confirm_by_ds):
        why = f"valid until {instant(offered.valid_until_ds)} only"
        return replace(state, pending=None), (Event(now_ds, "abandoned", 0, offered.release, why),)
    activation = Activation(
        group_id=state.group_id,
        sequence=sequence,
        release=offered.release,
        members=dict(offered.digests),
        issued_at_ds=now_ds,
        effective_at_ds=effective_at_ds,
        confirm_by_ds=confirm_by_ds,
    )
    pending = replace(roll_out, sequence=sequence, activation=sign(activation.payload()), confirm_by_ds=confirm_by_ds)
    event = Event(now_ds, "rolled back" if roll_out.is_rollback else "activated", sequence, offered.release, why)
    return replace(state, pending=pending, next_sequence=sequence + 1), (event,)


def _led_back(state: Coordination, now_ds: int, failed: RollOut, why: str, sign: Sign) -> Next:
    """A new activation of what ran before. It waits for nobody: what ran before is loaded."""
    back, local = failed.before, Offer.local(state.members, failed.offer.beat)
    if not back.valid(_confirm_by_ds(state, _soonest_ds(state, now_ds, back))):
        back = local
    return _activated(state, now_ds, RollOut(back, now_ds, local, is_rollback=True), sign, why)


def _abandoned(state: Coordination, now_ds: int, why: str) -> Next:
    pending = state.pending
    assert pending is not None
    return replace(state, pending=None), (Event(now_ds, "abandoned", 0, pending.offer.release, why),)


def _next_round(state: Coordination, roll_out: RollOut, sign: Sign) -> RollOut:
    assert roll_out.activation is not None
    confirmation = Confirmation(
        group_id=state.group_id,
        sequence=roll_out.sequence,
        activation=digest_of_document(roll_out.activation),
        round=roll_out.round + 1,
        confirm_by_ds=roll_out.confirm_by_ds + state.settings.step_ds,
    )
    return replace(
        roll_out,
        round=confirmation.round,
        confirm_by_ds=confirmation.confirm_by_ds,
        confirmation=sign(confirmation.payload()),
    )


def _has(report: Report, roll_out: RollOut) -> bool:
    """Whether a member runs it, and has all that was said of it."""
    return report.running == roll_out.sequence and roll_out.mark in report.orders


def _soonest_ds(state: Coordination, now_ds: int, offered: Offer) -> int:
    """When an activation that is issued now takes effect at the soonest."""
    return offered.beat.boundary_ds(now_ds + state.settings.lead_ds(offered.beat.cycle_ds))


def _effective_at_ds(state: Coordination, now_ds: int, roll_out: RollOut) -> int:
    """When it takes effect: as soon as it can, or at its instant, moved to the begin of a cycle clear of jumps."""
    if not roll_out.not_before_ds:
        return _soonest_ds(state, now_ds, roll_out.offer)
    beat = roll_out.offer.beat
    earliest_ds = max(roll_out.not_before_ds, now_ds + state.settings.lead_ds(beat.cycle_ds))
    return beat.clear_of_jumps_ds(earliest_ds, roll_out.before.beat)


def _issued_at_ds(state: Coordination, roll_out: RollOut) -> int:
    """From when on its activation may be issued: what runs is confirmed no more from then on, so not long before."""
    if not roll_out.not_before_ds:
        return roll_out.offered_at_ds
    spare_ds = LEAD_POLLS * state.settings.poll_ds + _CHECK_DS
    return roll_out.not_before_ds - state.settings.lead_ds(roll_out.offer.beat.cycle_ds) - spare_ds


def _confirm_by_ds(state: Coordination, effective_at_ds: int) -> int:
    return effective_at_ds + state.settings.confirm_within_ds


def _spare_ds(state: Coordination) -> int:
    """By how much what runs must outlast a trial: the way back has a trial of its own."""
    return state.settings.confirm_within_ds + 2 * state.settings.skew_ds
