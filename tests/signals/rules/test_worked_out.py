"""Yellow and clearances by formula: every second can be followed by who reads the source."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from networks.junction import GroupKind, SafetyValue
from networks.network import Network
from signals.rules import Sourced, rules_of
from tests.fakes import crossroads
from tests.signals.rules.test_field import with_groups, with_tight_pairs

NUMBER = r"(-?[0-9.]+)"


def clearance(
    network: Network, profile: str = "field", file: Path | None = None, pair: tuple[str, str] = ("1", "4")
) -> Sourced:
    time = rules_of(network, profile, file, pedestrians="none").intergreen("C", *pair).time
    assert time is not None
    return time


def of_kind(kind: GroupKind, yellow_ds: int = 30) -> Network:
    """Group 1 is of this kind; nothing but the yellow lies between any crossing paths."""
    network = with_tight_pairs(crossroads())
    (old,) = network.intersections
    groups = tuple(
        replace(group, kind=kind, yellow=SafetyValue(yellow_ds, "running program")) if group.id == "1" else group
        for group in old.groups
    )
    return replace(network, intersections=(replace(old, groups=groups),))


def test_every_number_of_a_red_clearance_stands_in_its_source() -> None:
    """W, L, v, the second of who starts, the least and the rounding."""
    found = clearance(with_tight_pairs(crossroads()))
    law = (
        "yellow, then red clearance (W + L) / v - 1 s by ITE, who starts is 1 s late by NCHRP Report 731, at least 1 s"
    )
    assert f"formula (profile field): {law}, up to whole seconds: " in found.source
    numbers = re.search(
        rf"{NUMBER} s, then \({NUMBER} m \+ {NUMBER} m\) / {NUMBER} m/s - {NUMBER} s = {NUMBER} s, so {NUMBER} s",
        found.source,
    )
    assert numbers is not None
    yellow_s, width_m, vehicle_m, speed_m_per_s, late_s, red_s, given_s = map(float, numbers.groups())
    assert red_s == pytest.approx((width_m + vehicle_m) / speed_m_per_s - late_s, abs=0.02)
    assert given_s == max(1.0, math.ceil(red_s))
    assert found.value_ds == 10 * (yellow_s + given_s)


def test_the_engineer_may_leave_out_the_second_of_who_starts(tmp_path: Path) -> None:
    network, file = with_tight_pairs(crossroads()), tmp_path / "mine.toml"
    file.write_text("[all]\nstart_up_delay_s = 0\n")
    plain = clearance(network, "field", file)
    assert plain.value_ds == clearance(network).value_ds + 10
    assert "red clearance (W + L) / v by ITE, who starts is 0 s late by engineer's file mine.toml" in plain.source
    file.write_text('[all]\nstart_up_delay_s = 0\n[intersection."C"]\nstart_up_delay_s = 1\n')
    assert clearance(network, "field", file).value_ds == clearance(network).value_ds
    notes = rules_of(network, "field-de", file, pedestrians="none").notes
    assert "start_up_delay_s of engineer's file mine.toml: without effect under profile field-de" in notes


def test_every_number_of_a_yellow_stands_in_its_source(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[intersection."C".group."1"]\napproach_speed_m_per_s = 20.0\ngrade_share = -0.03\n')
    yellow = rules_of(crossroads(), "field-us", file, pedestrians="none").group("C", "1").yellow
    assert yellow.value_ds == 47
    assert "3 to 6 s, up to tenths: 1 s + 20.00 m/s / (6.1 + 19.62 · -3 %) m/s² = 4.63 s, so 4.7 s" in yellow.source
    network = with_groups(crossroads(), yellow=SafetyValue(0, "running program"))
    german = rules_of(network, "field-de", pedestrians="none").group("C", "1").yellow
    assert re.search(r"4 s to 60, 5 s above, 3 to 6 s, up to whole seconds: [0-9]+ km/h, so [345] s$", german.source)


@pytest.mark.parametrize(
    ("kind", "words", "crossing_s", "speed_m_per_s", "vehicle_m"),
    [
        (GroupKind.VEHICLE, "motor vehicles straight on", 3, 10, 6),
        (GroupKind.TRANSIT, "motor vehicles straight on", 3, 10, 6),
        (GroupKind.BICYCLE, "bicycles", 1, 4, 0),
        (GroupKind.RAIL, "trams straight on, at least", 3, 10, 15),
    ],
)
def test_by_rilsa_each_stream_clears_as_it_drives(
    kind: GroupKind, words: str, crossing_s: int, speed_m_per_s: int, vehicle_m: int
) -> None:
    found = clearance(of_kind(kind), "field-de")
    numbers = re.search(
        rf": {words} {crossing_s} s \+ \({NUMBER} m \+ {vehicle_m} m\) / {speed_m_per_s} m/s = {NUMBER} s, so {NUMBER}",
        found.source,
    )
    assert numbers is not None, found.source
    path_m, needed_s, given_s = map(float, numbers.groups())
    assert needed_s == pytest.approx(crossing_s + (path_m + vehicle_m) / speed_m_per_s, abs=0.02)
    assert given_s == max(3.0, math.ceil(needed_s))
    assert found.value_ds == 10 * given_s


def test_a_signal_for_cars_and_bicycles_waits_for_the_slower_of_them() -> None:
    network = with_tight_pairs(crossroads())
    (own,) = network.intersections
    movements = [one for one in own.movements if one.id in own.group("1").movement_ids]
    path = network.lane_link(movements[0].lane_link_ids[0])
    lanes = tuple(
        replace(lane, allowed=frozenset({"bicycle"})) if lane.id in (path.from_lane_id, path.to_lane_id) else lane
        for lane in network.lanes
    )
    assert ": bicycles 1 s + (" in clearance(replace(network, lanes=lanes), "field-de").source


def test_of_trams_rilsa_gives_a_least_and_ite_nothing() -> None:
    """What nobody knows stays unknown, for their own crossing times are longer; so is what a mere yellow leaves."""
    trams = of_kind(GroupKind.RAIL)
    assert rules_of(trams, "field", pedestrians="none").intergreen_ds("C", "1", "4") is None
    (old,) = trams.intersections
    pairs = tuple(
        replace(pair, intergreen_ds=(None, None)) if {pair.first, pair.second} == {"1", "4"} else pair
        for pair in old.pairs
    )
    unknown = replace(trams, intersections=(replace(old, pairs=pairs),))
    assert rules_of(unknown, "field-de", pedestrians="none").intergreen_ds("C", "1", "4") is None
