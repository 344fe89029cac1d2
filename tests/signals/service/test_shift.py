"""A worker that is told to stop waits for its steps, and none of them ends for the engine."""

from __future__ import annotations

from threading import Event, Thread

from networks.faults import Fault
from signals.service.shift import Shift
from signals.store.failures import DatabaseAway


def test_who_stops_waits_for_its_steps_and_lets_none_of_them_end() -> None:
    shift, begun, ended = Shift(), Event(), Event()

    def step() -> None:
        with shift.at_work():
            begun.set()
            shift.stopping.wait(60)
        ended.set()

    Thread(target=step, daemon=True).start()
    assert begun.wait(60)
    shift.stop(60)
    assert not ended.wait(0.2), "the engine would take it for done"


def test_a_call_is_made_again_until_the_database_is_back() -> None:
    answers: list[Exception | str] = [DatabaseAway([Fault("database", "x", "away", "there")]), "here"]

    def call() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Shift().lasting(call) == "here"
