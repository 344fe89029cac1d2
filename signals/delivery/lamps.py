"""The lamps of a virtual controller: a device that somebody looks at ten times a second, whatever its link does.

A device in software goes on only when it is asked; here a thread asks. Loading takes seconds and touches nothing that
is shown, so the lamps do not wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from networks.faults import Fault
from signals.delivery.documents import PlanDocument
from signals.delivery.orders import Agenda
from signals.delivery.virtual_device import VirtualDevice

STEP_S = 0.1


class Lamps:
    """The device, for its station; it runs from `start` to `stop`."""

    def __init__(self, device: VirtualDevice, now_ds: Callable[[], int], *, step_s: float = STEP_S) -> None:
        self._device, self._now_ds, self._step_s = device, now_ds, step_s
        self._lock, self._end = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="greenband-lamps", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def load(self, digest: str, plan: PlanDocument) -> tuple[Fault, ...]:
        return self._device.load(digest, plan)

    def read_back(self, digest: str) -> Mapping[str, Any] | None:
        return self._device.read_back(digest)

    def follow(self, turns: Agenda, now_ds: int) -> None:
        with self._lock:
            self._device.follow(turns, now_ds)

    def running(self, now_ds: int) -> str | None:
        with self._lock:
            return self._device.running(now_ds)

    def displays(self, now_ds: int) -> str:
        """What is shown, one letter per signal group."""
        with self._lock:
            return self._device.displays(now_ds)

    def in_step(self) -> bool:
        """Whether no transition is under way."""
        with self._lock:
            return self._device.in_step()

    def _run(self) -> None:
        while not self._end.wait(self._step_s):
            self.displays(self._now_ds())
