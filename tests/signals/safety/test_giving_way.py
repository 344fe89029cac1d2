"""A protected left and the oncoming through, which are green together elsewhere: apart like a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.junction import Program, ProgramStep
from networks.network import Network
from networks.running import with_running
from signals.control import timing_of
from signals.plan import TimingPlan
from signals.rules import Rules, rules_of
from signals.safety import Violation, check
from tests.signals.sumo_streets import street

Rows = Sequence[tuple[int, str]]

# Legs top, right, bottom, left; channels of a leg: right, two through, left. Three seconds of yellow, two of all red.
ACROSS = [(290, "rrrrGGGgrrrrGGGg"), (30, "rrrryyygrrrryyyg"), (80, "rrrrrrrGrrrrrrrG"), (30, "rrrrrrryrrrrrrry")]
ACROSS.append((20, "r" * 16))
TODAY = [
    (290, "GGGgrrrrGGGgrrrr"),
    (30, "yyygrrrryyygrrrr"),
    (80, "rrrGrrrrrrrGrrrr"),
    (30, "rrryrrrrrrryrrrr"),
    (20, "r" * 16),
    *ACROSS,
]
LEAD_LAG = [
    (120, "GGGGrrrrrrrrrrrr"),
    (30, "GGGgrrrrrrrrrrrr"),  # the arrow goes out 3 s before the oncoming traffic starts
    (200, "GGGgrrrrGGGgrrrr"),
    (30, "yyyyrrrrGGGgrrrr"),
    (20, "rrrrrrrrGGGgrrrr"),
    (120, "rrrrrrrrGGGGrrrr"),
    (30, "rrrrrrrryyyyrrrr"),
    (20, "r" * 16),
    *ACROSS,
]


@cache
def _network(*rows: tuple[int, str]) -> Network:
    network = sumo_net.read(street("lefts"))
    return with_running(network, [_program(rows)]) if rows else network


def _program(rows: Rows) -> Program:
    return Program("A0", "0", "static", 0, tuple(ProgramStep(state, ds) for ds, state in rows))


def _violations(rows: Rows, today: Rows = TODAY, rules: Rules | None = None) -> tuple[Violation, ...]:
    network = _network(*today)
    timing = timing_of(_program(rows), network.intersections[0])
    plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
    return check(plan, network, rules or rules_of(network))


def _rules_broken(rows: Rows, today: Rows = TODAY) -> set[str]:
    return {violation.rule for violation in _violations(rows, today)}


@pytest.mark.parametrize("today", [TODAY, LEAD_LAG], ids=["lefts last", "lead and lag"])
def test_what_runs_is_safe(today: Rows) -> None:
    assert _violations(today, today) == ()
    assert _network(*today).intersections[0].inherited_faults == ()


def test_the_oncoming_green_waits_until_the_arrow_has_ended() -> None:
    at_once = [(100, TODAY[2][1]), (30, "GGGyrrrrGGGyrrrr"), (290, "GGGrrrrrGGGrrrrr"), (30, "yyyrrrrryyyrrrrr")]
    assert _rules_broken([*at_once, (20, "r" * 16), *ACROSS]) == {"conflict", "intergreen", "yellow-trap"}
    after_yellow = [(100, TODAY[2][1]), TODAY[3], (290, "GGGrrrrrGGGrrrrr"), (30, "yyyrrrrryyyrrrrr")]
    assert _rules_broken([*after_yellow, (20, "r" * 16), *ACROSS]) == {"intergreen"}
    cleared = [*after_yellow[:2], (20, "r" * 16), *after_yellow[2:], (20, "r" * 16), *ACROSS]
    assert _rules_broken(cleared) == set()


@pytest.mark.parametrize("before", ["r", "g"], ids=["from red", "from giving way"])
def test_the_arrow_waits_until_the_oncoming_green_has_ended(before: str) -> None:
    both = f"GGG{before}rrrrGGG{before}rrrr"
    rest = [*TODAY[2:5], *ACROSS]
    assert _rules_broken([(290, both), (30, "yyyGrrrryyyGrrrr"), *rest]) == {"conflict", "intergreen"}
    short = both.replace("GGG", "yyy")
    assert _rules_broken([(290, both), (30, short), *rest]) == set()


def test_an_arrow_that_only_goes_out_needs_its_time_too() -> None:
    """Who entered under it is still inside; as long as today, no more, and only while the left goes on giving way."""
    assert _rules_broken([(120, LEAD_LAG[0][1]), *LEAD_LAG[2:]], LEAD_LAG) == {"intergreen"}
    shorter = [LEAD_LAG[0], (29, LEAD_LAG[1][1]), *LEAD_LAG[2:]]
    assert _rules_broken(shorter, LEAD_LAG) == {"intergreen"}
    by_yellow = [(120, "GGGGrrrrrrrrrrrr"), (30, "GGGyrrrrrrrrrrrr"), (200, "GGGrrrrrGGGgrrrr")]
    rest = [(30, "yyyrrrrrGGGgrrrr"), *LEAD_LAG[4:]]
    assert "intergreen" in _rules_broken([*by_yellow, *rest], LEAD_LAG)
    with_all_red = [*by_yellow[:2], (20, "GGGrrrrrrrrrrrrr"), by_yellow[2], *rest]
    assert _rules_broken(with_all_red, LEAD_LAG) == set()


def test_a_short_time_that_runs_today_is_an_inherited_fault() -> None:
    early = [TODAY[0], (30, "yyyGrrrryyyGrrrr"), *TODAY[2:]]
    network = _network(*early)
    assert {fault.rule for fault in network.intersections[0].inherited_faults} == {"short-intergreen"}
    assert _rules_broken(early, early) == {"conflict", "intergreen"}
    at_once = [(120, LEAD_LAG[0][1]), *LEAD_LAG[2:]]
    assert {fault.rule for fault in _network(*at_once).intersections[0].inherited_faults} == {"short-intergreen"}


def test_the_engineer_can_say_another_time(tmp_path: Path) -> None:
    """Left 3 from the top, through 9 from the bottom; his word holds for the handover as well."""
    path = tmp_path / "rules.toml"
    path.write_text('[[intersection.A0.intergreen]]\nfrom = "3"\nto = "9"\ntime_s = 4\n')
    network = _network(*LEAD_LAG)
    rules = rules_of(network, engineer_file=path)
    (violation,) = _violations(LEAD_LAG, LEAD_LAG, rules)
    assert str(violation).startswith("intergreen: intersection 'A0', from signal group '3' to '9'")
    assert violation.needed == "at least 4 s"
    entry = rules_of(network).intergreen("A0", "3", "9")
    assert entry.time is not None
    assert entry.handover is not None
    assert (entry.time.value_ds, entry.handover.value_ds) == (50, 30)


def test_nothing_is_said_where_both_have_equal_greens_today() -> None:
    """Right turn and left turn into one street, both shown G: the right-of-way table says who goes first."""
    network = _network(*TODAY)
    pair = network.intersections[0].pair("3", "8")
    merging = replace(pair, yields=("3",), together=frozenset({("G", "G")}))
    assert merging.clashes("3") == ()
