"""A device in software: it shows plans decisecond by decisecond, and goes from one to the next as a controller does.

It is switched on with red for all, and then in step. A switch begins in its turn, by the method that the plan names,
else by the device's own; one whose turn comes during a transition waits for its end. Where the common clock begins anew
(at its zero) and a cycle does not fit, the same method brings it into step.
Plans under traffic it does not show: there is none here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pydantic import ValidationError

from networks.faults import Fault, InputError
from networks.network import Network
from signals.control.named_methods import correction_of
from signals.control.transition_steps import NotTransferable, circle_of
from signals.control.transitions import Method, transition
from signals.delivery.beat import Beat, beat_of
from signals.delivery.documents import PlanDocument
from signals.delivery.local_schedule import LocalSchedule
from signals.delivery.orders import NOTHING, Agenda, turn_at
from signals.intervals import Course, course
from signals.plan import ControlMode, IntersectionPlan, TimingPlan, faults_of_validation
from signals.rules import Rules
from signals.safety import check, check_transition
from signals.safety.violation import Violation
from signals.store.steps import canonical_bytes

LOCAL = "local"
RED_AT_START_DS = 50  # at least


@dataclass(frozen=True)
class Timing:
    """A plan of this one controller, spelled out."""

    name: str  # the digest of its document, or of the local schedule a name of its own
    plan: IntersectionPlan
    course: Course
    beat: Beat
    content: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, plan: TimingPlan) -> Timing:
        timing = plan.intersections[0]
        return cls(name, timing, course(timing), beat_of(plan), plan.model_dump(mode="json"))


@dataclass(frozen=True)
class _Way:
    """A transition under way: pictures and their ends [ds since 1970, UTC]."""

    displays: tuple[str, ...]
    ends_ds: tuple[int, ...]


Judge = Callable[[Sequence[TimingPlan], TimingPlan], Sequence[Violation]]


def judge_of(network: Network, rules: Rules, method: Method) -> Judge:
    """What the safety check says of a plan, and of the ways from and to those a controller may be running; each by the
    method that its plan names, else by the device's."""

    def judged(known: Sequence[TimingPlan], plan: TimingPlan) -> Sequence[Violation]:
        violations = [v for v in check(plan, network, rules) if v.rule != "intersections"]
        for other in known if not violations else ():
            for old, new in ((other, plan), (plan, other)):
                timings = old.intersections[0], new.intersections[0]
                violations += check_transition(*timings, network, rules, correction_of(timings[1]) or method)
        return violations

    return judged


