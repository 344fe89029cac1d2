"""Calibration: in the simulator for two targets, two speeds and two steps; its logic on headways of a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from signals.discharge import TOLERANCE_SHARE
from signals.simulation.calibration import Driven, Way, calibrate
from signals.simulation.discharge import StopLine, TypeShare, headways_s
from signals.simulation.fleet import MADE

TOWN, VILLAGE = 50 / 3.6, 40 / 3.6


def straight(name: str, speed_m_per_s: float, target: float | None) -> Way:
    return Way(name, StopLine(speed_m_per_s, speed_m_per_s), target, straight=True)


@pytest.mark.parametrize("step_s", [1.0, 0.5])
@pytest.mark.parametrize(("speed_m_per_s", "target"), [(TOWN, 1800.0), (VILLAGE, 1600.0)])
def test_queues_discharge_within_three_per_cent(
    speed_m_per_s: float, target: float, step_s: float, tmp_path: Path
) -> None:
    """Lanes straight on, and rights whose path is made faster: measured once more, at the speeds that were found."""
    right = Way("right", StopLine(speed_m_per_s, 6.0, 9.0), 0.85 * target, straight=False)
    ways = [straight("on", speed_m_per_s, target), right]
    folders = iter(tmp_path / str(number) for number in range(99))

    def measure(lines: Sequence[StopLine], mix: Sequence[TypeShare]) -> dict[StopLine, float]:
        folder = next(folders)
        folder.mkdir()
        return headways_s(lines, mix, step_s, folder)

    tau_s, driven = calibrate(ways, MADE, step_s, measure)
    assert tau_s >= step_s
    lines = [StopLine(speed_m_per_s, driven[w.lane_link_id].path_speed_m_per_s, w.stop_line.path_m) for w in ways]
    again = measure(lines, MADE.with_gap(tau_s))
    for way, line in zip(ways, lines, strict=True):
        assert 3600 / again[line] == pytest.approx(way.target_veh_per_h, rel=TOLERANCE_SHARE)
        assert driven[way.lane_link_id].reached_veh_per_h == pytest.approx(way.target_veh_per_h, rel=TOLERANCE_SHARE)


def by_formula(lines: Sequence[StopLine], mix: Sequence[TypeShare]) -> Mapping[StopLine, float]:
    """Headway: time gap and the way of 12 m at the path's speed."""
    gap_s = float(mix[0].item.get("tau") or 1.0)
    return {line: gap_s + 12.0 / line.path_speed_m_per_s for line in lines}


def found(*ways: Way, step_s: float = 0.1) -> tuple[float, dict[str, Driven]]:
    return calibrate(ways, MADE, step_s, by_formula)


def test_the_slowest_lanes_straight_on_decide_and_others_are_held_back_by_their_paths() -> None:
    tau_s, driven = found(straight("fast", 16.0, 1800.0), straight("slow", 10.0, 1800.0))
    assert tau_s == pytest.approx(2.0 * 1.01 - 12.0 / 10.0, abs=0.01)
    assert driven["slow"].path_speed_m_per_s == 10.0
    assert driven["fast"].path_speed_m_per_s < 16.0
    assert {round(one.reached_veh_per_h / 1800.0, 2) for one in driven.values()} == {0.99, 1.02}


def test_single_odd_lanes_do_not_decide_for_the_whole_street() -> None:
    usual = [straight(f"usual {number}", 14.0, 1800.0) for number in range(30)]
    tau_s, driven = found(*usual, straight("yard", 3.0, 1800.0))
    assert tau_s == found(*usual)[0]
    assert driven["yard"].reached_veh_per_h < 0.9 * 1800.0


def test_a_rare_kind_of_lane_that_a_shorter_gap_meets_counts_and_the_usual_ones_are_still_met() -> None:
    usual = [straight(f"usual {number}", 14.0, 1800.0) for number in range(30)]
    tau_s, driven = found(*usual, straight("slower", 9.0, 1800.0))
    assert tau_s == pytest.approx(2.0 * 1.01 - 12.0 / 9.0, abs=0.01)
    reached = {one.reached_veh_per_h / 1800.0 for one in driven.values()}
    assert all(abs(share - 1.0) <= TOLERANCE_SHARE for share in reached)


def test_no_gap_is_below_the_step_and_what_is_not_reached_stays_so() -> None:
    tau_s, driven = found(straight("on", 10.0, 2000.0), step_s=1.0)
    assert tau_s == 1.0
    assert driven["on"].reached_veh_per_h == pytest.approx(3600 / 2.2, rel=0.01)


def test_paths_without_an_aim_or_a_lane_of_their_own_stay_as_the_network_has_them() -> None:
    free = Way("free", StopLine(14.0, 6.0), None, straight=False)
    fixed = Way("fixed", StopLine(14.0, 6.0), 1500.0, straight=False, fixed=True)
    _, driven = found(straight("on", 14.0, 1800.0), free, fixed)
    assert driven["free"].path_speed_m_per_s == driven["fixed"].path_speed_m_per_s == 6.0
