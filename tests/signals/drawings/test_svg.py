"""SVG as text."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.drawings import svg


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (-0.001, "0"), (1.0, "1"), (10.0, "10"), (-0.5, "-0.5"), (1e7, "10000000"), (2.346, "2.35")],
)
def test_numbers_are_short_and_without_exponent(value: float, written: str) -> None:
    assert svg.number(value) == written


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_drawing_of_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        svg.number(value)


def test_attributes_and_words_are_escaped() -> None:
    drawing = svg.document(10, 10, '<b>"', "a & b", [svg.words("<i>&\"'", 1, 2), svg.rectangle(0, 0, 1, 1, 'x"y')])
    root = ElementTree.fromstring(drawing)
    assert root.findtext("title") == '<b>"'
    assert root.findtext("desc") == "a & b"
    assert root.findtext("text") == "<i>&\"'"
    assert root.find("rect").get("fill") == 'x"y'


def test_long_words_are_shortened_and_stand_in_full_in_the_tooltip() -> None:
    root = ElementTree.fromstring(svg.words("x" * 100, 0, 0))
    assert root.findtext("title") == "x" * 100
    assert len(root.find("title").tail or "") == 43


@given(st.floats(0.01, 1e6), st.integers(1, 20))
def test_ticks_are_round_few_and_within(span: float, most: int) -> None:
    ticks = svg.ticks(span, most)
    assert ticks[0] == 0
    assert len(ticks) <= most + 1
    assert ticks[-1] <= span * (1 + 1e-6)