class VirtualDevice:
    """A controller's device, with the schedule that it has of its own.

    A plan is taken if it is this intersection's, fixed, and `judge` finds nothing in it and in the ways between it and
    the plans that are known already. Raises `InputError` for a local plan that cannot be shown.
    """

    def __init__(
        self,
        local: LocalSchedule,
        rules: Rules,
        method: Method,
        judge: Judge,
        now_ds: int,
    ) -> None:
        self._local, self._rules, self._method, self._judge = local, rules, method, judge
        self._plans: dict[str, TimingPlan] = {}
        self._timings: dict[str, Timing] = {}
        self._turns: Agenda = NOTHING
        if faults := tuple(f for plan in local.plans.values() for f in _unshowable(plan, local.always)):
            raise InputError(faults)
        self._own = {name: Timing.of(LOCAL, plan) for name, plan in local.plans.items()}
        self._timing = self._own[local.name_at(now_ds)]
        self._on = False
        self._zero_ds = self._timing.beat.zero_ds(now_ds)
        self._next_zero_ds = self._timing.beat.next_zero_ds(now_ds)
        self._way: _Way | None = None

    def load(self, digest: str, plan: PlanDocument) -> tuple[Fault, ...]:
        try:
            content = TimingPlan.model_validate_json(canonical_bytes(plan.content))
        except ValidationError as error:
            return tuple(faults_of_validation(error, "plan document"))
        if faults := _unshowable(content, self._local.always):
            return faults
        violations = self._judge([*self._local.plans.values(), *self._plans.values()], content)
        if violations:
            first = {v.rule: v for v in reversed(violations)}  # one of each kind: the plan is refused, not explained
            return tuple(Fault(v.rule, v.where, v.found, v.needed) for _, v in sorted(first.items()))
        self._plans[digest], self._timings[digest] = content, Timing.of(digest, content)
        return ()

    def read_back(self, digest: str) -> Mapping[str, Any] | None:
        timing = self._timings.get(digest)
        return timing.content if timing else None

    def follow(self, turns: Agenda, now_ds: int) -> None:
        self._turns = turns
        self._advance(now_ds)
        if not self._on:
            self._way = self._switched_on(now_ds)
            self._on = True

    def running(self, now_ds: int) -> str | None:
        self._advance(now_ds)
        return None if self._timing.name == LOCAL else self._timing.name

    def displays(self, now_ds: int) -> str:
        """What the lamps show, one letter per signal group."""
        self._advance(now_ds)
        if self._way is not None:
            return self._way.displays[bisect_right(self._way.ends_ds, now_ds)]
        return self._timing.course.at(now_ds - self._zero_ds - self._timing.plan.offset_ds)

    def in_step(self) -> bool:
        """Whether no transition is under way."""
        return self._way is None

    def _advance(self, now_ds: int) -> None:
        if self._way is not None:
            if now_ds < self._way.ends_ds[-1]:
                return
            self._way = None
        wanted = self._wanted_timing(now_ds)
        if wanted is not self._timing or now_ds >= self._next_zero_ds:
            self._go(wanted, now_ds)

    def _wanted_timing(self, now_ds: int) -> Timing:
        wanted = turn_at(self._turns, now_ds).plan_digest
        if wanted is not None and wanted in self._timings:
            return self._timings[wanted]
        return self._own[self._local.name_at(now_ds)]

    def _switched_on(self, now_ds: int) -> _Way:
        """Red for all, until a picture begins in step that somebody may go in."""
        plan, earliest_ds = self._timing.plan, now_ds + RED_AT_START_DS
        circle = circle_of(plan)
        begins_ds = [
            earliest_ds + (shown.start_ds - circle.local_ds(earliest_ds - self._zero_ds)) % circle.cycle_ds
            for shown in circle.shown
            if shown.rests
        ]
        return _Way(("r" * len(plan.group_ids),), (min(begins_ds, default=earliest_ds),))

    def _go(self, new: Timing, now_ds: int) -> None:
        zero_ds = new.beat.zero_ds(now_ds)
        old = _moved(self._timing.plan, self._zero_ds - zero_ds)
        if old != new.plan and self._on:
            try:
                method = correction_of(new.plan) or self._method
                handover = transition(old, new.plan, now_ds - zero_ds, method, self._rules)
            except NotTransferable:  # refused when it was loaded; should the clock bring it about, what runs goes on
                return
            if handover.rows:  # none: in step at once
                ends_ds = accumulate((length_ds for _, length_ds in handover.rows), initial=now_ds)
                self._way = _Way(tuple(shown for shown, _ in handover.rows), tuple(ends_ds)[1:])
        self._timing, self._zero_ds, self._next_zero_ds = new, zero_ds, new.beat.next_zero_ds(now_ds)


def _moved(plan: IntersectionPlan, by_ds: int) -> IntersectionPlan:
    """The same displays, said on a clock whose zero lies so much later or earlier."""
    offset_ds = (plan.offset_ds + by_ds) % plan.body.length_ds
    return plan if offset_ds == plan.offset_ds else plan.model_copy(update={"offset_ds": offset_ds})


def _unshowable(plan: TimingPlan, local: TimingPlan) -> tuple[Fault, ...]:
    """Why a plan is none that this device can show."""
    if len(plan.intersections) != 1:
        return (Fault("intersections", "plan document", str(len(plan.intersections)), "that of the controller alone"),)
    timing, own = plan.intersections[0], local.intersections[0]
    faults = []
    if (timing.intersection_id, timing.group_ids) != (own.intersection_id, own.group_ids):
        faults.append(
            Fault("intersection", "plan document", timing.intersection_id, f"{own.intersection_id}, its groups")
        )
    if plan.network_digest != local.network_digest:
        faults.append(Fault("network", "plan document", plan.network_digest, local.network_digest))
    if timing.control_mode is not ControlMode.FIXED:
        faults.append(Fault("control mode", "plan document", timing.control_mode, "fixed, in a virtual controller"))
    return tuple(faults)
