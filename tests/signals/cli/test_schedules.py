"""What `greenband schedule` says of a schedule, line by line."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from signals.cli.schedules import lines_of_jumps


def test_signals_whose_clocks_jump_alike_share_a_line() -> None:
    def jump(name: str, by_ds: int) -> dict[str, object]:
        return {"intersection_id": name, "at": "2026-03-02T23:00:00+00:00", "by_ds": by_ds, "cycle_ds": 1100}

    lines = [*lines_of_jumps([jump("A", 600), jump("B", 50), jump("C", 600)], ZoneInfo("Europe/Berlin"))]
    first = "forward of a cycle of 110 s, which does not divide the day, first on 2026-03-03 00:00:00"
    assert lines == [
        f"jump: intersections 'A', 'C' by 60 s {first}",
        f"jump: intersection 'B' by 5 s {first}",
    ]
