"""Coordinated rings that do not keep to the clock are told, whatever traffic made of them; those that do are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.intervals import second_by_second
from signals.plan import IntersectionPlan, OffsetReference
from signals.programs.sumo import write
from signals.safety import audit
from tests.fakes import crossroads
from tests.signals.ring_plans import Fields, coordinated, of_sumo, phase, plan_of, rings
from tests.signals.sumo_streets import executed, street

Change = Callable[[Fields], None]
Splits = dict[int, int]  # seconds more or less than planned
CYCLE_S = 90
EARLY: Splits = {4: -4, 8: -4, 2: 4, 6: 4}  # the side street is through early, the main street returns early
SKIPPED: Splits = {3: -3, 7: -5, 4: 3, 8: 5, 1: -4, 2: 4}


def _changed(splits: Splits) -> Change:
    def change(fields: Fields) -> None:
        for number, more_s in splits.items():
            phase(fields, number)["split_ds"] += 10 * more_s

    return change


def _cycle(cycle_s: int) -> Change:
    return lambda fields: fields.update(cycle_ds=10 * cycle_s)


def _at(offset_s: int) -> Change:
    """The coordinated greens end at this second of the clock."""
    return lambda fields: fields.update(
        offset_ds=10 * offset_s, offset_reference=OffsetReference.GREEN_END, reference=["2"]
    )


def _recall(*numbers: int) -> Change:
    def change(fields: Fields) -> None:
        for number in numbers:
            phase(fields, number)["recall"] = "minimum"

    return change


def _shown(cycles: Sequence[tuple[int, Splits]], begin_s: int = 0) -> list[tuple[float, str]]:
    """Cycle by cycle, from end to end of the coordinated greens: how late it begins, for which the next ring phases are
    shorter, and which splits are others."""
    rows: list[str] = []
    for (late_s, splits), (following_s, _) in zip(cycles, [*cycles[1:], (0, {})], strict=True):
        moved = {3: -late_s, 7: -late_s, 2: following_s, 6: following_s}
        timing = rings(_changed(splits), _changed(moved), _at(0), _cycle(CYCLE_S + following_s - late_s))
        rows += second_by_second(timing)
    return [(float(begin_s + cycles[0][0] + second), picture) for second, picture in enumerate(rows)]


def _faults(shown: list[tuple[float, str]], *changes: Change) -> list[str]:
    found = audit({"C": shown}, plan_of(rings(coordinated, _at(0), *changes)), crossroads())
    return [f"{one.where.split(', ')[1]}: {one.found}" for one in found if ", ring phase" in one.where]


def test_what_traffic_may_do_is_none() -> None:
    assert _faults(_shown([(0, {}), (0, EARLY), (0, SKIPPED), (0, EARLY)] * 4)) == []
    late: list[tuple[int, Splits]] = [(0, {}), (0, EARLY), (3, {}), (0, {}), (2, EARLY), (0, SKIPPED)]
    assert _faults(_shown(late * 3)) == []  # nobody had called until then


@pytest.mark.parametrize("late_s", [45, 2, -2, 88])
def test_another_clock_is_told(late_s: int) -> None:
    found = _faults(_shown([(0, {}), (0, EARLY)] * 6, begin_s=late_s))
    assert any(one.startswith("ring phase 2") for one in found)


def test_the_usual_end_is_that_of_the_clock() -> None:
    """Each end could be by the first call of the cycle, but not all of them at the same second."""
    early: Splits = {4: -4, 8: -4, 1: 2, 5: 2}  # nothing of the side street and the lefts lasts for its split
    shown = _shown([(0, early | {1: -4, 5: -4, 2: 8, 6: 8, 3: -2, 7: -2, 4: -2, 8: -2})] * 12, begin_s=2)
    assert _faults(shown) == [f"ring phase {number}: 8 of 8 ends at 2 s into the cycle" for number in (2, 6)]
    assert _faults(shown[: 8 * CYCLE_S]) == []  # too few to be usual


def test_who_comes_back_late_is_told() -> None:
    """Ring phase 4 yields 40 s after the coordinated greens: yellow and red of those, then 13 and 27 s less its own."""
    late: Splits = {4: 2, 8: 2, 1: -2, 5: -2}
    found = _faults(_shown([(0, {})] * 4 + [(0, late)] + [(0, {})] * 4))
    assert found == [f"ring phase {number}: ended at second 402, 42 s into the cycle" for number in (4, 8)]


def test_a_coordinated_green_that_ends_early_is_told() -> None:
    found = _faults(_shown([(0, {})] * 5 + [(-1, {})] + [(0, {})] * 2))
    assert found == [f"ring phase {number}: ended at second 449, 89 s into the cycle" for number in (2, 6)]


def test_where_somebody_always_calls_it_ends_at_its_second() -> None:
    late = _shown([(0, {})] * 4 + [(3, {})] + [(0, {})] * 3)
    assert _faults(late) == []
    told = [f"ring phase {number}: ended at second 363, 3 s into the cycle" for number in (2, 6)]
    assert _faults(late, _recall(3)) == _faults(late, _recall(7)) == told
    assert _faults(late, _recall(4)) == []  # SUMO keeps the place of 3 for as long as it fits, called or not


def test_who_begins_amid_a_cycle_has_three_cycles_to_get_in_step() -> None:
    begun = _shown([(0, {})] * 2, begin_s=45)
    waiting = [(225.0 + second, begun[-1][1]) for second in range(45)]
    assert _faults([*begun, *waiting, *_shown([(0, {})] * 9, begin_s=270)]) == []
    assert _faults(begun) == []


# --- the real SUMO --------------------------------------------------------------------------------------------------

NETWORK = sumo_net.read(street("lefts"))
KINDS: dict[str, tuple[Change, ...]] = {
    "nobody recalled": (),
    "all recalled": (_recall(*range(1, 9)),),
    "throughs recalled": (_recall(4, 8),),
    "fixed force-offs": (lambda fields: fields["body"].update(force_off="fixed"),),
    "first yellow": (lambda fields: fields.update(offset_reference=OffsetReference.FIRST_YELLOW),),
    "barrier": (lambda fields: fields.update(offset_reference=OffsetReference.BARRIER),),
    "clearances that differ": (
        lambda fields: phase(fields, 8).update(yellow_ds=40),
        lambda fields: phase(fields, 6).update(red_clearance_ds=30),
    ),
}


def _moved(offset_ds: int) -> Change:
    return lambda fields: fields.update(offset_ds=(fields["offset_ds"] + offset_ds) % 900)


OTHERS: dict[str, Change] = {
    "45 s elsewhere": _moved(450),
    "2 s later": _moved(20),
    "2 s sooner": _moved(-20),
    "main street 2 s longer": _changed({2: 2, 6: 2, 4: -2, 8: -2}),
    "main street 2 s shorter": _changed({2: -2, 6: -2, 4: 2, 8: 2}),
}


def _timing(*changes: Change) -> IntersectionPlan:
    return rings(of_sumo, coordinated, lambda fields: fields.update(offset_ds=200), *changes)


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_what_sumo_shows_is_on_the_clock_of_its_plan_and_of_no_other(
    changes: tuple[Change, ...], tmp_path: Path
) -> None:
    write(plan_of(_timing(*changes), NETWORK), NETWORK, tmp_path / "plan.add.xml")
    shown = executed(street("lefts"), tmp_path / "plan.add.xml", tmp_path, 1800)
    assert audit({"A0": shown["A0"][270:]}, plan_of(_timing(*changes), NETWORK), NETWORK) == ()
    for name, other in OTHERS.items():
        if name == "main street 2 s shorter" and KINDS["first yellow"] == changes:
            continue  # its end is where it was, and the side street may do with less than its split
        found = audit(shown, plan_of(_timing(*changes, other), NETWORK), NETWORK)
        assert any("into the cycle" in one.found for one in found), name
