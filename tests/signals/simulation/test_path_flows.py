"""Vehicles per path and interval: they make the movements that were wanted, when they were wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from networks.demand import Demand, Knowledge, MovementDemand, Period
from networks.faults import InputError
from networks.network import Network
from signals.simulation.path_flows import PathFlows, fit_paths
from signals.simulation.paths import Movement, movements_of
from tests.fakes import corridor
from tests.signals.simulation.test_paths import demand_of

NETWORK = corridor(3)
INTERVAL_S = 300.0


def periods(count: int) -> tuple[Period, ...]:
    return tuple(Period(INTERVAL_S * at, INTERVAL_S * (at + 1)) for at in range(count))


def made_veh(flows: PathFlows) -> list[Counter[Movement]]:
    """Vehicles per movement and interval, by departures that spread evenly over their interval."""
    made: list[Counter[Movement]] = [Counter() for _ in flows.periods]
    for path, passes_s, by_interval in zip(flows.paths, flows.passes_s, flows.vehicles, strict=True):
        for movement, after_s in zip(movements_of(path), passes_s, strict=True):
            for departed, veh in zip(flows.periods, by_interval.tolist(), strict=True):
                for at, passed in enumerate(flows.periods):
                    begin_s = max(departed.begin_s + after_s, passed.begin_s)
                    overlap_s = min(departed.end_s + after_s, passed.end_s) - begin_s
                    made[at][movement] += veh * max(overlap_s, 0.0) / departed.duration_s
    return made


def counted(flows: PathFlows) -> tuple[Demand, tuple[Demand, ...]]:
    """What would be estimated from perfect counts of these vehicles: the whole period and its intervals."""
    made = made_veh(flows)
    begun = [Counter({path[0]: 0.0 for path in flows.paths}) for _ in flows.periods]
    for path, by_interval in zip(flows.paths, flows.vehicles, strict=True):
        for at, veh in enumerate(by_interval.tolist()):
            begun[at][path[0]] += veh
    parts = tuple(demand(*rows) for rows in zip(flows.periods, made, begun, strict=True))
    whole = Period(flows.periods[0].begin_s, flows.periods[-1].end_s)
    return demand(whole, sum(made, Counter()), sum(begun, Counter())), parts


def demand(period: Period, moves: Counter[Movement], begins: Counter[str]) -> Demand:
    per_h = 3600.0 / period.duration_s
    rows = (MovementDemand(*key, veh * per_h, 0.0, Knowledge.OBSERVED) for key, veh in sorted(moves.items()))
    return Demand(period, tuple(rows), tuple((link, veh * per_h) for link, veh in sorted(begins.items())))


def fitted(demands: Sequence[Demand], network: Network = NETWORK) -> PathFlows:
    """Flows fitted to parts, with their mean as the whole period."""
    period = Period(demands[0].period.begin_s, demands[-1].period.end_s)
    return fit_paths(replace(demands[0], period=period), demands, network)


def true_flows(vehicles: NDArray[np.float64]) -> PathFlows:
    """All paths of the corridor, with these vehicles per interval (the same mean on each path)."""
    one = demand_of(NETWORK)
    flows = fitted([replace(one, period=period) for period in periods(vehicles.shape[1])])
    return replace(flows, vehicles=vehicles)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_was_counted_is_made_when_it_was_counted(seed: int) -> None:
    """Any vehicles -> counts of their movements, interval by interval -> vehicles that make the same counts."""
    shape = (len(true_flows(np.ones((1, 4))).paths), 4)
    whole, parts = counted(true_flows(np.random.default_rng(seed).uniform(1.0, 9.0, shape)))
    flows = fit_paths(whole, parts, NETWORK)
    for wanted, made in zip(flows.wanted, made_veh(flows), strict=True):
        for movement, veh in wanted.items():
            assert made[movement] == pytest.approx(veh, rel=0.1, abs=0.5)


def test_who_is_on_the_way_when_the_period_ends_departs_all_the_same() -> None:
    """Far movements count only who got there; as many vehicles depart as entered, and more than got there."""
    vehicles = np.full((len(true_flows(np.ones((1, 2))).paths), 2), 6.0)
    whole, parts = counted(true_flows(vehicles))
    flows = fit_paths(whole, parts, NETWORK)
    assert flows.vehicles.sum() == pytest.approx(vehicles.sum(), rel=0.02)
    last = ("C1C2", "C2E2")
    bound_for_it = sum(flows.vehicles[at].sum() for at, path in enumerate(flows.paths) if last in movements_of(path))
    made_it = sum(made[last] for made in made_veh(flows))
    assert 0.5 * bound_for_it < made_it < 0.95 * bound_for_it


def test_how_much_is_the_periods_and_when_is_the_parts() -> None:
    """Parts that count half of the period's flow, three quarters of it in the first."""
    whole = replace(demand_of(NETWORK), period=Period(0.0, 600.0))
    parts = [
        replace(
            whole,
            period=period,
            movements=tuple(replace(row, flow_veh_per_h=share * row.flow_veh_per_h) for row in whole.movements),
            link_inflow_veh_per_h=tuple((link, share * flow) for link, flow in whole.link_inflow_veh_per_h),
        )
        for period, share in zip(periods(2), (0.75, 0.25), strict=True)
    ]
    flows = fit_paths(whole, parts, NETWORK)
    for row in whole.movements:
        if row.flow_veh_per_h > 1.0:
            early, late = (wanted[row.from_link_id, row.to_link_id] for wanted in flows.wanted)
            assert early + late == pytest.approx(row.flow_veh_per_h / 6.0)
            assert early == pytest.approx(3.0 * late)


def test_a_last_interval_of_another_length_gets_its_part() -> None:
    one = demand_of(NETWORK)
    lengths = (Period(0.0, 300.0), Period(300.0, 600.0), Period(600.0, 750.0))
    flows = fitted([replace(one, period=period) for period in lengths])
    _, second, last = flows.vehicles.sum(axis=0).tolist()
    assert last == pytest.approx(second / 2.0, rel=0.1)


def test_no_path_and_ids_that_cannot_stand_in_a_file_are_refused() -> None:
    with pytest.raises(InputError, match="no vehicle on any path"):
        fitted([Demand(Period(0.0, 900.0), (), ())])
    one = demand_of(NETWORK)
    strange = replace(one, movements=tuple(replace(m, from_link_id="a b\"'<") for m in one.movements))
    strange = replace(strange, link_inflow_veh_per_h=(("a b\"'<", 100.0),))
    links = (*NETWORK.links, replace(NETWORK.links[0], id="a b\"'<"))
    with pytest.raises(InputError, match="link id"):
        fitted([strange], replace(NETWORK, links=links))
