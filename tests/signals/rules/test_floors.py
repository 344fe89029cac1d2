"""What is said below a floor: the engineer's file is refused, a timing sheet raised and told, as what runs is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.junction import GroupKind, PairKind
from networks.network import Network
from signals.rules import Rules, filled_in, rules_of
from signals.rules.engineer import EngineerFile, said_in
from signals.safety import check
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.rules.test_field import FIELDS


def _table(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def _green(group: str, green_s: float) -> str:
    return f'[intersection."C".group."{group}"]\nmin_green_s = {green_s}\n'


def _between(ending: str, starting: str, time_s: float, more: str = "") -> str:
    return f'[[intersection."C".intergreen]]\nfrom = "{ending}"\nto = "{starting}"\ntime_s = {time_s}\n{more}'


def _refused(text: str, tmp_path: Path, network: Network | None = None, profile: str = "field") -> list[str]:
    with pytest.raises(InputError) as error:
        rules_of(network or crossroads(), profile, _table(text, tmp_path), pedestrians="none")
    return [str(fault) for fault in error.value.faults]


def _sheet(network: Network, **table: object) -> EngineerFile:
    return said_in({"intersection": {"C": table}}, network, "s.toml", "timing sheet s.toml", recorded=True)


def _under(sheet: EngineerFile, network: Network, profile: str = "field") -> Rules:
    return rules_of(network, profile, pedestrians="none", sheet=sheet)


@pytest.mark.parametrize("profile", FIELDS)
def test_the_engineers_greens_and_intergreens_below_a_floor_are_refused_all_at_once(
    profile: str, tmp_path: Path
) -> None:
    text = _green("1", 0) + _green("2", 2) + _between("1", "4", 0) + _between("4", "1", 3.0)
    assert _refused(text, tmp_path, profile=profile) == [
        f"engineer's file mine.toml, intersection 'C', {fault} under profile {profile}"
        for fault in (
            "signal group '1': min_green_s: found 0 s, needed at least 5 s (floor of vehicle greens)",
            "signal group '2': min_green_s: found 2 s, needed at least 5 s (floor of vehicle greens)",
            "from signal group '1' to '4': time_s: found 0 s, needed more than the yellow of 3 s (fakes)",
            "from signal group '4' to '1': time_s: found 3 s, needed more than the yellow of 3 s (fakes)",
        )
    ]


def test_at_its_floor_the_engineers_value_holds(tmp_path: Path) -> None:
    rules = rules_of(
        crossroads(), "field", _table(_green("1", 5) + _between("1", "4", 3.1), tmp_path), pedestrians="none"
    )
    assert (rules.group("C", "1").min_green_ds, rules.intergreen_ds("C", "1", "4")) == (50, 31)


def test_the_floor_of_an_intergreen_is_the_yellow_that_holds(tmp_path: Path) -> None:
    longer = '[intersection."C".group."1"]\nyellow_s = 4.5\n' + _between("1", "4", 4.0)
    (fault,) = _refused(longer, tmp_path)
    assert "found 4 s, needed more than the yellow of 4.5 s (engineer's file mine.toml)" in fault


def test_who_gives_way_needs_the_yellow_and_no_more(tmp_path: Path) -> None:
    network = crossroads()
    assert network.intersections[0].pair("5", "10").kind is PairKind.YIELDING
    own = rules_of(network, "field", _table(_between("5", "10", 3.0), tmp_path), pedestrians="none")
    assert own.intergreen_ds("C", "5", "10") == 30
    (fault,) = _refused(_between("5", "10", 2.0), tmp_path)
    assert "time_s: found 2 s, needed at least the yellow of 3 s" in fault
    (fault,) = _refused(_between("5", "10", 4.0, "giving_way_s = 2.0\n"), tmp_path)
    assert "giving_way_s: found 2 s, needed at least the yellow of 3 s" in fault


def test_a_green_on_foot_has_room_for_walk_and_for_a_clearance_that_nobody_waits_for(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)  # all that conflicts waits 13 s after it, longer than the clearance
    (fault,) = _refused(_green("14", 6), tmp_path, network)
    assert "min_green_s: found 6 s, needed at least 7 s (profile field) under" in fault
    (old,) = network.intersections
    pairs = tuple(
        replace(pair, intergreen_ds=(50, 50)) if "14" in (pair.first, pair.second) and pair.intergreen_ds[0] else pair
        for pair in old.pairs
    )
    (fault,) = _refused(_green("14", 8), tmp_path, replace(network, intersections=(replace(old, pairs=pairs),)))
    assert "found 8 s, needed at least 19 s (profile field; formula: 12.8 m / 1.07 m/s, up to tenths) under" in fault


def test_whose_clearance_runs_in_red_needs_it_there(tmp_path: Path) -> None:
    """Conflicting greens wait 13 s today, more than the clearance of 12 s: the green is the walk that runs. Where the
    engineer lets one start at once, it is walk and clearance."""
    network = crossroads(pedestrians=True, green_s=(40, 24))
    assert rules_of(network, "field").group("C", "12").min_green_ds == 160
    rules = rules_of(network, "field", _table(_between("12", "1", 0), tmp_path))
    assert rules.group("C", "12").min_green_ds == 190
    assert any("green of 16 s runs today, 19 s needed" in line for line in rules.raised)
    assert any("0 s after the green on foot by engineer's file mine.toml, 13 s run today" in n for n in rules.notes)


def test_what_a_sheet_has_below_a_floor_is_raised_and_told() -> None:
    network = crossroads()
    pairs = [{"from": "1", "to": "4", "time_s": 0}, {"from": "4", "to": "1", "time_s": 3.0}]
    pairs += [{"from": "5", "to": "10", "time_s": 2.0, "giving_way_s": 1.0}]
    sheet = _sheet(network, group={"1": {"min_green_s": 2}, "2": {"min_green_s": 5}}, intergreen=pairs)
    rules = _under(sheet, network)
    assert (rules.group("C", "1").min_green_ds, rules.group("C", "2").min_green_ds) == (70, 50)
    assert rules.group("C", "1").min_green.source == "profile field"
    for ending, starting in (("1", "4"), ("4", "1")):
        time = rules.intergreen("C", ending, starting).time
        assert time is not None
        assert time.value_ds >= 40
        assert time.source.startswith("formula (profile field)")
    assert rules.intergreen_ds("C", "5", "10") == rules.intergreen_ds("C", "5", "10", gives_way=True) == 30
    told = "\n".join(rules.raised)
    assert "signal group '1': green of 2 s by timing sheet s.toml, needed at least 5 s" in told
    assert "raised to 7 s by profile field" in told
    assert "between crossing paths by timing sheet s.toml in 3 ordered pairs; raised by 1 to 4 s" in told
    assert "from signal group '5' to '10': 1 s where it goes on giving way by timing sheet s.toml" in told


def test_a_short_yellow_of_a_sheet_is_raised_and_the_sheets_intergreen_with_it() -> None:
    network = crossroads()
    pairs = [{"from": "1", "to": "4", "time_s": 4.0}]  # 2 s of red clearance after the yellow of 2 s
    sheet = _sheet(network, group={"1": {"yellow_s": 2.0}, "2": {"yellow_s": 0.0}}, intergreen=pairs)
    rules = _under(sheet, network)
    yellow = rules.group("C", "1").yellow
    assert yellow.value_ds >= 30
    assert yellow.source.startswith("formula (profile field; too short by timing sheet s.toml)")
    assert rules.intergreen_ds("C", "1", "4") == yellow.value_ds + 20
    one, two = rules.raised
    assert "signal group '1': yellow of 2 s by timing sheet s.toml, " in one
    assert "signal group '2': yellow of 0 s by timing sheet s.toml, " in two
    assert "; none by timing sheet s.toml)" in rules.group("C", "2").yellow.source
    recorded = _under(sheet, network, "literature")
    assert (recorded.group("C", "1").yellow_ds, recorded.intergreen_ds("C", "1", "4")) == (20, 40)
    assert recorded.group("C", "2").yellow_ds >= 30  # nobody drives without one
    (line,) = recorded.raised
    assert "signal group '2': yellow of 0 s by timing sheet s.toml, " in line


def test_an_engineers_speed_goes_before_the_yellow_of_a_sheet(tmp_path: Path) -> None:
    network = crossroads()
    own = _table('[intersection."C".group."1"]\napproach_speed_m_per_s = 20.0\n', tmp_path)
    sheet = _sheet(network, group={"1": {"yellow_s": 3.5}})
    yellow = rules_of(network, "field-us", own, pedestrians="none", sheet=sheet).group("C", "1").yellow
    assert (yellow.value_ds, yellow.source.startswith("formula (engineer's file mine.toml)")) == (43, True)


def test_an_engineers_yellow_below_the_floor_is_refused(tmp_path: Path) -> None:
    (fault,) = _refused('[intersection."C".group."1"]\nyellow_s = 2.0\n', tmp_path)
    assert "signal group '1': yellow_s: found 2.0, needed 3 to 6" in fault


def test_what_a_sheet_has_at_its_floor_is_neither_raised_nor_told() -> None:
    network = crossroads()
    sheet = _sheet(network, group={"1": {"min_green_s": 5}}, intergreen=[{"from": "1", "to": "4", "time_s": 5.0}])
    rules = _under(sheet, network)
    assert (rules.group("C", "1").min_green_ds, rules.intergreen_ds("C", "1", "4"), rules.raised) == (50, 50, ())


def test_the_engineers_file_may_say_what_a_sheet_has_too_little_of(tmp_path: Path) -> None:
    network = crossroads()
    sheet = _sheet(network, group={"1": {"min_green_s": 2}})
    rules = rules_of(network, "field", _table(_green("1", 6), tmp_path), pedestrians="none", sheet=sheet)
    assert (rules.group("C", "1").min_green_ds, rules.raised) == (60, ())


def test_the_literature_has_no_floors(tmp_path: Path) -> None:
    rules = rules_of(crossroads(), "literature", _table(_green("1", 2) + _between("1", "4", 0), tmp_path))
    assert (rules.group("C", "1").min_green_ds, rules.intergreen_ds("C", "1", "4")) == (20, 0)


@pytest.mark.parametrize("pedestrians", [False, True])
def test_rules_filled_in_are_above_their_own_floors(pedestrians: bool, tmp_path: Path) -> None:
    network = crossroads(pedestrians, green_s=(40, 24))
    found = rules_of(network, "field")
    again = rules_of(network, "field", _table(filled_in(found, network), tmp_path))
    for one in found.intersections[0].groups:
        assert again.group("C", one.group_id).min_green_ds == one.min_green_ds


def _conflicting(network: Network, group: str) -> list[str]:
    pairs = [pair for pair in network.intersections[0].pairs if group in (pair.first, pair.second)]
    return [pair.second if pair.first == group else pair.first for pair in pairs if pair.kind is PairKind.CONFLICTING]


def _at_once(network: Network, group: str = "13") -> list[dict[str, object]]:
    """Whoever crosses the path of those who walk starts when their green ends."""
    return [{"from": group, "to": other, "time_s": 0} for other in _conflicting(network, group)]


def _toml(entries: list[dict[str, object]]) -> str:
    return "".join(_between(str(one["from"]), str(one["to"]), 0) for one in entries)


@pytest.mark.parametrize("profile", FIELDS)
def test_the_engineers_clearance_on_foot_is_as_long_as_the_crossing(profile: str, tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    own = '[intersection."C".group."13"]\nwalk_s = 4\npedestrian_clearance_s = '
    (fault,) = _refused(f"{own}0\n{_toml(_at_once(network))}", tmp_path, network, profile)
    speed = 1.2 if profile == "field-de" else 1.07
    assert "signal group '13': pedestrian_clearance_s: found 0 s, needed at least " in fault
    assert f"s (formula: 12.8 m / {speed:g} m/s, up to tenths) under profile {profile}" in fault


def test_a_clearance_that_no_conflicting_green_waits_for_is_in_the_green(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    own = '[intersection."C".group."13"]\nwalk_s = 4\n'
    enough = _table(f"{own}pedestrian_clearance_s = 12\n{_toml(_at_once(network))}", tmp_path)
    assert rules_of(network, "field", enough).group("C", "13").min_green_ds == 160
    (fault,) = _refused(f"{own}min_green_s = 15.9\n{_toml(_at_once(network))}", tmp_path, network)
    assert "min_green_s: found 15.9 s, needed at least 16 s" in fault
    in_red = rules_of(network, "field", _table(own, tmp_path)).group("C", "13")  # all that conflicts waits 13 s
    assert (in_red.walk_ds, in_red.pedestrian_clearance_ds) == (40, 120)


@pytest.mark.parametrize("arrow", ["2", "6"])
def test_an_arrow_over_a_crossing_waits_for_those_who_clear_it_in_red(arrow: str, tmp_path: Path) -> None:
    """Rights give way to who walks, also to who is still on the crossing after the walk, so that their giving-way green
    need not wait. With an arrow, which nobody shows here today, nobody gives way."""
    network = crossroads(pedestrians=True)
    own = '[intersection."C".group."13"]\nwalk_s = 4\nmin_green_s = 4\n'
    for time_s in (12, 11.9, 3):
        text = own + _between("13", arrow, time_s)
        if time_s < 12:
            (fault,) = _refused(text, tmp_path, network)
            assert "signal group '13': min_green_s: found 4 s, needed at least 16 s" in fault
        else:
            assert rules_of(network, "field", _table(text, tmp_path)).group("C", "13").min_green_ds == 40


def test_an_arrow_that_nobody_may_show_lets_clear_in_red(tmp_path: Path) -> None:
    """Nobody knows how long the arrow has to wait, so that a plan that shows it is refused."""
    network = crossroads(pedestrians=True)
    (old,) = network.intersections
    pairs = tuple(
        replace(pair, intergreen_ds=(None, None)) if pair.kind is PairKind.YIELDING else pair for pair in old.pairs
    )
    unknown = replace(network, intersections=(replace(old, pairs=pairs),))
    own = _table('[intersection."C".group."13"]\nwalk_s = 4\nmin_green_s = 4\n', tmp_path)
    rules = rules_of(unknown, "field", own)
    assert rules.group("C", "13").min_green_ds == 40
    assert rules.intergreen_ds("C", "13", "2") is None


def test_a_sheets_clearance_on_foot_is_raised_and_the_green_with_it() -> None:
    network = crossroads(pedestrians=True)
    on_foot = {"walk_s": 4, "pedestrian_clearance_s": 0, "min_green_s": 4}
    sheet = _sheet(network, group={"13": on_foot}, intergreen=_at_once(network))
    rules = _under(sheet, network)
    crossing = rules.group("C", "13")
    assert (crossing.walk_ds, crossing.pedestrian_clearance_ds, crossing.min_green_ds) == (40, 120, 160)
    told = "\n".join(rules.raised)
    assert (
        "signal group '13': clearance on foot of 0 s by timing sheet s.toml, needed at least 12 s "
        "(formula: 12.8 m / 1.07 m/s, up to tenths); raised" in told
    )
    assert "signal group '13': green of 4 s by timing sheet s.toml, needed at least 16 s" in told
    assert _under(sheet, network, "literature").group("C", "13").pedestrian_clearance_ds == 0


def test_who_walks_faster_by_the_engineer_needs_less_also_when_it_is_read_again(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    own = '[intersection."C".group."13"]\nwalking_speed_m_per_s = 1.28\npedestrian_clearance_s = '
    rules = rules_of(network, "field", _table(f"{own}10\n", tmp_path))
    assert rules.group("C", "13").pedestrian_clearance_ds == 100
    again = rules_of(network, "field", _table(filled_in(rules, network), tmp_path))
    assert again.group("C", "13").pedestrian_clearance_ds == 100
    (fault,) = _refused(f"{own}9.9\n", tmp_path, network)
    assert (
        "found 9.9 s, needed at least 10 s (formula (engineer's file mine.toml): 12.8 m / 1.28 m/s, up to tenths)"
        in fault
    )


def test_a_crossing_whose_length_nobody_knows_has_no_floor(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    (old,) = network.intersections
    movements = tuple(replace(movement, crossing_length_m=None) for movement in old.movements)
    unknown = replace(network, intersections=(replace(old, movements=movements),))
    text = f'[intersection."C".group."13"]\nwalk_s = 4\npedestrian_clearance_s = 0\n{_toml(_at_once(network))}'
    assert rules_of(unknown, "field", _table(text, tmp_path)).group("C", "13").pedestrian_clearance_ds == 0


def _with_trains(today_ds: int | None) -> Network:
    """Trains from group 1, and so long from the end of their green to the start of 4."""
    network = crossroads()
    (old,) = network.intersections
    groups = tuple(replace(group, kind=GroupKind.RAIL) if group.id == "1" else group for group in old.groups)
    pairs = tuple(
        replace(pair, intergreen_ds=(today_ds, today_ds)) if {pair.first, pair.second} == {"1", "4"} else pair
        for pair in old.pairs
    )
    return replace(network, intersections=(replace(old, groups=groups, pairs=pairs),))


def test_after_trains_more_than_their_yellow_is_needed(tmp_path: Path) -> None:
    network = _with_trains(90)
    (fault,) = _refused(_between("1", "4", 3.0), tmp_path, network)
    assert "time_s: found 3 s, needed more than the yellow of 3 s" in fault


@pytest.mark.parametrize(
    ("today_ds", "told"),
    [(90, "raised to 9 s by running program"), (30, "not taken, and nobody knows it"), (None, "nobody knows it")],
)
def test_no_formula_says_how_long_trains_take_to_clear(today_ds: int | None, told: str) -> None:
    network = _with_trains(today_ds)
    sheet = _sheet(network, intergreen=[{"from": "1", "to": "4", "time_s": 2.0}])
    rules = _under(sheet, network)
    assert rules.intergreen_ds("C", "1", "4") == (today_ds if today_ds == 90 else None)
    (line,) = [line for line in rules.raised if "trains" in line]
    assert "2 s after trains by timing sheet s.toml, at least 3.1 s needed; " in line
    assert told in line


@pytest.mark.parametrize(("today_ds", "taken_ds"), [(31, 31), (30, None), (20, None), (None, None)])
def test_what_runs_after_trains_is_raised_by_nobody_and_not_taken_where_it_is_too_little(
    today_ds: int | None, taken_ds: int | None
) -> None:
    """No more than the yellow after trains runs today: under `field` nobody knows it, as where a sheet says so."""
    network = _with_trains(today_ds)
    rules = rules_of(network, "field", pedestrians="none")
    assert rules.intergreen_ds("C", "1", "4") == taken_ds
    told = [line for line in rules.raised if "trains" in line]
    assert len(told) == int(today_ds in (20, 30))
    assert all(line.endswith("at least 3.1 s needed; not taken, and nobody knows it") for line in told)
    assert rules_of(network, "literature").intergreen_ds("C", "1", "4") == (today_ds and max(30, today_ds))


def test_a_plan_that_lets_others_go_too_soon_after_trains_is_refused(tmp_path: Path) -> None:
    network = _with_trains(30)
    own = _table('[intersection."C"]\nuntouched = false\n', tmp_path)
    rules = rules_of(network, "field", own, pedestrians="none")
    found = [one for one in check(touched(network), network, rules) if one.rule == "intergreen-unknown"]
    assert {one.where for one in found} == {"intersection 'C', from signal group '1' to '4'"}


def test_a_sheets_maximum_below_the_green_that_is_needed_is_raised_with_it() -> None:
    network = crossroads()
    rules = _under(_sheet(network, group={"1": {"min_green_s": 3, "max_green_s": 5}}), network)
    assert (rules.group("C", "1").min_green_ds, rules.group("C", "1").max_green_ds) == (70, 70)
    assert (
        "intersection 'C', signal group '1': maximum green of 5 s by timing sheet s.toml, needed at least 7 s "
        "(minimum green: profile field); raised" in rules.raised
    )


def test_a_sheets_maximum_below_what_the_engineer_orders_is_raised(tmp_path: Path) -> None:
    network = crossroads()
    sheet = _sheet(network, group={"1": {"max_green_s": 20}})
    own = _table('[intersection."C".group."1"]\nmin_green_s = 18\ngreen_flash_s = 3\n', tmp_path)
    rules = rules_of(network, "literature", own, pedestrians="none", sheet=sheet)
    assert rules.group("C", "1").max_green_ds == 210
    (line,) = rules.raised
    assert line.endswith("needed at least 21 s (minimum green: engineer's file mine.toml); raised")


@pytest.mark.parametrize("profile", ["field", "literature"])
def test_the_engineers_maximum_below_the_minimum_is_refused_by_its_name(profile: str, tmp_path: Path) -> None:
    own = '[intersection."C".group."1"]\nmax_green_s = 4\n'
    (fault,) = _refused(own, tmp_path, profile=profile)
    needed = f"at least {7 if profile == 'field' else 5} s (minimum green: profile {profile}) under profile {profile}"
    assert fault == (
        f"engineer's file mine.toml, intersection 'C', signal group '1': max_green_s: found 4 s, needed {needed}"
    )
