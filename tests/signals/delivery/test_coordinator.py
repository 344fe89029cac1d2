"""The service's side, step by step: what it waits for, what it issues, and when it leads back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from networks.faults import InputError
from signals.delivery import coordinator
from signals.delivery.documents import Activation, Confirmation
from signals.delivery.messages import Answer, Report
from signals.delivery.roll_out import Coordination
from signals.delivery.settings import Settings
from signals.delivery.signed import opened
from tests.signals.delivery.documents import kept
from tests.signals.delivery.streets import DAY_DS, KEY, MEMBERS, NOON_DS, RING, offer

FIRST, SECOND = "1" * 64, "2" * 64
SETTINGS = Settings(poll_ds=100, hold_ds=30_000)


class Group:
    """The service and three members that say what a test wants them to."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.state, self.now_ds = Coordination("corridor", tuple(MEMBERS), settings), NOON_DS
        self.events: list[str] = []
        self._number = 0

    def offered(self, release: str, **options: Any) -> None:
        self.state, events = coordinator.offer(self.state, self.now_ds, offer(release, **options))
        self.events += [event.what for event in events]

    def says(self, member: str, **fields: Any) -> Answer:
        self._number += 1
        report = Report(member, 0, self._number, **fields)
        self.state = replace(kept(self.state), heard=self.state.heard)
        self.state, answer, events = coordinator.answer(self.state, self.now_ds, report, KEY.sign)
        self.events += [event.what for event in events]
        return answer

    def all_say(self, running: int | None = None, orders: tuple[tuple[int, int], ...] = (), *, but: str = "") -> None:
        known = [roll_out.offer for roll_out in (self.state.current, self.state.pending) if roll_out]
        for member in MEMBERS:
            if member != but:
                loaded = frozenset(digest for o in known if (digest := o.digests[member]))
                self.says(member, loaded=loaded, running=running, orders=frozenset(orders))

    def later(self, by_ds: int) -> None:
        self.now_ds += by_ds
        self.state, events = coordinator.advance(self.state, self.now_ds, KEY.sign)
        self.events += [event.what for event in events]

    def activation(self) -> Activation:
        assert self.state.pending is not None
        assert self.state.pending.activation is not None
        return Activation.of(opened(self.state.pending.activation, RING, None))

    def in_force(self, release: str = FIRST) -> None:
        """A release taken up, and confirmed as far ahead as it goes."""
        self.offered(release)
        self.all_say()
        sequence = self.activation().sequence
        self.now_ds = self.activation().effective_at_ds
        for number in range(20):
            self.all_say(sequence, ((sequence, number),))


def test_nothing_is_activated_before_every_member_has_loaded_and_compared() -> None:
    group = Group()
    group.offered(FIRST)
    answer = group.says("north")
    assert answer.plans == (offer(FIRST).documents["north"],)
    group.all_say(but="south")
    group.says("south", loaded=frozenset({"f" * 64}))
    assert group.events == ["offered"]
    group.all_say()
    assert group.events == ["offered", "activated"]


def test_an_activation_takes_effect_three_polls_and_a_cycle_later_at_the_begin_of_a_cycle() -> None:
    group = Group()
    group.offered(FIRST)
    group.all_say()
    activation = group.activation()
    lead_ds = activation.effective_at_ds - activation.issued_at_ds
    assert (
        3 * SETTINGS.poll_ds + 900 + 2 * SETTINGS.skew_ds
        <= lead_ds
        < 3 * SETTINGS.poll_ds + 1_800 + 2 * SETTINGS.skew_ds
    )
    assert (activation.effective_at_ds - NOON_DS + DAY_DS // 2) % 900 == 0
    assert activation.confirm_by_ds - activation.effective_at_ds == 6_000
    assert activation.members == offer(FIRST).digests


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"clock_wrong": True}, "clock wrong"), ({"loaded": frozenset()}, "not loaded"), (None, "not heard")],
)
def test_a_roll_out_that_does_not_get_ready_is_abandoned_and_says_why(fields: Any, why: str) -> None:
    group = Group()
    group.offered(FIRST)
    for _ in range(2):
        group.all_say(but="south")
        if fields is not None:
            group.says("south", **({"loaded": frozenset(filter(None, [offer(FIRST).digests["south"]]))} | fields))
        group.now_ds += SETTINGS.load_within_ds
    _, events = coordinator.advance(group.state, group.now_ds - SETTINGS.load_within_ds, KEY.sign)
    assert (group.events, events) == (["offered", "abandoned"], ())


def test_a_member_that_cannot_run_a_plan_ends_the_roll_out_at_once() -> None:
    group = Group()
    group.offered(FIRST)
    group.says("south", refused=((offer(FIRST).digests["south"] or "", "split too short"),))
    assert group.events == ["offered", "abandoned"]
    assert group.state.pending is None


def test_the_first_confirmation_waits_for_the_whole_group() -> None:
    group = Group()
    group.offered(FIRST)
    group.all_say()
    group.now_ds = group.activation().effective_at_ds
    group.all_say(1, ((1, 0),), but="south")
    group.says("south", orders=frozenset({(1, 0)}))  # has it, does not run it
    assert group.events[-1] == "activated"
    group.all_say(1, ((1, 0),))
    assert group.events[-1] == "confirmed"
    current = group.state.current
    assert current is not None
    assert current.confirmation is not None
    said = Confirmation.of(opened(current.confirmation, RING, None))
    assert (said.round, said.confirm_by_ds) == (1, current.confirm_by_ds)


