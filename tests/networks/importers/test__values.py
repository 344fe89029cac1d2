"""Attributes as checked values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.faults import InputError
from networks.importers._values import Reader


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "", "1,5", "0x10", "1_000", "101", "-1"])
def test_numbers_outside_the_range_or_not_finite_are_faults(text: str) -> None:
    reader = Reader("file")
    assert reader.number({"a": text}, "a", "here", 0.0, 100.0) == 0.0
    (fault,) = reader.faults
    assert (fault.what, fault.where, fault.found) == ("a", "file: here", repr(text))


@given(st.floats(-1e6, 1e6))
def test_numbers_in_range_are_read(value: float) -> None:
    reader = Reader("file")
    assert reader.number({"a": repr(value)}, "a", "here", -1e6, 1e6) == value
    assert reader.faults == []


@given(st.text(max_size=20))
def test_any_text_gives_a_finite_number_or_a_fault(text: str) -> None:
    reader = Reader("file")
    assert math.isfinite(reader.number({"a": text}, "a", "here"))
    assert reader.whole({"a": text}, "a", "here") >= 0


@pytest.mark.parametrize("text", ["", "a b", "a\nb", 'a"b', "a<b", "a&b", "a;b", "a\x00b", "a" * 513])
def test_ids_that_no_id_may_be(text: str) -> None:
    reader = Reader("file")
    assert reader.id({"id": text}, "id", "here") == ""
    assert len(reader.faults) == 1


@pytest.mark.parametrize("text", ["a", "-12#3", ":C_0", "cluster_1_2", "Straße", "a.b/c"])
def test_ids_of_real_networks(text: str) -> None:
    reader = Reader("file")
    assert reader.id({"id": text}, "id", "here") == text
    assert reader.faults == []


def test_times_are_whole_deciseconds() -> None:
    reader = Reader("file")
    assert reader.deciseconds({"t": "3.3"}, "t", "here", 0.0, 10.0) == 33
    assert reader.faults == []
    reader.deciseconds({"t": "3.33"}, "t", "here", 0.0, 10.0)
    assert "multiple of 0.1 s" in str(reader.faults[0])


def test_shapes() -> None:
    reader = Reader("file")
    assert reader.shape("1,2 3.5,-4,7", "here") == ((1.0, 2.0), (3.5, -4.0))
    assert reader.faults == []
    for text in ("1", "1,nan", "1,2,3,4", "a,b"):
        assert reader.shape(text, "here") == ()
    assert len(reader.faults) == 4


def test_all_faults_come_in_one_error_and_the_flood_is_counted() -> None:
    reader = Reader("file")
    for index in range(300):
        reader.fault("id", str(index), "x", "y")
    with pytest.raises(InputError) as caught:
        reader.refuse_if_any()
    assert len(caught.value.faults) == 201
    assert caught.value.faults[-1].found == "100 more"
