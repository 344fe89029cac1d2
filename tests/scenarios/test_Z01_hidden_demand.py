"""Hidden demand, measured: a street over capacity in the simulator, with a demand that the test knows.

The stated parts: of spells of three quarters of an hour and more, at least half of the vehicles waiting when the queue
is longest are put back; nothing is put back that did not come, beyond a fifth of the longest queue at any time; and
every vehicle that came is counted once the queue has cleared.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from networks.demand import Period
from networks.detectors import with_detectors
from networks.importers import sumo_net
from networks.network import Network
from signals.detectors import sumo_e1
from signals.flows import DetectorCounts
from signals.scenarios.laying import lay_detectors
from tests.scenarios.small_street import SmallStreet
from tests.signals.sumo_streets import run_tool

Counts = NDArray[np.float64]

END_S, RECORD_S = 10_800, 300
ENTRY = "left0A0"
PUT_BACK, TOO_MUCH = 0.5, 0.2
SHAPES: dict[str, list[float]] = {  # veh/h at the entry per record; the signal lets about 780 through
    "falling": [400.0] * 2 + [1400.0 - 92.0 * at for at in range(14)] + [200.0] * 20,
    "an hour and then little": [400.0] * 2 + [1100.0] * 10 + [300.0] * 24,
    "rising and falling": [400.0] * 2 + [400.0 + 900.0 * np.sin(0.2 + 0.226 * at) for at in range(14)] + [300.0] * 20,
}
Run = Callable[[str], tuple[Network, pd.DataFrame, Counts]]


@pytest.fixture
def run(small: SmallStreet, tmp_path: Path) -> Run:
    """Simulates a shape: the network, its records, and who wanted to enter per record."""

    def simulate(shape: str) -> tuple[Network, pd.DataFrame, Counts]:
        network = sumo_net.read(small.network)
        laid = lay_detectors(network)
        random = np.random.default_rng(1)
        wanted_s = np.concatenate(
            [
                random.uniform(RECORD_S * at, RECORD_S * (at + 1), random.poisson(rate * RECORD_S / 3600.0))
                for at, rate in enumerate(SHAPES[shape])
            ]
        )
        vehicles = [(float(due_s), f"{ENTRY} A0B0 B0right0") for due_s in wanted_s]
        vehicles += [(float(due_s), "top0A0 A0bottom0") for due_s in random.uniform(0, END_S, 600)]
        routes = "".join(
            f'<vehicle id="v{number}" depart="{due_s:.1f}"><route edges="{edges}"/></vehicle>'
            for number, (due_s, edges) in enumerate(sorted(vehicles))
        )
        loops = "".join(
            f'<inductionLoop id="{one.id}" lane="{one.lane_id}" pos="{one.position_m}" period="{RECORD_S}" '
            'file="loops.xml"/>'
            for one in laid
        )
        (tmp_path / "street.rou.xml").write_text(f"<routes>{routes}</routes>")
        (tmp_path / "loops.add.xml").write_text(f"<additional>{loops}</additional>")
        files = ("-n", str(small.network), "-r", "street.rou.xml", "-a", "loops.add.xml", "-b", "0", "-e", str(END_S))
        run_tool("sumo", *files, "-X", "never", "--no-step-log", "--time-to-teleport", "-1", folder=tmp_path)
        due = np.histogram(wanted_s, bins=np.arange(0, END_S + 1, RECORD_S))[0].astype(float)
        return with_detectors(network, laid), sumo_e1.read(tmp_path / "loops.xml"), due

    return simulate


@pytest.mark.parametrize("shape", SHAPES)
def test_hidden_vehicles_are_put_back_and_none_is_made_up(run: Run, shape: str) -> None:
    network, records, due = run(shape)
    timed = DetectorCounts(records, network).timed
    mine = timed[timed["detector_id"] == f"{ENTRY}_0:entry"].sort_values("start")
    counted, arrivals = mine["counted_veh"].to_numpy(), mine["count_veh"].to_numpy()
    hidden, found = np.cumsum(due - counted), np.cumsum(arrivals - counted)
    longest = int(np.argmax(hidden))
    assert hidden[longest] > 100  # the street is over its capacity
    assert found[longest] >= PUT_BACK * hidden[longest]
    assert (found - hidden).max() <= TOO_MUCH * hidden[longest]
    assert arrivals.sum() == pytest.approx(counted.sum())


def test_the_hour_is_the_demand_that_came_in_it(run: Run) -> None:
    """From 0:00 to 1:00; the queue clears at half past one. Counts alone miss a quarter of the vehicles."""
    network, records, due = run("an hour and then little")
    flows = DetectorCounts(records, network).of(Period(0, 3600))
    (link,) = (count for count in flows.links if count.link_id == ENTRY)
    (hidden,) = flows.hidden
    true_veh = due[:12].sum()
    assert not link.censored
    assert hidden.counted_veh < link.flow_veh_per_h <= 1.02 * true_veh
    assert hidden.added_veh >= PUT_BACK * (true_veh - hidden.counted_veh)
    assert hidden.counted_veh + hidden.most_veh >= true_veh


def test_while_the_queue_stands_the_count_is_a_lower_bound_and_nothing_is_added(run: Run) -> None:
    network, records, due = run("an hour and then little")
    first_hour = records[records["start"] < records["start"].min() + pd.Timedelta(hours=1)]
    flows = DetectorCounts(first_hour, network).of(Period(0, 3600))
    (link,) = (count for count in flows.links if count.link_id == ENTRY)
    assert link.censored
    assert (flows.hidden[0].bound, flows.hidden[0].added_veh) == (True, 0.0)
    assert link.flow_veh_per_h <= due[:12].sum()
