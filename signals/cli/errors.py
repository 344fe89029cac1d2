"""An error for a person, and the exit code that goes with it."""

from __future__ import annotations

import sys

from networks.faults import InputError
from signals.control.steps import NotExpressible
from signals.release import NotReleasable
from signals.scenarios.wheel import NotObtainable
from signals.service.request import BAD_INPUT, CANCELLED, FAILED, LIMIT, NOT_PROVED
from signals.simulation.job import Cancelled, SimulationError
from signals.watch import OutOfTime, WorkCancelled

_MOST_FAULTS = 40


def explain(error: Exception) -> int:
    """Print what went wrong on standard error and give the exit code."""
    if isinstance(error, WorkCancelled | Cancelled):
        return _say("cancelled; the same command goes on from here", CANCELLED)
    if isinstance(error, OutOfTime):
        return _say("stopped by the time limit without a verdict; the same command goes on from here", LIMIT)
    if isinstance(error, InputError):
        count = len(error.faults)
        lines = [f"error: {count} fault{'s' if count != 1 else ''} in the input"]
        lines += [f"  {printable(str(fault))}" for fault in error.faults[:_MOST_FAULTS]]
        if count > _MOST_FAULTS:
            lines.append(f"  ... and {count - _MOST_FAULTS} more")
        return _say("\n".join(lines), BAD_INPUT)
    if isinstance(error, NotReleasable):
        return _say("\n".join(["not releasable:", *(f"  {printable(one)}" for one in error.reasons)]), NOT_PROVED)
    if isinstance(error, NotExpressible):
        return _say(f"error: {printable(str(error))}", NOT_PROVED)
    if isinstance(error, NotObtainable):
        return _say(f"error: {printable(str(error))}", BAD_INPUT)
    if isinstance(error, SimulationError):
        return _say(f"error: the simulator gave no result: {printable(str(error))}", FAILED)
    if isinstance(error, OSError):
        place = f"{printable(str(error.filename))}: " if error.filename else ""
        return _say(f"error: {place}{error.strerror or error}", BAD_INPUT if error.filename else FAILED)
    return _say(
        f"error: a fault of our own: {type(error).__name__}: {printable(str(error))} (GREENBAND_DEBUG=1 shows where)",
        FAILED,
    )


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def printable(text: str) -> str:
    """Ids and messages of others must not drive the terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)[:2000]
