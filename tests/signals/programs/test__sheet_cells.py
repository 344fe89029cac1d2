"""Cells of a timing sheet in CSV: every text comes back as it was, and none is a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.programs._sheet_cells import cell_of, stripped, value_of

TEXTS = st.text(alphabet=st.sampled_from("\\,;= -+@[]aé\"'\u00a0"), max_size=12) | st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12
)


@given(TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    cell = cell_of(text)
    assert value_of(cell, "text") == text
    assert value_of(f"  {cell} ", "text") == text
    assert not cell.startswith(("=", "+", "-", "@", "["))


@given(st.lists(TEXTS.filter(bool), max_size=5))
def test_a_list_comes_back_as_it_was(items: list[str]) -> None:
    assert value_of(cell_of(items), "texts") == items


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("12", "seconds", 12),
        (" 12.5 ", "seconds", 12.5),
        ("12,5", "seconds", "12,5"),
        ("1e3", "seconds", "1e3"),
        ("-1", "seconds", "-1"),
        ("nan", "seconds", "nan"),
        ("٣", "whole", "٣"),
        ("9" * 400, "whole", "9" * 400),
        ("TRUE", "truth", True),
        ("false", "truth", False),
        ("yes", "truth", "yes"),
        ("2,6", "wholes", [2, 6]),
        ("2, x", "wholes", [2, "x"]),
        (" , ,", "texts", []),
    ],
)
def test_a_cell_is_read_by_the_kind_of_its_column(cell: str, kind: str, value: object) -> None:
    found = value_of(cell, kind)
    assert (found, type(found)) == (value, type(value))


def test_empty_cells_at_the_end_say_nothing() -> None:
    assert stripped(["a", "", "b", " ", ""]) == ["a", "", "b"]
    assert stripped(["", " "]) == []
