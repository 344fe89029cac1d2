"""Turning counts: one row per movement and time."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.detectors import turning_counts
from signals.flows import TURN_COLUMNS

HEADER = "from_link,to_link,start,duration,count\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "turns.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_counts_per_movement(tmp_path: Path) -> None:
    rows = "b,c,0,900,\na,b,900,900,5\na,b,0,900,7\n"
    turns = turning_counts.read(written(tmp_path, HEADER + rows))
    assert tuple(turns.columns) == TURN_COLUMNS
    assert turns["count_veh"].tolist()[:2] == [7.0, 5.0]
    assert turns["count_veh"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,=b,0,900,1\n", "formula"),
        ("a,b,0,900,-1\n", "whole number"),
        ("a,b,0,900,1\na,b,0,900,2\n", "movement a -> b: found 'the same start as line 2'"),
        ("a,b,2026-01-01T00:00:00,900,1\n", "no zone"),
        ("", "a header without rows"),
    ],
)
def test_faults(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        turning_counts.read(written(tmp_path, HEADER + rows))
