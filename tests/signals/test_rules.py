"""Rules: every value with its source, the engineer's file first, and every fault of that file named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.junction import Intersection, ProgramStep, SafetyValue
from networks.network import Network
from signals.rules import Coordinated, profile_names, rules_of
from tests.fakes import CROSSING_LENGTH_M, crossroads, t_junction


def _with(network: Network, intersection: Intersection) -> Network:
    return replace(network, intersections=(intersection,))


def _with_steps(network: Network, steps: tuple[ProgramStep, ...], kind: str = "static") -> Network:
    old = network.intersections[0]
    return _with(network, replace(old, running=replace(old.running, steps=steps, kind=kind)))


def _soon_after_walkers(network: Network) -> Network:
    """Traffic starts 5 s after the walkers' green: their clearance is part of it."""
    old = network.intersections[0]
    on_foot = {group.id for group in old.groups if group.walkers}
    pairs = tuple(
        replace(pair, intergreen_ds=(50, 50))
        if on_foot & {pair.first, pair.second} and pair.intergreen_source
        else pair
        for pair in old.pairs
    )
    return _with(network, replace(old, pairs=pairs))


def test_literature_keeps_yellow_and_intergreens_and_floors_greens() -> None:
    rules = rules_of(crossroads())
    through = rules.group("C", "1")
    assert (through.min_green_ds, through.min_green.source) == (50, "profile literature")
    assert (through.yellow_ds, through.yellow.source) == (30, "fakes")
    assert through.max_green_ds is None
    assert rules.intergreen_ds("C", "1", "4") == 50
    assert rules.cycle_bounds_ds("C") == (300, 1200)
    assert rules.intersection("C").max_stages == 8
    assert rules.margins.approach_never_above_s == 120
    assert rules.notes == ()
    assert rules.network_digest == crossroads().digest


def test_pedestrians_get_walk_and_clearance() -> None:
    rules = rules_of(crossroads(pedestrians=True))
    crossing = rules.group("C", "12")
    assert crossing.walk_ds == 70
    assert crossing.pedestrian_clearance_ds == 120  # 12.8 m at 1.07 m/s: 11.96 s, up to 12.0 s
    assert CROSSING_LENGTH_M / 1.07 < 12.0
    assert crossing.min_green_ds == 190


def test_what_runs_shorter_today_is_inherited_and_noted() -> None:
    rules = rules_of(_soon_after_walkers(crossroads(pedestrians=True, green_s=(40, 24))))  # east-west walk 16 s
    assert rules.group("C", "12").min_green_ds == 160
    assert "inherited" in rules.group("C", "12").min_green.source
    assert any("signal groups '12', '14'" in note for note in rules.notes)
    assert rules_of(t_junction(green_s=(40, 3))).group("C", "2").min_green_ds == 30


def test_limits_in_the_program_are_rules_with_their_source() -> None:
    network = crossroads()
    steps = list(network.intersections[0].running.steps)
    steps[0] = replace(steps[0], min_ds=120, max_ds=300)  # 40 s run: the longer one counts
    steps[3] = replace(steps[3], min_ds=30, max_ds=500)
    rules = rules_of(_with_steps(network, tuple(steps)))
    north, east = rules.group("C", "1"), rules.group("C", "4")
    assert (north.min_green_ds, north.min_green.source) == (120, "running program: minDur")
    assert (north.max_green_ds, east.max_green_ds) == (400, 500)
    assert (east.min_green_ds, east.min_green.source) == (50, "profile literature")


def test_a_cycle_outside_the_range_stays_possible() -> None:
    assert rules_of(crossroads(green_s=(90, 60))).cycle_bounds_ds("C") == (300, 1600)
    assert rules_of(crossroads(green_s=(8, 8))).cycle_bounds_ds("C") == (260, 1200)


def test_traffic_without_yellow_gets_one_by_formula() -> None:
    network = crossroads()
    old = network.intersections[0]
    bare = replace(old.groups[1], yellow=SafetyValue(0, "running program: none"))
    rules = rules_of(_with(network, replace(old, groups=(old.groups[0], bare, *old.groups[2:]))))
    assert rules.group("C", "1").yellow_ds == 40  # 1 + 13.9 / 6.1 = 3.28 s, whole seconds up
    assert rules.group("C", "1").yellow.source.startswith("formula")


