"""What the account says of interstages that change: each value that is why, and where it comes from."""

from __future__ import annotations

from pathlib import Path

from signals.rules import rules_of
from signals.service.account.interstages import interstage_rows
from signals.timing.lawful import lawful
from tests.fakes import crossroads
from tests.signals.plans import touched

ASKED = """
[intersection.C.group.1]
yellow_s = 4
red_amber_s = 1
[[intersection.C.intergreen]]
from = "4"
to = "1"
time_s = 6
"""


def test_each_value_that_is_why_is_named_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(ASKED)
    network = crossroads()
    old, intersection = touched(network).intersections[0], network.intersections[0]
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")
    rows = list(interstage_rows(old, lawful(old, intersection, rules), intersection, rules))
    assert [(row.what, row.before, row.after) for row in rows] == [
        ("interstage from stage S1 to S2", "5 s", "6 s"),
        ("interstage from stage S2 to S1", "5 s", "6 s"),
    ]
    assert "yellow of group 1: 3 s to 4 s (engineer's file rules.toml)" in rows[0].reason
    assert "intergreen from group 1 to 4: 5 s to 6 s" in rows[0].reason  # the red clearance stays
    assert "red-amber of group 1: 0 s to 1 s (engineer's file rules.toml)" in rows[1].reason
    assert "intergreen from group 4 to 1: 5 s to 6 s (engineer's file rules.toml)" in rows[1].reason


def test_equal_interstages_say_nothing() -> None:
    network = crossroads()
    timing = touched(network).intersections[0]
    assert list(interstage_rows(timing, timing, network.intersections[0], rules_of(network))) == []
