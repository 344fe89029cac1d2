"""The contract suites' own tools: a member without samples is told what to bring, and damage is damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals import parts
from tests.contracts.handed_in import FOLDER, damaged, sample

KINDS = ("importer", "source", "format")
CONTENT = b"a,b\n1,2.5\n3,4\n"


def test_a_member_without_a_sample_fails_and_is_told_where_to_put_it() -> None:
    with pytest.raises(
        AssertionError, match=r"source 'radar' brings 0 files good.*tests/contracts/samples/source/radar/"
    ):
        sample("source", "radar")


def test_no_sample_is_left_of_a_member_that_is_gone() -> None:
    kept = {(path.parent.name, path.name) for kind in KINDS for path in (FOLDER / kind).iterdir()}
    assert kept == {(kind, name) for kind in KINDS for name in parts.find(kind)}


@given(st.data())
def test_damage_keeps_to_bytes_and_is_seldom_none(data: st.DataObject) -> None:
    many = [data.draw(damaged(CONTENT)) for _ in range(8)]
    assert all(isinstance(one, bytes) for one in many)
    assert any(one != CONTENT for one in many)
