"""Published values of yellow, red clearance and clearance on foot: NCHRP Report 731 (pp. 44-51), ITE's worked example
(45 mph, +4 %), RiLSA's amber times, and the least splits of signal timing with pedestrians."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.network import Network
from signals.plan import RingsBody
from signals.rules import formulas, rules_of
from signals.timing.bounds import stage_minimums_ds
from signals.timing.rings.forms import lawful_rings
from signals.timing.rings.splits import least_cycle_ds, least_splits_ds
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.ring_plans import DRIVEN, Fields, rings

MPH_M_PER_S, FOOT_M = 0.44704, 0.3048


def test_yellow_of_the_worked_example() -> None:
    yellow_s = formulas.ite_yellow_s(45 * MPH_M_PER_S, 0.04, 10 * FOOT_M)
    assert yellow_s == pytest.approx(3.93, abs=0.015)


def test_red_clearance_of_the_worked_example() -> None:
    red_s = formulas.ite_red_clearance_s(60 * FOOT_M, 35 * MPH_M_PER_S, 16 * FOOT_M)
    assert red_s == pytest.approx(1.48, abs=0.005)


@pytest.mark.parametrize(
    ("speed_mph", "yellow_s"), [(25, 2.8), (30, 3.2), (35, 3.6), (40, 3.9), (45, 4.3), (50, 4.7), (55, 5.0)]
)
def test_yellow_on_the_level(speed_mph: float, yellow_s: float) -> None:
    assert formulas.ite_yellow_s(speed_mph * MPH_M_PER_S) == pytest.approx(yellow_s, abs=0.05)


@pytest.mark.parametrize(("speed_km_per_h", "amber_s"), [(30, 3), (50, 3), (60, 4), (70, 5)])
def test_amber_of_rilsa(speed_km_per_h: float, amber_s: float) -> None:
    assert formulas.rilsa_amber_s(speed_km_per_h / 3.6) == amber_s


ON_FOOT = "".join(f'[[intersection."C".crossing]]\nlink = "{leg}C"\nlength_m = 15.0\n' for leg in "NESW")
LEFTS = frozenset(name for number in (1, 3, 5, 7) for name in DRIVEN[number])


def _engineers(network: Network) -> str:
    """Yellow 3.6 s of throughs and rights with 5.1 s to what they clash with; lefts 3 s and 4.5 s."""
    (intersection,) = network.intersections
    throughs = [group.id for group in intersection.groups if group.id not in LEFTS]
    lines = [f'[intersection."C".group."{name}"]\nyellow_s = 3.6' for name in throughs]
    for pair in intersection.pairs:
        for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
            if pair.clashes(ending):
                time_s = 4.5 if ending in LEFTS else 5.1
                ends = f'from = "{ending}"\nto = "{starting}"'
                lines.append(f'[[intersection."C".intergreen]]\n{ends}\ntime_s = {time_s}')
    return "\n".join(lines)


def _tight(fields: Fields) -> None:
    """A cycle of 60 s with clearances and greens that leave everything to the rules."""
    fields["cycle_ds"] = 600
    for row in fields["body"]["ring_phases"]:
        row |= {"split_ds": 200 if row["number"] % 2 == 0 else 100, "red_clearance_ds": 0, "min_green_ds": 10}


def test_least_split_with_walkers_and_least_cycle(tmp_path: Path) -> None:
    """Walk 7 s, 15 m at 1.07 m/s, yellow and red 5.1 s: 26.1 s; two of these and two lefts of 9.5 s: 71.2 s. By the
    rules of the street, as the planner asks them: the clearance in whole tenths, splits in whole seconds."""
    network = crossroads()
    (tmp_path / "crossings.toml").write_text(ON_FOOT)
    (tmp_path / "rules.toml").write_text(_engineers(network))
    rules = rules_of(network, "field", tmp_path / "rules.toml", pedestrians=tmp_path / "crossings.toml")
    (intersection,) = network.intersections
    timing = lawful_rings(rings(_tight), intersection, rules)
    assert isinstance(timing.body, RingsBody)
    exact_ds = {phase.number: phase.min_split_ds for phase in timing.body.ring_phases}
    for number, split_ds in exact_ds.items():
        assert split_ds == (95 if number % 2 else 70 + 141 + 51)
    assert exact_ds[2] >= 261
    assert exact_ds[2] == pytest.approx(261.2, abs=1)
    cycle_ds = least_cycle_ds(timing.body, exact_ds)
    assert cycle_ds >= 712
    assert cycle_ds == pytest.approx(712.4, abs=2)
    assert least_splits_ds(timing) == {number: 100 if number % 2 else 270 for number in exact_ds}
    assert timing.cycle_ds == 740  # what the planner makes of the 60 s, in whole seconds
    without = rules_of(network, "field", tmp_path / "rules.toml", pedestrians="none")
    alone = lawful_rings(rings(_tight), intersection, without)
    assert isinstance(alone.body, RingsBody)
    assert alone.body.phase(2).min_split_ds == 70 + 51
    stages_ds = stage_minimums_ds(touched(network).intersections[0], intersection, rules)
    assert stages_ds == [220, 220]  # the same green in stages: 21.1 s, in whole seconds


@pytest.mark.parametrize(
    ("stream", "intergreen_s"),
    [
        (formulas.STRAIGHT_ON, 3 + 18 / 10),
        (formulas.TURNING, 2 + 18 / 7),
        (formulas.BICYCLES, 1 + 12 / 4),
        (formulas.TRAMS_STRAIGHT_ON, 3 + 27 / 10),
    ],
)
def test_intergreen_of_rilsa(stream: formulas.Clearing, intergreen_s: float) -> None:
    """Over 12 m: crossing time, then path and vehicle at the speed of who clears (RiLSA 2015, ch. 2)."""
    assert formulas.rilsa_intergreen_s(12.0, stream) == pytest.approx(intergreen_s)
