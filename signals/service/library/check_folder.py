"""The folder in which a program makes one safety check: what it is asked, its word to begin, its answer.

The program comes before its question: it imports what it needs, then waits for a byte in the pipe of the folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from signals.control.transitions import Method
from signals.files import write_whole
from signals.plan import Schedule
from signals.safety import Violation
from signals.service.library.judges import CheckFailed, Judges, ScheduleVerdict
from signals.service.library.judging import Kept
from signals.store.steps import canonical_bytes

_WORD, ASKED, _ANSWER = "begin", "asked.json", "verdict.json"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the one plan may go out, or, with a schedule, whether that may run."""

    plans: tuple[Kept, ...]
    schedule: Schedule | None = None
    method: Method | None = None

    def document(self) -> dict[str, Any]:
        """The question without the bytes that its digests name (of each plan: plan, network, inputs)."""
        schedule = None if self.schedule is None else self.schedule.model_dump(mode="json")
        return {"plans": [[*kept.digests] for kept in self.plans], "schedule": schedule, "method": self.method}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was asked, and the answer: what breaks a rule in the plan, or of the schedule, or what is no document."""

    asked: Mapping[str, Any]
    violations: tuple[Violation, ...] = ()
    schedule: ScheduleVerdict | None = None
    faults: tuple[Fault, ...] = ()


def new_pipe(folder: Path) -> int:
    """Make the pipe; the descriptor with which `begin` writes to it, at whichever time the program comes to read."""
    os.mkfifo(folder / _WORD, 0o600)
    return os.open(folder / _WORD, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


def begin(folder: Path, pipe: int, question: Question) -> None:
    """Hand question and documents over, and say so."""
    contents: dict[str, bytes] = {}
    for kept in question.plans:
        contents.update(zip(kept.digests, (kept.plan, kept.network, kept.inputs), strict=True))
    for digest, content in contents.items():
        (folder / digest).write_bytes(content)
    (folder / ASKED).write_bytes(canonical_bytes(question.document()))
    os.write(pipe, b"1")


def answer_in(folder: Path, judges: Judges) -> None:
    """In the program: wait for the word, check, answer."""
    with (folder / _WORD).open("rb", buffering=0) as pipe:
        pipe.read(1)
    asked = json.loads((folder / ASKED).read_bytes())
    read = cache(lambda digest: (folder / digest).read_bytes())
    plans = [_kept(digests, read) for digests in asked["plans"]]
    found: dict[str, Any] = {"asked": asked}
    try:
        if asked["schedule"] is None:
            (plan,) = plans
            found["violations"] = [asdict(one) for one in judges.violations(plan)]
        else:
            schedule = Schedule.model_validate_json(canonical_bytes(asked["schedule"]))
            found["schedule"] = asdict(judges.schedule(schedule, plans, asked["method"]))
    except InputError as error:
        found["faults"] = [asdict(fault) for fault in error.faults]
    write_whole(folder / _ANSWER, canonical_bytes(found), lasting=False)


def _kept(digests: Sequence[str], read: Callable[[str], bytes]) -> Kept:
    plan, network, inputs = digests
    return Kept((plan, network, inputs), *map(read, digests))


def verdict_in(folder: Path) -> Verdict:
    """The answer. Raises `CheckFailed` where there is none."""
    try:
        raw = json.loads((folder / _ANSWER).read_bytes())
        asked = raw["asked"]
        if "faults" in raw:
            return Verdict(asked, faults=tuple(Fault(**one) for one in raw["faults"]))
        if "violations" in raw:
            return Verdict(asked, tuple(Violation(**one) for one in raw["violations"]))
        told = raw["schedule"]
        return Verdict(asked, schedule=ScheduleVerdict(dict(told["document"]), tuple(map(str, told["reasons"]))))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckFailed(f"there is no verdict that can be read ({type(error).__name__})") from error