def test_a_round_is_confirmed_only_when_all_have_the_one_before() -> None:
    group = Group()
    group.offered(FIRST)
    group.all_say()
    group.now_ds = group.activation().effective_at_ds
    group.all_say(1, ((1, 0),))
    for round_ in range(1, 5):
        group.all_say(1, ((1, round_),), but="south")
        assert group.state.current is not None
        assert group.state.current.round == round_
        group.all_say(1, ((1, round_),))
        assert group.state.current.round == round_ + 1


def test_confirmations_stop_when_they_reach_as_far_ahead_as_is_allowed() -> None:
    group = Group()
    group.in_force()
    assert group.state.current is not None
    left_ds = group.state.current.confirm_by_ds - group.now_ds
    assert SETTINGS.hold_ds <= left_ds < SETTINGS.hold_ds + SETTINGS.step_ds


def test_too_late_for_a_confirmation_the_group_is_led_back_by_a_higher_sequence_number() -> None:
    group = Group()
    group.in_force()
    group.offered(SECOND)
    assert group.state.current is not None
    group.all_say(1, (group.state.current.mark,))
    second = group.activation()
    assert (second.sequence, second.release) == (2, SECOND)
    group.now_ds = second.confirm_by_ds - SETTINGS.grace_ds
    group.all_say(2, ((2, 0),), but="south")
    assert group.state.pending is not None
    group.later(1)
    assert group.events[-1] == "rolled back"
    back = group.activation()
    assert (back.sequence, back.release, back.members) == (3, FIRST, offer(FIRST).digests)
    assert back.effective_at_ds < second.confirm_by_ds


def test_a_first_release_is_led_back_to_the_local_schedules() -> None:
    group = Group()
    group.offered(FIRST)
    group.all_say()
    group.now_ds = group.activation().confirm_by_ds
    group.later(0)
    assert (group.activation().release, set(group.activation().members.values())) == (None, {None})
    group.now_ds = group.activation().confirm_by_ds + 2 * SETTINGS.skew_ds
    group.later(0)
    assert group.events[-2:] == ["rolled back", "failed"]
    assert group.state.pending is None


def test_a_member_that_runs_something_else_for_longer_than_the_grace_leads_all_back() -> None:
    group = Group()
    group.in_force()
    assert group.state.current is not None
    mark = group.state.current.mark
    for _ in range(SETTINGS.grace_ds // SETTINGS.poll_ds + 1):
        group.all_say(1, (mark,), but="south")
        group.says("south", orders=frozenset({mark}))
        group.now_ds += SETTINGS.poll_ds
    assert group.events[-1] == "rolled back"
    for _ in range(3 * SETTINGS.confirm_within_ds // SETTINGS.poll_ds):
        group.later(SETTINGS.poll_ds)
        group.all_say(1, (mark,), but="south")
        group.says("south", orders=frozenset({mark}))
    assert group.events.count("rolled back") == 1  # once, not again and again


@pytest.mark.parametrize("under_way", [False, True])
def test_a_person_leads_back_to_any_release_at_once_whatever_is_under_way(under_way: bool) -> None:
    group = Group()
    group.in_force()
    if under_way:
        group.offered(SECOND)
        assert group.state.current is not None
        group.all_say(1, (group.state.current.mark,))
    group.state, events = coordinator.roll_back(group.state, group.now_ds, offer(SECOND), "queues", KEY.sign)
    assert [(event.what, event.why) for event in events] == [("rolled back", "queues")]
    assert (group.activation().release, group.activation().sequence) == (SECOND, 3 if under_way else 2)
    group.state, _ = coordinator.roll_back(group.state, group.now_ds, None, "", KEY.sign)
    assert group.activation().release is None
    with pytest.raises(InputError, match="long enough"):
        coordinator.roll_back(group.state, group.now_ds, offer(FIRST, valid_until_ds=group.now_ds), "", KEY.sign)


def test_what_nobody_confirms_any_more_lapses() -> None:
    group = Group()
    group.in_force()
    group.later(SETTINGS.hold_ds + SETTINGS.step_ds)
    assert (group.events[-1], group.state.current) == ("lapsed", None)


def test_late_reports_of_a_member_do_not_count() -> None:
    group = Group()
    group.offered(FIRST)
    group.all_say(but="north")
    digest = offer(FIRST).digests["north"] or ""
    old = Report("north", 0, 1, loaded=frozenset({digest}))
    group.says("north")
    group.state, _, events = coordinator.answer(group.state, group.now_ds, old, KEY.sign)
    assert events == ()


def test_who_is_no_member_is_told_nothing() -> None:
    group = Group()
    group.offered(FIRST)
    before = group.state
    assert group.says("stranger") == Answer(group.now_ds)
    assert group.state == before


def test_bad_offers_are_refused_with_all_faults() -> None:
    group = Group()
    group.offered(FIRST)
    lacking = offer(SECOND)
    lacking = replace(lacking, digests={"north": lacking.digests["north"]}, beat=replace(lacking.beat, cycle_ds=9_000))
    with pytest.raises(InputError) as caught:
        coordinator.offer(group.state, group.now_ds, lacking)
    assert [fault.what for fault in caught.value.faults] == ["roll-out", "plan documents", "cycle"]
    assert caught.value.faults[-1].found == "a beat of 900 s"


def test_a_release_whose_validity_ends_before_it_could_be_confirmed_is_not_activated() -> None:
    group = Group()
    group.offered(FIRST, valid_until_ds=NOON_DS + 6_000)
    group.all_say()
    assert group.events == ["offered", "abandoned"]


def test_times_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        Settings(poll_ds=1_000, step_ds=7_000, hold_ds=1)
    assert [fault.what for fault in caught.value.faults] == ["grace_ds", "confirm_within_ds", "hold_ds", "step_ds"]
