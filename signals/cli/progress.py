"""What a person sees while a job runs, and how they stop it: lines on a terminal, Ctrl-C, a time limit."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from threading import Event
from time import monotonic
from types import FrameType

from signals.watch import Watch

_BETWEEN_LINES_S = 5.0


def watch_for_terminal(time_limit_s: float | None) -> tuple[Watch, Callable[[], None]]:
    """A watch that reports to standard error and is cancelled by SIGINT or SIGTERM, and what ends it."""
    cancelled = Event()
    screen = _Screen()

    def cancel(number: int, frame: FrameType | None) -> None:
        if cancelled.is_set():
            raise KeyboardInterrupt
        screen.say("cancelling: simulations are being stopped (again to stop at once)", None)
        cancelled.set()

    before = {number: signal.signal(number, cancel) for number in (signal.SIGINT, signal.SIGTERM)}

    def finish() -> None:
        screen.end()
        for number, handler in before.items():
            signal.signal(number, handler)

    deadline_s = None if time_limit_s is None else monotonic() + time_limit_s
    return Watch(report=screen.say, cancelled=cancelled, deadline_s=deadline_s), finish


class _Screen:
    """One line that is overwritten on a terminal; elsewhere a line per step and every few seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._begun = monotonic()
        self._last = ("", -_BETWEEN_LINES_S)
        self._width = 0

    def say(self, step: str, share: float | None) -> None:
        now = monotonic() - self._begun
        percent = "" if share is None else f" {100 * min(1.0, max(0.0, share)):3.0f} %"
        line = f"{now:6.1f} s  {step}{percent}"
        if self._terminal:
            shown = line[:118]
            sys.stderr.write("\r" + shown.ljust(self._width))
            self._width = len(shown)
        elif step != self._last[0] and (now - self._last[1] >= 1.0 or share in (None, 0.0)):
            sys.stderr.write(line + "\n")
            self._last = (step, now)
        sys.stderr.flush()

    def end(self) -> None:
        if self._terminal and self._width:
            sys.stderr.write("\n")
