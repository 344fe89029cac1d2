"""Hidden vehicles put back to where they came: conservation, bounds, and what cannot be known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.flows.hidden import Floats, Mask, recover

RECORD_S = 300.0


def street_of(arrivals_veh: list[float], capacity_veh: float) -> tuple[Floats, Mask, Floats]:
    """A queue with a server: what is counted per record, whether somebody waits behind it, who waits at its end."""
    waiting, counted, queue = 0.0, [], []
    for came in arrivals_veh:
        served = min(waiting + came, capacity_veh)
        waiting += came - served
        counted.append(served)
        queue.append(waiting)
    return np.array(counted), np.array(queue) > 1e-9, np.array(queue)


def early_veh(counted: Floats, standing: Mask) -> Floats:
    found = recover(counted, np.full(len(counted), RECORD_S), standing)
    early: Floats = np.cumsum(found.arrivals_veh - counted)
    return early


def test_arrivals_that_fall_evenly_are_found() -> None:
    """100 vehicles a record at first, 20 in the end; 60 get through."""
    arrivals = [30.0, 30.0, *np.linspace(100.0, 20.0, 14), *[20.0] * 4]
    counted, standing, queue = street_of(arrivals, 60.0)
    early = early_veh(counted, standing)
    at = int(np.argmax(queue))
    assert early[at] == pytest.approx(queue[at], rel=0.1)
    assert early[-1] == pytest.approx(0.0, abs=1e-9)


def test_a_queue_that_has_not_cleared_says_nothing() -> None:
    counted, standing, _ = street_of([30.0, 90.0, 90.0, 90.0, 20.0], 60.0)
    found = recover(counted, np.full(5, RECORD_S), standing)
    assert found.arrivals_veh.tolist() == counted.tolist()
    assert not found.cleared.any()


def test_where_nothing_moves_after_the_queue_it_has_not_cleared() -> None:
    counted = np.array([30.0, 60.0, 60.0, 0.0, 0.0, 0.0])
    found = recover(counted, np.full(6, RECORD_S), np.array([0, 1, 1, 0, 0, 0], dtype=bool))
    assert not found.cleared.any()


def test_without_a_queue_counts_are_arrivals() -> None:
    counted = np.array([10.0, 20.0, 30.0])
    found = recover(counted, np.full(3, RECORD_S), np.zeros(3, dtype=bool))
    assert found.arrivals_veh.tolist() == counted.tolist()


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30), st.lists(st.booleans(), min_size=30, max_size=30))
def test_nobody_is_made_up_and_nobody_is_lost(counts: list[float], queued: list[bool]) -> None:
    counted, standing = np.array(counts), np.array(queued[: len(counts)])
    found = recover(counted, np.full(len(counts), RECORD_S), standing)
    early = np.cumsum(found.arrivals_veh - counted)
    assert early[-1] == pytest.approx(0.0, abs=1e-6)
    assert (early >= -1e-6).all()  # nobody is counted before having come
    assert (found.arrivals_veh >= -1e-6).all()
    assert (early <= found.most_early_veh + 1e-6).all()
    assert (early <= counted.sum() / 4 + 1e-6).all()  # the stated bound
    assert np.array_equal(found.arrivals_veh[~found.cleared], counted[~found.cleared])
