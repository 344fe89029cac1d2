"""A controller between device, memory and link: what it says, what it keeps, and that it keeps what it says."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from networks.faults import Fault, InputError
from signals.delivery.documents import PlanDocument
from signals.delivery.memory_file import MemoryFile
from signals.delivery.messages import Answer
from signals.delivery.orders import Agenda, turn_at
from signals.delivery.signed import digest_of_document
from signals.delivery.station import Station
from tests.signals.delivery.documents import activation, confirmation, plan_document
from tests.signals.delivery.simulated import MemoryOfTest
from tests.signals.delivery.streets import DAY_DS, KEY, NOON_DS, OTHER_KEY, RING

PLAN = digest_of_document(plan_document())


class DeviceOfTest:
    """Takes every plan, and may give back another content, or refuse."""

    def __init__(self, *, gives_back: Mapping[str, Any] | None = None, refuses: str = "") -> None:
        self.plans: dict[str, PlanDocument] = {}
        self.turns: Agenda = ()
        self._gives_back, self._refuses = gives_back, refuses

    def load(self, digest: str, plan: PlanDocument) -> tuple[Fault, ...]:
        if self._refuses:
            return (Fault("split", "ring 1", self._refuses, "more"),)
        self.plans[digest] = plan
        return ()

    def read_back(self, digest: str) -> Mapping[str, Any] | None:
        return self._gives_back or self.plans[digest].content

    def follow(self, turns: Agenda, now_ds: int) -> None:
        self.turns = turns

    def running(self, now_ds: int) -> str | None:
        return turn_at(self.turns, now_ds).plan_digest


def station(memory: MemoryOfTest | None = None, device: DeviceOfTest | None = None, now_ds: int = NOON_DS) -> Station:
    return Station("north", RING, device or DeviceOfTest(), memory or MemoryOfTest(), now_ds)


FULL = Answer(NOON_DS, None, (plan_document(),), ((activation(), confirmation()),))


def test_it_reports_what_is_loaded_ordered_and_running() -> None:
    one = station()
    assert one.take(FULL, NOON_DS, 0) == ()
    before, after = one.report(NOON_DS + 599), one.report(NOON_DS + 600)
    assert (before.loaded, before.orders, before.running) == ({PLAN}, {(7, 1)}, None)
    assert (after.running, after.number) == (7, before.number + 1)


class SlowDevice(DeviceOfTest):
    """Is a minute on its way from plan to plan."""

    def running(self, now_ds: int) -> str | None:
        return super().running(now_ds - 600)


def test_what_it_shows_is_told_in_words() -> None:
    one = station(device=SlowDevice())
    one.take(FULL, NOON_DS, 0)
    local, plan = "runs its local schedule", one._member.plans[PLAN].plan.plan[:12]
    ends = one._agenda[-1].from_ds  # when nobody confirms the order any more
    told = [one.shown(at) for at in (NOON_DS + 1_199, NOON_DS + 1_200, ends - 1, ends, ends + 600)]
    assert told == [local, f"runs plan {plan}, order 7", f"runs plan {plan}, order 7", f"leaves plan {plan}", local]


def test_a_device_that_gives_back_another_plan_is_not_loaded() -> None:
    one = station(device=DeviceOfTest(gives_back={"format": "other"}))
    one.take(FULL, NOON_DS, 0)
    report = one.report(NOON_DS + 600)
    assert (report.loaded, report.running) == (frozenset(), None)
    assert report.refused == ((PLAN, "read back, it differs from what was loaded"),)


def test_what_a_device_refuses_is_reported_with_its_reason_and_not_run() -> None:
    one = station(device=DeviceOfTest(refuses="4\n s"))
    one.take(FULL, NOON_DS, 0)
    report = one.report(NOON_DS + 600)
    assert (report.refused, report.running) == (((PLAN, "ring 1: split: found 4 s, needed more"),), None)


def test_after_a_restart_it_runs_and_reports_the_same() -> None:
    memory = MemoryOfTest()
    one = station(memory)
    one.take(FULL, NOON_DS, 0)
    again = station(memory, now_ds=NOON_DS + 700)
    was, is_now = one.report(NOON_DS + 700), again.report(NOON_DS + 700)
    assert (is_now.loaded, is_now.orders, is_now.running) == (was.loaded, was.orders, 7)
    assert is_now.order > was.order
    assert again.faults == ()
    faults = again.take(Answer(NOON_DS, None, (), ((activation(sequence=6), None),)), NOON_DS, 0)
    assert [fault.what for fault in faults] == ["sequence"]  # it remembers the newest


def test_what_is_said_is_kept_before() -> None:
    class Refusing(MemoryOfTest):
        def write(self, content: bytes) -> None:
            if b"activation" in content:
                raise OSError("disk full")
            super().write(content)

    memory = Refusing()
    one = station(memory)
    with pytest.raises(OSError, match="disk full"):
        one.take(FULL, NOON_DS, 0)
    assert station(memory).report(NOON_DS).orders == frozenset()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"content":{},"digest":"x"}', None])
def test_a_damaged_memory_is_told_and_the_local_schedule_runs(damage: bytes | None) -> None:
    memory = MemoryOfTest()
    station(memory).take(FULL, NOON_DS, 0)
    assert memory.content is not None
    memory.content = memory.content.replace(b'"newest":7', b'"newest":6') if damage is None else damage
    one = station(memory)
    assert [fault.what for fault in one.faults] == ["memory"]
    assert one.report(NOON_DS + 700).running is None


def test_the_memory_of_another_controller_is_not_taken() -> None:
    memory = MemoryOfTest()
    station(memory).take(FULL, NOON_DS, 0)
    one = Station("south", RING, DeviceOfTest(), memory, NOON_DS)
    assert "that of 'north'" in str(one.faults[0])


def test_a_retired_key_takes_nothing_away_and_a_removed_one_all_it_signed() -> None:
    memory = MemoryOfTest()
    one = station(memory)
    one.take(FULL, NOON_DS, 0)
    rotated = RING.rotated(OTHER_KEY.public_hex, NOON_DS, 100)
    one.take(Answer(NOON_DS, KEY.sign(rotated.payload())), NOON_DS, 0)
    assert station(memory, now_ds=NOON_DS + 700).report(NOON_DS + 700).running == 7
    removed = OTHER_KEY.sign(rotated.without(KEY.id).payload())
    one.take(Answer(NOON_DS + 700, removed), NOON_DS + 700, 0)
    for each in (one, station(memory, now_ds=NOON_DS + 700)):
        report = each.report(NOON_DS + 700)
        assert (report.running, report.loaded, report.ring) == (None, frozenset(), 3)


def test_with_a_wrong_clock_no_new_activation_is_accepted() -> None:
    for error_ds, travelled_ds, wrong in ((20, 0, False), (21, 0, True), (-21, 0, True), (60, 80, False)):
        one = station()
        faults = one.take(Answer(NOON_DS, None, (plan_document(),), FULL.orders), NOON_DS + error_ds, travelled_ds)
        report = one.report(NOON_DS)
        assert (report.clock_wrong, bool(report.orders)) == (wrong, not wrong), (error_ds, faults)


def test_what_is_long_over_is_forgotten() -> None:
    memory = MemoryOfTest()
    one = station(memory)
    one.take(FULL, NOON_DS, 0)
    others = tuple(plan_document(plan=f"{number:064}") for number in range(20))
    one.take(Answer(NOON_DS + 2 * DAY_DS), NOON_DS + 2 * DAY_DS, 0)
    assert one.report(NOON_DS).orders == frozenset()
    one.take(Answer(NOON_DS, None, others), NOON_DS, 0)
    assert len(one.report(NOON_DS).loaded) == 8
    assert len(json.loads(memory.content or b"")["content"]["plans"]) == 8


WRITER = """
import sys
from pathlib import Path
from signals.delivery.memory_file import MemoryFile
memory = MemoryFile(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    memory.write((str(number) + ":" + "x" * (number % 50000)).encode())
    print(number, flush=True)
"""


def test_a_memory_file_survives_a_kill_whole_and_not_older_than_what_was_said(tmp_path: Path) -> None:
    path, draw = tmp_path / "memory", random.Random("kill")
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(draw.randint(1, 80))]
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.read().splitlines()
        writer.wait()
        writer.stdout.close()
        number, _, filling = (MemoryFile(path).read() or b"").decode().partition(":")
        assert len(filling) == int(number) % 50_000
        assert int(number) >= int(said[-1])
        assert [each.name for each in tmp_path.iterdir()] == ["memory"]


def test_a_memory_file_needs_a_folder(tmp_path: Path) -> None:
    assert MemoryFile(tmp_path / "memory").read() is None
    with pytest.raises(InputError, match="no folder"):
        MemoryFile(tmp_path / "none" / "memory")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="a readable file"):
        MemoryFile(tmp_path / "folder").read()
