"""Faults: every one named, all in one error."""

from __future__ import annotations

import pytest

from networks.faults import Fault, InputError, refuse_if_any


def test_a_fault_says_what_where_found_and_needed() -> None:
    assert str(Fault("speed", "lane 'a'", "nan", "a number")) == "lane 'a': speed: found nan, needed a number"


def test_all_faults_come_in_one_error() -> None:
    faults = [Fault("a", "here", "x", "y"), Fault("b", "there", "x", "y")]
    with pytest.raises(InputError) as caught:
        refuse_if_any(iter(faults))
    assert caught.value.faults == tuple(faults)
    assert str(caught.value).count("\n") == 1


def test_no_fault_no_error() -> None:
    refuse_if_any([])
