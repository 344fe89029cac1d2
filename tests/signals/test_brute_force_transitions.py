"""Every second of the old cycle as the moment of a switch: both judges say the same of the way to the new plan."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.side_by_side import side_by_side
from tests.signals.two_judges_of_transitions import SPOILT, as_made, compared


def _holds(said: Counter[str], pairs: int, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{said.total()} pairs of plans judged alike, at every second: {dict(sorted(said.items()))}")
    assert said.total() == pairs
    assert said["as_made: refused"] == 0
    assert said["as_made: accepted"] >= pairs / 3
    assert {f"{spoil.__name__}: refused" for spoil in SPOILT if spoil is not as_made} <= {*said}


@pytest.mark.timeout(900)
def test_both_judge_transitions_alike(capsys: pytest.CaptureFixture[str]) -> None:
    _holds(compared(20261129, 60), 60, capsys)


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_both_judge_a_thousand_transitions_alike(capsys: pytest.CaptureFixture[str]) -> None:
    jobs = [(5000 + number, 25) for number in range(40)]
    _holds(sum(side_by_side(compared, jobs), Counter()), 1000, capsys)
