"""The declared table is checked at the door."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from networks.faults import InputError
from signals.flows.records import check_records, looks_like_formula, record_frame, shown


def frame(**changed: object) -> pd.DataFrame:
    columns: dict[str, object] = {
        "detector_id": ["b", "a"],
        "start_s": [0.0, 300.0],
        "duration_s": [300.0, 300.0],
        "count_veh": [3.0, math.nan],
        "occupancy_share": [0.1, math.nan],
        "speed_m_per_s": [8.0, math.nan],
    }
    return record_frame(**(columns | changed))  # type: ignore[arg-type]


def test_sorted_and_in_utc() -> None:
    records = frame()
    check_records(records)
    assert records["detector_id"].tolist() == ["a", "b"]
    assert str(records["start"].dt.tz) == "UTC"


def test_everything_impossible_is_named() -> None:
    bad = frame(duration_s=[0.0, 300.0], count_veh=[-1.0, 2.0], occupancy_share=[1.5, 0.0], speed_m_per_s=[-1.0, 5.0])
    with pytest.raises(InputError) as caught:
        check_records(bad)
    assert [fault.what for fault in caught.value.faults] == [
        "duration_s",
        "count_veh",
        "occupancy_share",
        "speed_m_per_s",
    ]
    with pytest.raises(InputError, match="no count_veh"):
        check_records(frame().drop(columns="count_veh"))
    with pytest.raises(InputError, match="UTC instants"):
        check_records(frame().assign(start=0))


def test_values_in_messages_are_short_and_printable() -> None:
    assert shown("x" * 500).endswith("...'")
    assert "\x1b" not in shown("\x1b[31m")
    assert looks_like_formula("=1")
    assert not looks_like_formula("-123#1_0")
