"""How far a whole job is: never backwards, and an estimate only where something was seen."""

from __future__ import annotations

import pytest

from signals.service import job_progress
from signals.service.job_progress import Progress


def test_the_share_of_the_whole_grows_with_the_steps() -> None:
    progress, shares = Progress(), []
    steps: tuple[tuple[str, float | None], ...] = (
        ("read network", None),
        ("optimize", 0.0),
        ("greens, running stages: climbing", 0.5),
        ("race: realisations 1 to 2", 0.5),
        ("optimize", 0.1),
        ("race: best of 4 after 2 realisations", None),
        ("validate: realisations 1001 to 1006", 1.0),
        ("write report", None),
    )
    for step in steps:
        progress.tell(*step)
        shares.append(progress.share)
    assert shares == sorted(shares)
    assert shares[0] < 0.05 < shares[2] < shares[3] < shares[6] < 1.0


def test_time_left_is_told_by_what_was_done_in_this_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 103.0, 110.0])
    monkeypatch.setattr(job_progress, "monotonic", lambda: next(now))
    progress = Progress(_began_s=job_progress.monotonic())
    progress.tell("race", 0.0)
    assert progress.seconds_left() is None, "too early to say"
    progress.tell("validate", 0.5)  # from 0.35 to 0.8 in ten seconds
    assert progress.seconds_left() == pytest.approx(10 * 0.2 / 0.45)
