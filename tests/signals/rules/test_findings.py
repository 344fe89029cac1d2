"""What is said of many values alike is said once, and nobody of whom it is said is left out."""

from __future__ import annotations

from dataclasses import replace

from networks.junction import Intersection, SafetyValue
from networks.network import Network
from signals.rules import filled_in, rules_of, short
from signals.rules.findings import Finding, told
from tests.fakes import corridor


def test_one_alone_is_told_as_it_is() -> None:
    assert told([Finding("C", "green of 3 s; raised", "1")]) == (
        "intersection 'C', signal group '1': green of 3 s; raised",
    )
    assert told([Finding("C", "1 s where it gives way", "5", "10")]) == (
        "intersection 'C', from signal group '5' to '10': 1 s where it gives way",
    )
    assert told(["without effect", Finding("C", "nothing is known")]) == (
        "without effect",
        "intersection 'C': nothing is known",
    )


def test_groups_and_ways_of_which_the_same_is_said_share_a_line() -> None:
    found = [Finding("C", "short", "1"), Finding("C", "shorter", "2"), Finding("C", "short", "3")]
    assert told(found) == (
        "intersection 'C', signal groups '1', '3': short",
        "intersection 'C', signal group '2': shorter",
    )
    ways = [Finding("C", "short", "1", "4"), Finding("C", "short", "4", "1")]
    assert told(ways) == ("intersection 'C', from signal group '1' to '4', '4' to '1': short",)


def test_intersections_share_it_too_and_those_alike_are_named_together() -> None:
    found = [
        Finding(name, "short", group) for name in ("A", "B", "C") for group in ("1", "2") if (name, group) != ("B", "2")
    ]
    assert told([*found, Finding("D", "short")]) == (
        "4 intersections: short: 'A', 'C', signal groups '1', '2'; 'B', signal group '1'; 'D'",
    )


def test_a_terminal_is_spared_of_long_lists() -> None:
    line = told([Finding(f"J{number}", "short", "1") for number in range(100)])[0]
    cut = short(line)
    assert len(cut) < 350
    assert cut.startswith("100 intersections: short: 'J0', 'J1', ")
    assert cut.endswith("', ... (greenband rules names all)")
    assert short(cut[:290]) == cut[:290]
    assert len(short("J" * 1000)) < 350  # one name without an end


def _yellows_of(network: Network, yellow_ds: int) -> Network:
    def shorter(intersection: Intersection) -> Intersection:
        groups = (replace(one, yellow=SafetyValue(yellow_ds, "running program")) for one in intersection.groups)
        return replace(intersection, groups=tuple(groups))

    return replace(network, intersections=tuple(shorter(one) for one in network.intersections))


def test_a_street_of_short_yellows_is_a_line_or_two() -> None:
    network = _yellows_of(corridor(3), 20)
    rules = rules_of(network, "field", pedestrians="none")
    lines = [line for line in rules.raised if "yellow of 2 s runs today" in line]
    raised = [(one.intersection_id, g.group_id) for one in rules.intersections for g in one.groups if g.yellow_ds != 20]
    assert len(raised) > 20
    assert len(lines) <= 2  # lefts have another speed
    for intersection_id, group_id in raised:
        assert any(repr(intersection_id) in line and repr(group_id) in line for line in lines)
    assert all(f"#   {line}\n" in filled_in(rules, network) for line in lines)
