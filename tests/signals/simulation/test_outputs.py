"""Measures mean what they say: every vehicle due counts, wherever it got to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from networks.network import Detector, DetectorKind
from networks.queueing import QueueLane
from signals.simulation import reading
from signals.simulation.job import Outputs, RunJob, SimulationFailed
from signals.simulation.network_file import PreparedNetwork
from signals.simulation.outputs import longest_standing_s
from signals.simulation.runner import run
from signals.simulation.scenario import prepare
from tests.signals.sumo_streets import street

Jobs = Callable[..., RunJob]
ENTRIES = ("left0A0", "top0A0", "bottom1B0")


def test_delay_is_time_loss_and_insertion_delay_of_all_due(job: Jobs) -> None:
    result = run(job(end_s=400.0, outputs=Outputs(keep_trips=True)))
    measures = result.measures
    assert measures.vehicles_due == 200  # one every two seconds, at 0, 2, ..., 398
    assert result.trips_path is not None
    rows = {row.get("id"): dict(row.attrib) for row in reading.elements(result.trips_path, "tripinfo")}
    by_hand_s, kept_out = 0.0, 0
    for number in range(200):
        row = rows.get(f"v{number}")
        if row is None or float(row["depart"]) < 0:
            by_hand_s += 400.0 - 2.0 * number
            kept_out += 400.0 - 2.0 * number > 120.0
        else:
            by_hand_s += float(row["timeLoss"]) + float(row["departDelay"])
    assert measures.total_delay_s == pytest.approx(by_hand_s)
    assert measures.kept_out_veh == kept_out
    assert measures.vehicles_inserted + measures.uninserted_veh == measures.vehicles_due
    assert 0 < measures.vehicles_arrived < measures.vehicles_inserted
    assert measures.throughput_veh_per_h == pytest.approx(measures.vehicles_arrived * 9.0)


def test_who_is_never_let_in_counts_to_the_end_and_a_blocked_street_is_gridlocked(job: Jobs, all_red: Path) -> None:
    measures = run(job(program_path=all_red)).measures
    assert measures.vehicles_due == 300
    assert measures.vehicles_arrived == 0
    assert measures.uninserted_veh > 150
    assert measures.kept_out_veh == measures.uninserted_veh  # the last is due 300 s before the end
    assert measures.vehicles_inserted + measures.uninserted_veh == 300
    assert measures.gridlocked
    assert 850 < measures.longest_standing_s <= 900
    # Nobody drives a loss-free trip longer than some 30 s: all else of the time since the wish to depart is delay.
    waited_s = sum(900.0 - 2.0 * number for number in range(300))
    assert waited_s - 300 * 30.0 < measures.total_delay_s <= waited_s


def test_standing_less_than_the_limit_is_no_gridlock(job: Jobs, all_red: Path) -> None:
    measures = run(job(program_path=all_red, end_s=500.0)).measures
    assert not measures.gridlocked
    assert measures.longest_standing_s > 450


def test_approaches_share_out_the_delay_and_hold_who_waits_outside(
    job: Jobs, all_red: Path, network: PreparedNetwork
) -> None:
    places = tuple(QueueLane((f"{link}_0",), network.lane_length_m[f"{link}_0"]) for link in ENTRIES)
    wanted = Outputs(approaches=network.approaches, queue_lanes=places)
    measures = run(job(program_path=all_red, outputs=wanted)).measures
    by_link = {approach.link_id: approach for approach in measures.approaches}
    assert sum(approach.vehicles for approach in measures.approaches) == 300
    for link in ENTRIES:
        assert by_link[link].vehicles == 100
        (queue,) = by_link[link].queues
        assert queue.longest_m == pytest.approx(queue.storage_m, abs=15.0)
        assert queue.full
    assert by_link["A0B0"].queues == ()  # nobody asked
    assert by_link["right0B0"].vehicles == 0
    assert by_link["right0B0"].delay_s_per_veh is None
    share = sum(approach.total_delay_s for approach in measures.approaches) / measures.total_delay_s
    assert share == pytest.approx(1.0, abs=0.03)


def test_recording_does_not_touch_the_traffic(job: Jobs, network: PreparedNetwork) -> None:
    lane = network.approaches[0].lane_ids[0]
    detector = Detector("d", lane, 20.0, 100.0, 2.0, DetectorKind.ADVANCE)
    everything = Outputs(
        approaches=network.approaches,
        queue_lanes=(QueueLane((lane,), network.lane_length_m[lane]),),
        emissions=True,
        detectors=(detector,),
        detector_period_s=100.0,
        signal_states_of=("A0", "B0"),
    )
    plain, full = run(job()), run(job(outputs=everything))
    assert full.measures.total_delay_s == plain.measures.total_delay_s
    assert full.measures.stops == plain.measures.stops
    assert plain.measures.co2_g is None
    assert full.measures.co2_g is not None
    assert 20 < full.measures.co2_g / 300 < 500  # a few hundred metres each
    assert full.detectors_path is not None
    intervals = [interval.get("begin") for interval in reading.elements(full.detectors_path, "interval")]
    assert intervals == [f"{begin}.00" for begin in range(0, 900, 100)]


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "five", None])
def test_an_output_without_numbers_is_refused(text: str | None) -> None:
    with pytest.raises(SimulationFailed, match="needed a number"):
        reading.number(text, "delay")


def test_a_broken_output_is_refused(written: Callable[..., Path]) -> None:
    with pytest.raises(SimulationFailed, match="cannot be read"):
        list(reading.elements(written('<a><b id="1"/><c', "broken.xml"), "b"))
    with pytest.raises(SimulationFailed, match="cannot be read"):
        longest_standing_s(written("h\n1;2;x\n", "standing.csv"))


def test_people_on_foot_do_not_mix_with_the_vehicles(written: Callable[..., Path], tmp_path: Path) -> None:
    walkers = "".join(
        f'<person id="p{at}" depart="{at}"><walk from="left0A0" to="A0top0"/></person>' for at in range(10)
    )
    late = '<vehicle id="v" depart="15"><route edges="left0A0 A0right0"/></vehicle>'
    scenario = prepare(
        street("walkers"), [written(f"<routes>{walkers}{late}</routes>")], tmp_path / "w", begin_s=0.0, end_s=200.0
    )
    (measures,) = scenario.measure([None], [0], [1])
    assert measures.vehicles_due == measures.vehicles_arrived == 1
    assert measures.longest_standing_s < 100


def test_who_is_due_in_the_last_two_minutes_is_not_kept_out(job: Jobs, all_red: Path) -> None:
    measures = run(job(program_path=all_red, end_s=660.0)).measures
    assert measures.kept_out_veh == measures.uninserted_veh - 30  # one every 2 s until 600 s: 30 of them from 540 s on


def test_a_queue_is_measured_along_lanes_that_follow_each_other(
    job: Jobs, all_red: Path, network: PreparedNetwork
) -> None:
    """The street right of A0 ends at B0: who stands there stands on both lanes."""
    lanes = ("left0A0_0", "A0B0_0")
    length_m = sum(network.lane_length_m[lane] for lane in lanes)
    wanted = Outputs(approaches=network.approaches, queue_lanes=(QueueLane(lanes, length_m),))
    measures = run(job(program_path=all_red, outputs=wanted)).measures
    (queue,) = next(approach.queues for approach in measures.approaches if approach.link_id == "A0B0")
    assert queue.lane_id == "A0B0_0"
    assert queue.storage_m == length_m
    assert 100 < queue.longest_m <= network.lane_length_m["left0A0_0"]  # all stand before A0, none behind it


def test_a_queue_is_counted_cycle_by_cycle(job: Jobs, all_red: Path, network: PreparedNetwork) -> None:
    """The street before a signal that is never green fills once and stays full."""
    place = QueueLane(("left0A0_0",), network.lane_length_m["left0A0_0"])
    wanted = Outputs(approaches=network.approaches, queue_lanes=(place,), cycle_s={"A0": 60.0})
    measures = run(job(program_path=all_red, outputs=wanted)).measures
    (queue,) = next(approach.queues for approach in measures.approaches if approach.link_id == "left0A0")
    assert queue.cycles == 15  # of 900 s
    assert 8 <= queue.full_cycles < 15
    usual = run(job(program_path=all_red, outputs=replace(wanted, cycle_s={}))).measures
    (same,) = next(approach.queues for approach in usual.approaches if approach.link_id == "left0A0")
    assert (same.cycles, same.longest_m) == (10, queue.longest_m)


def test_public_transport_is_counted_by_the_class_of_its_type(
    job: Jobs, written: Callable[..., Path], all_red: Path
) -> None:
    """Two buses, one of which is never let in: everybody waits before the red for ever."""
    types = '<vType id="line" vClass="bus"/><vType id="car" vClass="passenger"/>'
    buses = [("b0", "line", 0, "left0A0"), ("c0", "car", 1, "top0A0"), ("b1", "line", 3, "left0A0")]
    cars = [(f"c{at}", "car", 2, "left0A0") for at in range(1, 40)]
    rows = "".join(
        f'<vehicle id="{name}" type="{kind}" depart="{at}"><route edges="{link} A0B0"/></vehicle>'
        for name, kind, at, link in sorted((*buses, *cars), key=lambda row: row[2])
    )
    demand = written(f"<routes>{types}{rows}</routes>", "buses.rou.xml")
    measures = run(job(program_path=all_red, route_paths=(demand,), end_s=300.0)).measures
    assert measures.transit_veh == 2
    assert measures.uninserted_veh > 0
    assert 297 + 250 < measures.transit_delay_s < 297 + 300
