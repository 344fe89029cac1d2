"""The nulls of the benchmark, small: real runs, the same plan in both arms, few and short decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.nulls import NULLS, decide_null, prepare, table
from signals.validation import Verdict

pytestmark = pytest.mark.scenario
DECISIONS, PAIRS = 2, 6


def test_the_same_plan_is_not_called_better(tmp_path: Path) -> None:
    street = prepare(tmp_path)
    decided: list[dict[str, object]] = []
    for decision in range(DECISIONS):
        street.held.clear()
        for null in NULLS:
            report = decide_null(street, null, decision, PAIRS)
            assert report.difference is not None
            assert report.difference.deviation_s_per_veh > 0  # the arms do differ: there is something to be wrong about
            share = report.difference.share
            assert {guard.rule for guard in report.guards} >= {"approach not much worse", "no added gridlock"}
            line = {"null": null, "verdict": report.verdict.value, "pairs": PAIRS, "difference_share": share}
            decided.append({**line, "recommended": report.better, "guards_broken": len(report.broken_guards)})
    # Seeds are fixed. One of four would be no surprise (2.5 % each), two would.
    assert sum(line["verdict"] == Verdict.BETTER.value for line in decided) <= 1
    assert street.runs == DECISIONS * PAIRS * 3  # both nulls share the incumbent's runs
    rows = table(decided, DECISIONS)["nulls"]
    assert isinstance(rows, list)
    assert [row["decisions"] for row in rows] == [DECISIONS, DECISIONS]
