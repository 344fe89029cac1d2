"""Times in the words of people, whatever number a document holds."""

from __future__ import annotations

import pytest

from signals.delivery.spoken import instant, seconds


@pytest.mark.parametrize(("ds", "told"), [(390, "39 s"), (395, "39.5 s"), (0, "0 s"), (10**30, f"{10**29} s")])
def test_lengths_are_told_in_seconds(ds: int, told: str) -> None:
    assert seconds(ds) == told


@pytest.mark.parametrize(
    ("ds", "told"),
    [
        (17_960_460_559, "2026-11-30 13:40:55 UTC"),
        (10**40, f"{10**40} ds since 1970"),
        (-(10**40), f"{-(10**40)} ds since 1970"),
        (None, "for ever"),
    ],
)
def test_instants_are_told_by_the_calendar(ds: int | None, told: str) -> None:
    assert instant(ds) == told
