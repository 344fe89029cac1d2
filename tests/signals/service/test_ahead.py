"""Runs ahead: in turn, ended with whom they are beside, silent when they fail."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import pytest

from signals.programs.sumo import running_plan
from signals.service.ahead import measured_ahead
from signals.trials import Trial
from signals.watch import Watch, WorkCancelled
from tests.fakes import crossroads

WAIT_S = 30.0
TRIALS = [Trial(running_plan(crossroads()), realisation, 1) for realisation in (1, 2, 3)]


def until_left(trials: Sequence[Trial], watch: Watch, doing: str) -> None:
    """A run that goes on for as long as it may."""
    while not watch.stop():
        Event().wait(0.01)
    watch.check()


def test_trials_are_run_one_after_the_other_without_a_word() -> None:
    run, told, last = list[int](), list[str](), Event()

    def keep(trials: Sequence[Trial], watch: Watch, doing: str) -> None:
        watch.report("run", 0.5)
        run.extend(trial.realisation for trial in trials)
        if len(run) == len(TRIALS):
            last.set()

    with measured_ahead(TRIALS, keep, Watch(report=lambda step, share: told.append(step))):
        assert last.wait(WAIT_S)
    assert run == [1, 2, 3]
    assert told == []


def test_after_enough_the_run_under_way_ends_and_no_other_begins() -> None:
    run, begun, go_on = list[int](), Event(), Event()

    def slowly(trials: Sequence[Trial], watch: Watch, doing: str) -> None:
        begun.set()
        assert go_on.wait(WAIT_S)
        run.append(trials[0].realisation)

    with measured_ahead(TRIALS, slowly, Watch()) as enough:
        assert begun.wait(WAIT_S)
        enough.set()
        go_on.set()
    assert run == [1]


@pytest.mark.parametrize("failing", [False, True])
def test_who_leaves_ends_the_run_under_way(failing: bool) -> None:
    begun = Event()

    def run(trials: Sequence[Trial], watch: Watch, doing: str) -> None:
        begun.set()
        until_left(trials, watch, doing)

    def inside() -> None:
        with measured_ahead(TRIALS, run, Watch()):
            assert begun.wait(WAIT_S)
            if failing:
                raise WorkCancelled

    if failing:
        with pytest.raises(WorkCancelled):
            inside()
    else:
        inside()


def test_who_cancels_the_work_ends_the_run_as_well() -> None:
    watch, ended = Watch(), Event()

    def run(trials: Sequence[Trial], beside: Watch, doing: str) -> None:
        try:
            until_left(trials, beside, doing)
        except WorkCancelled:
            ended.set()
            raise

    with measured_ahead(TRIALS, run, watch):
        watch.cancelled.set()
        assert ended.wait(WAIT_S)


def test_a_failure_is_left_to_whoever_asks_for_the_trial() -> None:
    tried, failed = list[int](), Event()

    def fail(trials: Sequence[Trial], watch: Watch, doing: str) -> None:
        tried.append(trials[0].realisation)
        failed.set()
        raise RuntimeError("the simulator is not there")

    with measured_ahead(TRIALS, fail, Watch()):
        assert failed.wait(WAIT_S)
    assert tried == [1]
