"""Intersections as values: every pair decided, every channel in one group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.faults import InputError
from networks.junction import Pair, PairKind, SafetyValue
from tests.fakes import crossroads

JUNCTION = crossroads().intersections[0]


def test_pairs_are_found_in_either_order() -> None:
    pair = JUNCTION.pair("4", "1")
    assert pair is JUNCTION.pair("1", "4")
    assert pair.kind is PairKind.CONFLICTING
    with pytest.raises(KeyError):
        JUNCTION.pair("1", "99")
    with pytest.raises(KeyError, match="no signal group"):
        JUNCTION.group("99")


def test_intergreens_have_a_direction() -> None:
    pair = Pair("a", "b", PairKind.CONFLICTING, "", (50, 70))
    assert (pair.clearance_ds("a", "b"), pair.clearance_ds("b", "a")) == (50, 70)


def test_an_undecided_pair_is_refused() -> None:
    with pytest.raises(InputError, match="every pair decided"):
        replace(JUNCTION, pairs=JUNCTION.pairs[1:])


def test_channels_belong_to_exactly_one_group() -> None:
    with pytest.raises(InputError, match="in one group"):
        replace(JUNCTION, channel_count=13)
    groups = (replace(JUNCTION.groups[0], channels=(0, 1)), *JUNCTION.groups[1:])
    with pytest.raises(InputError, match="in one group"):
        replace(JUNCTION, groups=groups)


def test_group_ids_are_unique() -> None:
    groups = (replace(JUNCTION.groups[0], id="1"), *JUNCTION.groups[1:])
    with pytest.raises(InputError, match="unique ids"):
        replace(JUNCTION, groups=groups)


def test_a_safety_time_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        SafetyValue(-1, "nowhere")


def test_the_cycle_is_the_sum_of_the_steps() -> None:
    assert JUNCTION.running.cycle_ds == 800
