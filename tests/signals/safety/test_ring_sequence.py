"""Rings on a street that runs in stages, under `field`: lefts may lead or lag, where no yellow trap arises.

The street runs the throughs of top and bottom (lefts give way), their lefts alone, the throughs of right and left,
their lefts alone. Ring phases 1 and 2 are the left from the right leg and the through from the left leg, 5 and 6 the
other two of that street; 3, 4, 7, 8 are those of top and bottom.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from networks.importers import sumo_net
from signals.plan import IntersectionPlan
from signals.rules import rules_of
from signals.safety import check
from tests.signals.ring_plans import Fields, coordinated, of_sumo, phase, plan_of, rings
from tests.signals.sumo_streets import street

LEFT = {1: "7", 3: "3", 5: "15", 7: "11"}
OPPOSING, OWN = {1: 2, 3: 4, 5: 6, 7: 8}, {1: 6, 3: 8, 5: 2, 7: 4}
PARTS = (((1, 2), (5, 6)), ((3, 4), (7, 8)))  # of each concurrency group: ring 1, ring 2
Change = Callable[[Fields], None]


def _base(fields: Fields) -> None:
    of_sumo(fields)
    for number in range(1, 9):
        phase(fields, number).update(split_ds=150 if number % 2 else 350, min_green_ds=70)
    fields["cycle_ds"] = 1000


def _on_the_ball(fields: Fields) -> None:
    """Lefts give way while the through beside them is green."""
    for left, own in OWN.items():
        phase(fields, own)["yielding_group_ids"] = [LEFT[left]]


def _arrows(fields: Fields) -> None:
    """Flashing yellow arrows, tied to the oncoming through."""
    fields["body"]["overlaps"] = [
        {"group_id": LEFT[left], "parents": [through], "kind": "flashing yellow arrow"}
        for left, through in OPPOSING.items()
    ]


def _order(leads: tuple[bool, bool, bool, bool]) -> Change:
    """Whether the lefts 1, 5, 3, 7 lead."""

    def change(fields: Fields) -> None:
        for (group, ring), lead in zip(product((0, 1), (0, 1)), leads, strict=True):
            left, through = PARTS[group][ring]
            fields["body"]["rings"][ring][group] = [left, through] if lead else [through, left]

    return change


def _broken(*changes: Change) -> set[str]:
    network = sumo_net.read(street("lefts"))
    timing: IntersectionPlan = rings(_base, *changes)
    rules = rules_of(network, "field", pedestrians="none")
    return {violation.rule for violation in check(plan_of(timing, network), network, rules)}


@pytest.mark.parametrize("leads", [*product((True, False), repeat=4)])
def test_with_arrows_every_left_may_lead_or_lag(leads: tuple[bool, bool, bool, bool]) -> None:
    assert _broken(_arrows, _order(leads)) == set()


@pytest.mark.parametrize("leads", [*product((True, False), repeat=4)])
def test_on_the_ball_lefts_lead_or_lag_together(leads: tuple[bool, bool, bool, bool]) -> None:
    """Where one left of a street leads and the other lags, the through beside the lagging one ends before the oncoming
    one, and the left that gives way beside it is trapped."""
    first, second, third, fourth = leads
    trapped = first != second or third != fourth
    broken = _broken(_on_the_ball, _order(leads))
    assert ("yellow-trap" in broken) == trapped
    assert "stages-as-today" not in broken
    if not trapped:
        assert broken == set()  # where one leads, its arrow also goes out under a green that gives way: "change"


@pytest.mark.parametrize(("lead", "trapped"), [(True, False), (False, True)])
def test_actuated_lefts_on_the_ball_are_trapped_where_they_lag(lead: bool, trapped: bool) -> None:
    """A through before a lagging left ends by itself, so that it may end while the oncoming one goes on."""
    assert ("yellow-trap" in _broken(_on_the_ball, _order((lead,) * 4), coordinated)) == trapped


def _parts(*parts: list[list[int]]) -> Change:
    """Concurrency groups, each with its rings."""

    def change(fields: Fields) -> None:
        fields["body"]["rings"] = [list(ring) for ring in zip(*parts, strict=True)]

    return change


def test_barriers_may_lie_elsewhere_in_the_same_round() -> None:
    """Lefts 3 and 7 come before the other street's throughs today as well: that is where the barrier may lie, too."""
    assert _broken(_arrows, _parts([[3, 2], [7, 6]], [[1, 4], [5, 8]])) == set()


OTHER_SEQUENCES = {
    "lefts after the throughs of the other street": _parts([[2, 3], [6, 7]], [[4, 1], [8, 5]]),
    "three barriers, the lefts of both streets one after the other": _parts(
        [[2], [6]], [[4], [8]], [[3], [7]], [[1], [5]]
    ),
    "throughs that are green together one after the other": _parts([[2, 6], [1, 5]], [[3, 4], [7, 8]]),
}


@pytest.mark.parametrize("what", OTHER_SEQUENCES)
def test_what_is_no_lead_or_lag_is_another_sequence(what: str) -> None:
    def even(fields: Fields) -> None:
        for row in fields["body"]["ring_phases"]:
            row |= {"split_ds": 250, "dual_entry": False}
        fields["body"]["coordinated"], fields["reference"] = [2], ["2"]

    assert "stages-as-today" in _broken(_arrows, even, OTHER_SEQUENCES[what])


def test_a_green_beside_another_street_is_not_todays() -> None:
    def overlap(fields: Fields) -> None:
        phase(fields, 2)["group_ids"] = ["13"]
        fields["body"]["overlaps"].append({"group_id": "12", "parents": [2, 7], "kind": "yielding"})

    assert _broken(_arrows, overlap) >= {"stages-as-today"}


def test_a_left_keeps_its_mode() -> None:
    assert _broken(_order((True,) * 4)) == {"left-turn-mode"}  # today they give way as well