def test_the_engineer_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        """
        [all]
        cycle_min_s = 60
        [intersection.C]
        cycle_max_s = 90
        max_stages = 3
        coordinated_groups = ["4", "10"]
        [intersection.C.group.1]
        min_green_s = 7.5
        yellow_s = 4
        max_green_s = 45
        [intersection.C.group.12]
        walk_s = 5
        [[intersection.C.intergreen]]
        from = "1"
        to = "4"
        time_s = 6.3
        [margins]
        approach_worse_s = 8
        """
    )
    rules = rules_of(crossroads(pedestrians=True), engineer_file=path)
    group = rules.group("C", "1")
    assert (group.min_green_ds, group.yellow_ds, group.max_green_ds) == (75, 40, 450)
    assert "rules.toml" in group.yellow.source
    assert rules.cycle_bounds_ds("C") == (600, 900)
    assert rules.intersection("C").max_stages == 3
    assert rules.intersection("C").coordinated == Coordinated(group_ids=("4", "10"), source=group.yellow.source)
    assert rules.intergreen_ds("C", "1", "4") == 63
    assert rules.intergreen_ds("C", "4", "1") == 50
    assert rules.group("C", "12").min_green_ds == 170
    assert rules.margins.approach_worse_s == 8
    assert rules.digest() != rules_of(crossroads(pedestrians=True)).digest()


def test_a_longer_yellow_leaves_the_red_clearance_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        """
        [intersection.C.group.1]
        yellow_s = 4.5
        [intersection.C.group.4]
        yellow_s = 3
        [[intersection.C.intergreen]]
        from = "1"
        to = "10"
        time_s = 5
        """
    )
    network = crossroads()
    rules = rules_of(network, engineer_file=path)
    assert rules.intergreen_ds("C", "1", "4") == 65  # 3 s of yellow and 2 s of red run today
    assert rules.intergreen_ds("C", "4", "1") == 50
    assert rules.intergreen_ds("C", "1", "10") == 50  # said so
    source = rules.intergreen("C", "1", "4").time
    assert source is not None
    assert source.source == "running program, longer by the yellow: engineer's file rules.toml"


def test_every_fault_of_the_engineers_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        """
        speed = 3
        [all]
        cycle_min_s = nan
        cycle_max_s = -5
        max_stages = 2.5
        [intersection.C]
        colour = "green"
        [intersection.C.group.1]
        min_green_s = true
        yellow_s = 1
        walk_s = 7
        [intersection.C.group.2]
        min_green_s = 50
        max_green_s = 20
        [intersection.C.group.3]
        min_green_s = 5.05
        [intersection.C.group.99]
        yellow_s = 4
        [[intersection.C.intergreen]]
        from = "1"
        to = "1"
        time_s = 5
        [[intersection.C.intergreen]]
        from = "1"
        to = "7"
        time_s = 5
        [intersection.D]
        [margins]
        not_worse_share = 2
        """
    )
    with pytest.raises(InputError) as caught:
        rules_of(crossroads(), engineer_file=path)
    text = str(caught.value)
    for word in (
        "'speed' unknown",
        "nan",
        "-5",
        "2.5",
        "'colour' unknown",
        "True",
        "found 1, needed 3 to 6",
        "'walk_s' unknown",
        "50 to 20 s",
        "tenths of a second",
        "'99'",
        "from '1' to '1'",
        "does not conflict",
        "'D'",
        "not_worse_share",
    ):
        assert word in text, word


@pytest.mark.parametrize("content", [b"= 3", b"\xff", b"[all]\ncycle_min_s = 90\ncycle_max_s = 60\n", b"all = 3\n"])
def test_files_that_make_no_sense_are_input_errors(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    with pytest.raises(InputError):
        rules_of(crossroads(), engineer_file=path)
    with pytest.raises(InputError):
        rules_of(crossroads(), engineer_file=tmp_path / "missing.toml")


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    assert "literature" in profile_names()
    with pytest.raises(InputError, match="literature"):
        rules_of(crossroads(), profile="moon")
