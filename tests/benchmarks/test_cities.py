"""Generated cities: whoever comes is led on, and flows are those of a street."""

from __future__ import annotations

import numpy as np

from benchmarks.cities import city


def test_flows_are_led_on_from_stop_line_to_stop_line() -> None:
    p = city(9, 6, seed=2)
    shares = np.bincount(p.feed_to_use, p.feed_share, minlength=p.uses)
    inside = shares > 0.0
    assert 0.5 < inside.mean() < 1.0  # at the edge nobody comes from a signal
    assert np.all(shares[inside] < 1.0)
    assert np.all(p.use_flow_veh_per_h > 0.0)
    carried = np.bincount(p.feed_from_use, p.feed_share * p.use_flow_veh_per_h[p.feed_to_use], minlength=p.uses)
    fed = carried > 0.0
    assert np.allclose(carried[fed], 0.88 * p.use_flow_veh_per_h[fed])  # 12 % end their trip on the way


def test_one_seed_is_one_city() -> None:
    one, same, other = city(4, 3, seed=1), city(4, 3, seed=1), city(4, 3, seed=2)
    assert np.array_equal(one.use_flow_veh_per_h, same.use_flow_veh_per_h)
    assert not np.array_equal(one.use_flow_veh_per_h, other.use_flow_veh_per_h)
