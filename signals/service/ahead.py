"""Runs that will be asked for in any case, made while a core would be idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from signals.trials import Trial
from signals.watch import Watch, WorkCancelled

Run = Callable[[Sequence[Trial], Watch, str], object]


@contextmanager
def measured_ahead(trials: Sequence[Trial], run: Run, watch: Watch) -> Iterator[Event]:
    """Run the trials one after the other beside what is done inside; `run` is a laboratory's, which keeps measures.

    After the event is set no further one is begun; who leaves ends the one under way too. A failure is not told: the
    trial is run again, and fails again, where somebody asks for it.
    """
    enough = Event()
    beside = _Beside(cancelled=watch.cancelled, deadline_s=watch.deadline_s)

    def run_in_turn() -> None:
        for trial in trials:
            if enough.is_set() or beside.stop():
                return
            try:
                run([trial], beside, "")
            except Exception:  # whatever it is, it is raised where the trial is asked for
                return

    thread = Thread(target=run_in_turn, name="ahead", daemon=True)
    thread.start()
    try:
        yield enough
    finally:
        beside.left.set()
        thread.join()


@dataclass(slots=True)
class _Beside(Watch):
    """Reports to nobody, and ends as well when whoever it is beside has left."""

    left: Event = field(default_factory=Event)

    def stop(self) -> bool:
        return self.left.is_set() or Watch.stop(self)

    def check(self) -> None:
        if self.left.is_set():
            raise WorkCancelled
        Watch.check(self)
