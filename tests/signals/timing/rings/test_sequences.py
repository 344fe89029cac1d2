from __future__ import annotations

import itertools

from networks.network import Network
from signals.plan import IntersectionPlan, RingsBody
from signals.rules import rules_of
from signals.safety import check
from signals.timing.rings.forms import coordinated_rings, fixed_rings, rings_today
from signals.timing.rings.sequences import InOrder, sequences
from tests.signals.hand_built import dual_ring
from tests.signals.ring_plans import coordinated, of_sumo, plan_of, rings
from tests.signals.ring_streets import running_in_rings

_USES = [("lane", "13", 600.0, 1800.0), ("lane", "7", 200.0, 1800.0), ("lane", "9", 300.0, 1800.0)]


def _found(network: Network, *, responsive: bool, profile: str = "literature") -> list[InOrder]:
    intersection = network.intersections[0]
    rules = rules_of(network, profile, pedestrians="none")
    today = rings_today(intersection)
    assert today is not None
    fixed, responding = fixed_rings(today, intersection, rules), lambda timing: coordinated_rings(timing, today)
    return sequences(fixed, network, rules, _USES, responding=responding if responsive else None)


def _orders(found: list[InOrder]) -> set[tuple[object, ...]]:
    return {one.timing.body.rings for one in found if isinstance(one.timing.body, RingsBody)}


def test_protected_lefts_lead_or_lag_in_every_ring_and_group() -> None:
    network = running_in_rings("lefts", rings(of_sumo))
    found = _found(network, responsive=False, profile="field")
    ways = [[((1, 2), (2, 1)), ((3, 4), (4, 3))], [((5, 6), (6, 5)), ((7, 8), (8, 7))]]
    assert _orders(found) == {*itertools.product(*(itertools.product(*ring) for ring in ways))}
    rules = rules_of(network, "field", pedestrians="none")
    for one in found:
        assert check(plan_of(one.timing, network), network, rules) == ()
        assert one.timing.cycle_ds == 900


def test_what_traffic_asks_for_decides_the_splits() -> None:
    first = _found(running_in_rings("lefts", rings(of_sumo)), responsive=False)[0].timing.body
    assert isinstance(first, RingsBody)
    assert first.phase(2).split_ds > 2 * first.phase(1).split_ds
    assert first.phase(1).split_ds > first.phase(3).split_ds  # nobody counted for 3


def test_what_sumo_coordinates_stays_last_before_its_barrier() -> None:
    network = running_in_rings("lefts", rings(of_sumo, coordinated))
    found = _found(network, responsive=True)
    assert {ring[0] for order in _orders(found) for ring in order} == {(1, 2), (5, 6)}  # type: ignore[index]
    assert len(_orders(found)) == 4
    today = rings_today(network.intersections[0])
    assert today is not None
    for one in found:
        responsive = coordinated_rings(one.timing, today)
        assert check(plan_of(responsive, network), network, rules_of(network)) == ()


def test_no_order_traps_a_left() -> None:
    """Left 1 gives way beside 6, the through of its own approach, with no arrow: where left 5 lags, 6 ends while the
    oncoming 2 stays green, and who waits in the junction is trapped."""

    def without_arrow(timing: IntersectionPlan) -> IntersectionPlan:
        values = timing.model_dump()
        values["body"]["overlaps"] = tuple(one for one in values["body"]["overlaps"] if one["group_id"] != "7")
        for row in values["body"]["ring_phases"]:
            row["yielding_group_ids"] += ("7",) if row["number"] == 6 else ()
        return IntersectionPlan.model_validate(values)

    network = running_in_rings("crossings", without_arrow(dual_ring()))
    rules = rules_of(network)
    found = _found(network, responsive=False)
    assert all(check(plan_of(one.timing, network), network, rules) == () for one in found)
    main = {tuple(ring[0] for ring in order) for order in _orders(found)}  # type: ignore[index]
    assert ((1, 2), (5, 6)) in main
    assert ((1, 2), (6, 5)) not in main
    today = rings_today(network.intersections[0])
    assert today is not None
    assert isinstance(today.body, RingsBody)
    lagging = today.body.model_copy(update={"rings": (today.body.rings[0], ((6, 5), (7, 8)))})
    trapped = check(plan_of(today.model_copy(update={"body": lagging}), network), network, rules)
    assert "yellow-trap" in {violation.rule for violation in trapped}
