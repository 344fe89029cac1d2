from __future__ import annotations

from signals.plan import IntersectionPlan, RingsBody
from signals.timing.rings.barriers import together_at_barriers
from tests.signals.ring_plans import Fields, phase, rings


def _splits_s(body: object) -> dict[int, int]:
    assert isinstance(body, RingsBody)
    return {number: split_ds // 10 for number, split_ds in together_at_barriers(body).items()}


def _timed(recall: str, **splits_s: int) -> IntersectionPlan:
    def change(fields: Fields) -> None:
        for name, split_s in splits_s.items():
            phase(fields, int(name[1:]))["split_ds"] = 10 * split_s
        for number in range(1, 9):
            phase(fields, number)["recall"] = recall
            phase(fields, number)["min_green_ds"] = 70 if number % 2 == 0 else 50
        fields["cycle_ds"] = 500 + 10 * (splits_s["p3"] + splits_s["p4"])

    return rings(change)


def test_a_last_split_reaches_to_where_the_other_ring_can_go() -> None:
    """In SUMO 8 ended 7 s after it began at 10 s, when 4, begun at 11 s, still had to show its 7 s."""
    found = _splits_s(_timed("minimum", p3=11, p4=14, p7=13, p8=12).body)
    assert (found[3], found[4], found[7], found[8]) == (11, 14, 12, 13)


def test_who_may_be_skipped_gives_more() -> None:
    """A left that nobody calls brings the last ring phase forward by its whole split."""
    found = _splits_s(_timed("none", p3=13, p4=22, p7=13, p8=22).body)
    assert (found[3], found[4]) == (11, 24)  # 4 begins at 0 s at the earliest: green for 19 s, 8 has had 7 s at 18 s


def test_splits_with_room_stay_and_so_do_those_without_a_way_out() -> None:
    as_planned = rings()
    assert isinstance(as_planned.body, RingsBody)
    assert together_at_barriers(as_planned.body) == {p.number: p.split_ds for p in as_planned.body.ring_phases}
    tight = _timed("none", p3=10, p4=12, p7=10, p8=12)
    assert _splits_s(tight.body) == {1: 15, 2: 35, 3: 10, 4: 12, 5: 17, 6: 33, 7: 10, 8: 12}
