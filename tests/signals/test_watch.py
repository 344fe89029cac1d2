"""Watches and trials: who stops work, and how it hears of it."""

from __future__ import annotations

from time import monotonic

import pytest

from signals.plan import TimingPlan
from signals.trials import Trial
from signals.watch import OutOfTime, Watch, WorkCancelled
from tests.fakes import crossroads
from tests.signals.plans import touched


def test_a_plain_watch_lets_work_go_on() -> None:
    watch = Watch()
    watch.report("step", 0.5)
    watch.check()
    assert not watch.stop()


def test_cancelling_stops_work_and_says_so() -> None:
    watch = Watch()
    watch.cancelled.set()
    assert watch.stop()
    assert not watch.out_of_time()
    with pytest.raises(WorkCancelled):
        watch.check()


def test_the_deadline_stops_work_and_says_so() -> None:
    assert not Watch(deadline_s=monotonic() + 3600).stop()
    late = Watch(deadline_s=monotonic() - 1)
    assert late.stop()
    with pytest.raises(OutOfTime):
        late.check()


def test_who_cancels_need_not_wait_for_the_deadline() -> None:
    watch = Watch(deadline_s=monotonic() - 1)
    watch.cancelled.set()
    with pytest.raises(WorkCancelled):
        watch.check()


def test_every_watch_has_a_cancel_of_its_own() -> None:
    Watch().cancelled.set()
    assert not Watch().stop()


def test_equal_trials_are_equal() -> None:
    plan: TimingPlan = touched(crossroads())
    assert Trial(plan, 1, 7) == Trial(plan.model_copy(), 1, 7)
    assert Trial(plan, 1, 7) != Trial(plan, 2, 7)
