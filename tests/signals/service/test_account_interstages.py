"""What the account says of interstages that change: each value that is why, and where it comes from."""

from __future__ import annotations

from pathlib import Path

from signals.rules import rules_of
from signals.service.account.interstages import interstage_rows
from signals.timing.lawful import lawful
from signals.timing.variants import stage_sets
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
        ("yellow of group 1", "3 s", "4 s"),
        ("red-amber of group 1", "none", "1 s"),
        ("interstage from stage S1 to S2", "5 s", "6 s"),
        ("interstage from stage S2 to S1", "5 s", "6 s"),
    ]
    assert [row.reason for row in rows[:2]] == ["engineer's file rules.toml"] * 2
    longer = "running program, longer by the yellow: engineer's file rules.toml"  # the red clearance stays
    first, more = rows[2].reason.split("; ")
    assert first == f"intergreen from group 1 to 4: 5 s today, 6 s needed ({longer})"
    assert more == "4 more are shorter than they need to be, 6 s"
    assert rows[3].reason == "intergreen from group 4 to 1: 5 s today, 6 s needed (engineer's file rules.toml)"


def test_a_yellow_is_told_of_where_stages_are_left_out_too(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("[intersection.C.group.1]\nyellow_s = 4\n")
    network = crossroads(True)
    old, intersection = touched(network).intersections[0], network.intersections[0]
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")
    fewest = stage_sets(lawful(old, intersection, rules), intersection, rules)[-1]
    rows = list(interstage_rows(old, fewest, intersection, rules))
    assert ("yellow of group 1", "3 s", "4 s") in [(row.what, row.before, row.after) for row in rows]


def test_equal_interstages_say_nothing() -> None:
    network = crossroads()
    timing = touched(network).intersections[0]
    assert list(interstage_rows(timing, timing, network.intersections[0], rules_of(network))) == []
