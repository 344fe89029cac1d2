"""An attempt is known by its name."""

from __future__ import annotations

from signals.service.attempts import Attempt, attempt_from, parts_of


def test_a_name_and_back() -> None:
    attempt = Attempt("0" * 32, 2, 11)
    assert str(attempt) == f"{'0' * 32}-2.11"
    assert attempt_from(str(attempt)) == attempt
    assert parts_of(f"{'0' * 32}-2") == ("0" * 32, 2)
