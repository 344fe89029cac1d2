"""Numbers in words."""

from __future__ import annotations

import math

import pytest

from signals.reports import Gain, words


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_not_a_number_is_not_available(value: float | None) -> None:
    assert words.number(value) == words.share(value) == words.change(1.0, value) == "not available"


def test_numbers_are_grouped_rounded_and_carry_their_unit() -> None:
    assert words.number(12345.67, 1, "s") == "12\u202f345.7 s"
    assert words.share(0.256) == "26 %"
    assert words.change(10.0, 8.5, 1, "s") == "-1.5 s"


def test_more_delay_is_called_more() -> None:
    assert words.gain(Gain(50, 55, 5, 2, 8, 10)).startswith("More delay: +5.0 s per vehicle")
