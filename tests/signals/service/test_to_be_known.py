"""What an engineer is told of a plan beside its safety: load, bands, and how long it takes to be back in step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.network import LaneLink, Network
from signals.plan import ControlMode, TimingPlan
from signals.rules import rules_of
from signals.safety import Violation
from signals.service.to_be_known import Known, traffic_known, without_flows
from tests.fakes import LINK_LENGTH_M, corridor
from tests.networks.test_queueing import cut
from tests.signals.plans import changed, touched
from tests.signals.timing.demands import demand, movements

STREET = corridor(3)


def _through(network: Network, veh_per_h: float) -> dict[tuple[str, str], float]:
    """As much on every movement of the corridor from west to east and back, a little on all others."""
    through = {
        ("W0C0", "C0C1"),
        ("C0C1", "C1C2"),
        ("C1C2", "C2E2"),
        ("E2C2", "C2C1"),
        ("C2C1", "C1C0"),
        ("C1C0", "C0W0"),
    }
    return {pair: veh_per_h if pair in through else 10.0 for pair in movements(network)}


def _known(plan: TimingPlan, veh_per_h: float = 400.0) -> Known:
    return traffic_known(plan, STREET, rules_of(STREET), demand(STREET, _through(STREET, veh_per_h)))


def _offsets(plan: TimingPlan, *offsets_ds: int) -> TimingPlan:
    own = zip(plan.intersections, offsets_ds, strict=True)
    return plan.model_copy(update={"intersections": tuple(t.model_copy(update={"offset_ds": ds}) for t, ds in own)})


def test_movements_over_their_capacity_are_told() -> None:
    assert [one for one in _known(touched(STREET)).flags if one.rule == "over-capacity"] == []
    loaded = [one for one in _known(touched(STREET), 2500.0).flags if one.rule == "over-capacity"]
    assert {one.where for one in loaded} == {f"intersection 'C{n}'" for n in range(3)}
    assert all(float(one.found.split()[1]) > 1 for one in loaded)


def _overflowing(network: Network, veh_per_h: float = 400.0) -> list[Violation]:
    told = traffic_known(touched(network), network, rules_of(network), demand(network, _through(STREET, veh_per_h)))
    return [one for one in told.flags if one.rule == "storage-overflow"]


def _with_lane_of(length_m: float, lane_id: str = "C0C1_0") -> Network:
    lanes = (replace(lane, length_m=length_m) if lane.id == lane_id else lane for lane in STREET.lanes)
    return replace(STREET, lanes=tuple(lanes))


def test_a_queue_beyond_its_storage_is_told_once_for_the_lane_with_all_who_stand_in_it() -> None:
    """Also below capacity. 410 veh/h, c 708, green 31.5 of 80 s: 0.114 (48.5 - 10.6) / (1 - 0.58 0.39) = 5.6 vehicles
    that stand, and 0.7 left over; in one cycle of twenty 1.65 times as many; of 7.5 m each."""
    assert _overflowing(STREET) == []
    short = _with_lane_of(20.0)
    (flag,) = _overflowing(short)
    assert (flag.where, flag.place) == ("intersection 'C1'", "lane C0C1_0: C0C1 → C1S1, C0C1 → C1C2")
    assert (flag.found.split(" m")[0], flag.needed) == ("a 95 % back of queue of 79", "at most 20 m, its storage")
    assert [one.rule for one in _known(touched(STREET)).flags if one.rule == "over-capacity"] == []


@pytest.mark.parametrize(("storage_m", "told"), [(78.0, 1), (80.0, 0)])
def test_a_queue_may_fill_its_storage(storage_m: float, told: int) -> None:
    assert len(_overflowing(_with_lane_of(storage_m))) == told


def test_the_storage_goes_on_behind_a_cut_of_the_street_unless_a_way_parts_there() -> None:
    street = cut(STREET, "W0C0", 2.0)
    assert _overflowing(street) == []
    elsewhere = LaneLink("far_0->C0N0_0", "middle", "far_0", "C0N0_0", "left", 0.5, 13.9, None)
    parting = replace(street, lane_links=(*street.lane_links, elsewhere))
    assert [one.place.split(":")[0] for one in _overflowing(parting)] == ["lane W0C0_0", "lane W0C0_1"]


def test_where_the_storage_is_that_of_a_network_cut_off_there_the_flag_says_so() -> None:
    found = {one.place.split(":")[0]: one for one in _overflowing(STREET, 2500.0)}
    assert found.keys() >= {"lane W0C0_0", "lane C0C1_0", "lane C1C2_0"}
    for lane, one in found.items():
        ends = "its storage" if lane.startswith("lane C") else "where the network ends"
        assert one.needed == f"at most {LINK_LENGTH_M:.0f} m, {ends}"
        assert float(one.found.removeprefix("a 95 % back of queue of ").removesuffix(" m")) > LINK_LENGTH_M


def test_a_direction_without_a_band_is_told() -> None:
    """300 m at 13.9 m/s are 21.6 s: with offsets of 21 s every vehicle of the one direction meets green, and with
    those of half a cycle more, at the middle signal, nobody of either."""
    wave = _offsets(touched(STREET), 0, 210, 420)
    assert "W0" not in str([one for one in _known(wave).flags if one.rule == "no-band"])
    broken = _offsets(touched(STREET), 0, 610, 0)
    told = [one for one in _known(broken).flags if one.rule == "no-band"]
    assert told
    assert all(one.found == "a band of 0 s of the 80 s cycle" for one in told)
    assert {one.where for one in told} <= {"C0 → C1 → C2", "C2 → C1 → C0"}


def test_what_runs_free_and_cycles_that_differ_are_named_as_not_shown() -> None:
    free = changed(touched(STREET), lambda fields: fields.update(control_mode=ControlMode.ACTUATED, cycle_ds=None), 1)
    said = _known(free).not_shown
    assert any("v/c and queues at C1: they run free" in one for one in said)
    assert any("band" in one and "run free" in one for one in said)


def test_without_flows_one_line_says_what_to_give() -> None:
    (line,) = without_flows().not_shown
    assert "--flows" in line
    assert "queues against their storage" in line
    assert without_flows().flags == ()
