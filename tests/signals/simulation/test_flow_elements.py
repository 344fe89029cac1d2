"""Flows give the vehicles they say, the same ones every time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from signals.simulation.flow_elements import depart_times_s


def times(**attributes: str) -> list[float]:
    return list(depart_times_s({"id": "f", **attributes}, 100_000))


def test_evenly_spread() -> None:
    assert times(begin="100", end="200", number="4") == [100.0, 125.0, 150.0, 175.0]
    assert times(begin="0", end="10", period="4") == [0.0, 4.0, 8.0]
    assert times(begin="0", end="10", vehsPerHour="1200") == [0.0, 3.0, 6.0, 9.0]
    assert times(begin="5", period="10", number="3") == [5.0, 15.0, 25.0]
    assert times(begin="0", end="10", number="0") == []


def test_by_chance_the_same_every_time_and_about_as_many_as_said() -> None:
    chance = times(begin="0", end="3600", probability="0.25")
    poisson = times(begin="0", end="3600", period="exp(0.25)")
    assert chance == times(begin="0", end="3600", probability="0.25")
    assert poisson == times(begin="0", end="3600", period="exp(0.25)")
    assert abs(len(chance) - 900) < 4 * 26
    assert abs(len(poisson) - 900) < 4 * 30
    assert chance != list(depart_times_s({"id": "g", "end": "3600", "probability": "0.25"}, 10_000))


@given(some.floats(0, 1e5), some.floats(0.5, 1e4), some.integers(1, 500))
def test_a_number_is_met_within_the_flow(begin_s: float, length_s: float, number: int) -> None:
    found = times(begin=f"{begin_s:.2f}", end=f"{begin_s + length_s:.2f}", number=str(number))
    assert len(found) == number
    assert all(first <= second for first, second in itertools.pairwise(found))
    assert found[0] == pytest.approx(begin_s, abs=0.011)
    assert found[-1] <= begin_s + length_s + 0.011


@pytest.mark.parametrize(
    "attributes",
    [{}, {"period": "5"}, {"end": "5"}, {"end": "9", "period": "1", "vehsPerHour": "3"}, {"begin": "9", "end": "1"}],
)
def test_a_flow_that_says_too_little_or_too_much_is_refused(attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        times(**attributes)


def test_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        times(begin="0", end="1000000", vehsPerHour="1000000")


@pytest.mark.parametrize(
    "rate", [{"number": "900000"}, {"period": "0.001"}, {"perHour": "1e6"}, {"period": "exp(900)"}]
)
def test_too_many_are_refused_before_the_first(rate: dict[str, str]) -> None:
    found = depart_times_s({"id": "f", "begin": "0", "end": "3600", **rate}, 100_000)
    with pytest.raises(ValueError, match="more than 100000"):
        next(found)
