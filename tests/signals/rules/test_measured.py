"""Measured saturation flows as they are kept beside a plan."""

from __future__ import annotations

import pytest

from signals.rules import MeasuredFlow
from signals.rules.measured import read_again, written

FLOWS = (
    MeasuredFlow(intersection_id="A0", group_id="1", veh_per_h_per_lane=1712.5, source="measured: 8 intervals ± 20"),
    MeasuredFlow(intersection_id="B0", group_id="4", veh_per_h_per_lane=1500.0, source="measured: 9 intervals"),
)


def test_what_was_written_reads_the_same() -> None:
    assert read_again(written(FLOWS)) == FLOWS
    assert read_again(written(())) == ()


@pytest.mark.parametrize("change", [(b"1712.5", b"17"), (b'"A0"', b"3"), (b"[", b""), (b"source", b"sources")])
def test_what_does_not_read_so_is_absent(change: tuple[bytes, bytes]) -> None:
    assert read_again(written(FLOWS).replace(*change, 1)) == ()
