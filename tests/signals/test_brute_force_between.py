"""Ways between plans of any body and mode of control: both judges say the same, also of controllers that go by less."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from tests.side_by_side import side_by_side
from tests.signals.two_judges_between import LIMITS, MODES, as_the_rules_say, compared


def _holds(said: Counter[str], pairs: int, refused: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nways between plans under traffic judged alike: {dict(sorted(said.items()))}")
    judged = {name: count for name, count in said.items() if name.endswith(("accepted", "refused"))}
    assert sum(judged.values()) == pairs
    assert said["through red, as_the_rules_say: refused"] == 0
    assert said["through red, as_the_rules_say: accepted"] >= pairs / 5
    assert {f"through red, {name}: refused" for name in refused} <= {*said}


@pytest.mark.timeout(600)
def test_both_judge_ways_under_traffic_alike(capsys: pytest.CaptureFixture[str]) -> None:
    _holds(compared(20261129, 30), 30, {"red_too_short", "yellow_wrong"}, capsys)


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_both_judge_hundreds_of_ways_under_traffic_alike(capsys: pytest.CaptureFixture[str]) -> None:
    said = sum(side_by_side(compared, [(9000 + number, 25) for number in range(16)]), Counter[str]())
    _holds(said, 400, {spoil.__name__ for spoil in LIMITS if spoil is not as_the_rules_say}, capsys)
    kinds = {f"{mode} {body}" for mode, body in itertools.product(MODES, ("stages", "rings"))}
    ways = {
        f"from {old} to {new}" for old, new in itertools.product(kinds, repeat=2) if not (old[:5] == new[:5] == "fixed")
    }
    assert ways <= {*said}
