"""A question of many plans is handed over, and read, once for each document that they are made from."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import pytest

from signals.control.transitions import Method
from signals.plan import Entry, PlanUse, Schedule
from signals.plan.schedule import WEEKDAYS
from signals.safety import Violation
from signals.service.library import check_folder
from signals.service.library.check_folder import Question
from signals.service.library.judges import ScheduleVerdict
from signals.service.library.judging import Kept

PLANS = 20
KEPT = tuple(Kept((f"{number:064}", "a" * 64, "b" * 64), b"%d" % number, b"net", b"in") for number in range(PLANS))
DAY = Schedule(
    zone="Europe/Berlin",
    valid_from=date(2096, 3, 1),
    valid_to=date(2096, 3, 2),
    plans=tuple(PlanUse(name=f"p{number}", digest=kept.digests[0]) for number, kept in enumerate(KEPT)),
    entries=tuple(Entry(start=time(number), plan=f"p{number}", weekdays=WEEKDAYS) for number in range(PLANS)),
)


class Asked:
    """Judges that keep what they are asked."""

    def __init__(self) -> None:
        self.plans: Sequence[Kept] = ()

    def prepare(self) -> None: ...

    def violations(self, kept: Kept) -> tuple[Violation, ...]:
        raise AssertionError("of a schedule")

    def schedule(self, schedule: Schedule, plans: Sequence[Kept], method: Method | None) -> ScheduleVerdict:
        self.plans = plans
        return ScheduleVerdict({"fit": True}, ())

    def close(self) -> None: ...


def test_what_plans_have_in_common_goes_over_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, read = Counter[str](), Counter[str]()
    write_bytes, read_bytes = Path.write_bytes, Path.read_bytes

    def writing(path: Path, content: bytes) -> int:
        written[path.name] += 1
        return write_bytes(path, content)

    def reading(path: Path) -> bytes:
        read[path.name] += 1
        return read_bytes(path)

    monkeypatch.setattr(Path, "write_bytes", writing)
    monkeypatch.setattr(Path, "read_bytes", reading)
    pipe = check_folder.new_pipe(tmp_path)
    try:
        check_folder.begin(tmp_path, pipe, Question(KEPT, DAY))
        judges = Asked()
        check_folder.answer_in(tmp_path, judges)
    finally:
        os.close(pipe)
    for counted in (written, read):
        assert counted["a" * 64] == counted["b" * 64] == counted[f"{3:064}"] == 1
    assert [(one.digests, one.plan, one.network, one.inputs) for one in judges.plans] == [
        (one.digests, one.plan, one.network, one.inputs) for one in KEPT
    ]
    assert all(one.network is judges.plans[0].network for one in judges.plans)
    assert check_folder.verdict_in(tmp_path).schedule == ScheduleVerdict({"fit": True}, ())
