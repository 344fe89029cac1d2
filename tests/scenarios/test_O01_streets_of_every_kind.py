"""Streets of every kind: read right, planned for, checked, written, and shown by the simulator as written."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.importers import sumo_net
from networks.junction import GroupKind, Intersection, PairKind
from networks.network import Network
from optimizers.methods import descent, resplit, webster
from signals.control import running_plan
from signals.intervals import greens
from signals.plan import StagesBody, TimingPlan
from signals.programs.sumo import read, write
from signals.rules import Rules, rules_of
from signals.safety import audit, check, inherited
from signals.service.propose import propose, why_untouched
from signals.timing.problem import problem_of
from tests.scenarios import streets
from tests.scenarios.streets import Shown, shown
from tests.signals.timing.demands import demand, departures

KINDS: dict[str, Callable[[Path], Path]] = {
    build.__name__.replace("_", " "): build
    for build in (
        streets.one_program_for_two_nodes,
        streets.one_index_for_several,
        streets.index_without_connection,
        streets.permitted_lefts,
        streets.right_arrows,
        streets.several_programs,
        streets.program_in_additional,
        streets.walkers,
        streets.all_red,
        streets.rail_and_buses,
        streets.own_signal_for_buses,
        streets.already_actuated,
        streets.coordinated_already,
        streets.different_cycles,
    )
}
LEFT_ALONE = {"already actuated"}


@dataclass(frozen=True, slots=True)
class Planned:
    """A street, the plans found for it, and the best of them as SUMO's programs and as SUMO shows it."""

    path: Path
    network: Network
    rules: Rules
    plans: tuple[TimingPlan, ...]
    programs: Path
    shown: Shown

    @property
    def plan(self) -> TimingPlan:
        return self.plans[0]

    def letters(self, signal: str, channel: int) -> str:
        """What a channel shows in the written program, step by step."""
        (logic,) = [p for p in ElementTree.parse(self.programs).getroot().iter("tlLogic") if p.get("id") == signal]
        return "".join(step.attrib["state"][channel] for step in logic.iter("phase"))

    def seconds(self, signal: str) -> list[float]:
        (logic,) = [p for p in ElementTree.parse(self.programs).getroot().iter("tlLogic") if p.get("id") == signal]
        return [float(step.attrib["duration"]) for step in logic.iter("phase")]


@functools.cache
def planned(kind: str) -> Planned:
    path = KINDS[kind](Path(tempfile.mkdtemp(prefix="greenband-street-")))
    network = sumo_net.read(path, sorted(path.parent.glob("night.add.xml")))
    rules, incumbent = rules_of(network), running_plan(network)
    proposal = propose(
        network, demand(network, 120.0), rules, incumbent,
        departures=[departures(network, every_s=30.0)],
        methods={"webster": webster, "resplit": resplit, "descent": descent}, effort=1500, seed=1,
        stop=lambda: False, report=lambda doing, share: None,
    )  # fmt: skip
    assert proposal.refused == ()
    plans = tuple(candidate.plan for candidate in proposal.candidates) or (proposal.running.plan,)
    programs = path.parent / "plan.add.xml"
    write(plans[0], network, programs)
    return Planned(path, network, rules, plans, programs, shown(path, network, programs))


def own(kind: str, signal: str) -> Intersection:
    return planned(kind).network.intersection(signal)


def stage_letters(plan: TimingPlan, signal: str, group_id: str) -> set[str]:
    timing = plan.intersection(signal)
    assert isinstance(timing.body, StagesBody)
    return {stage.displays[timing.group_ids.index(group_id)] for stage in timing.body.sequence}


@pytest.mark.parametrize("kind", KINDS)
def test_its_running_programs_are_without_fault_and_run_on_as_they_are(kind: str, tmp_path: Path) -> None:
    street = planned(kind)
    incumbent = running_plan(street.network)
    assert inherited(street.network, street.rules) == ()
    write(incumbent, street.network, tmp_path / "running.add.xml")
    assert read(tmp_path / "running.add.xml", street.network) == incumbent
    night = street.path.parent / "night.add.xml"
    today = shown(street.path, street.network, night if night.exists() else None)
    written = shown(street.path, street.network, tmp_path / "running.add.xml")
    assert written.rows == today.rows
    assert audit(today.rows, incumbent, street.network) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_plan_is_safe_and_the_best_is_shown_as_written(kind: str) -> None:
    street = planned(kind)
    for plan in street.plans:
        assert check(plan, street.network, street.rules) == ()
    assert read(street.programs, street.network).intersections == street.plan.intersections
    assert audit(street.shown.rows, street.plan, street.network) == ()
    assert (street.shown.collisions, street.shown.warnings) == (0, ())
    if kind not in LEFT_ALONE:
        assert len(street.plans) >= 2
        assert not any(timing.untouched for timing in street.plan.intersections)


def test_groups_of_two_nodes_are_together_only_as_today() -> None:
    street = planned("one program for two nodes")
    intersection, timing = street.network.intersection("J"), street.plan.intersection("J")
    assert set(intersection.node_ids) == {"A", "B"}
    assert timing.cycle_ds is not None
    node_of = {path.group_id: path.node_id for path in street.network.lane_links if path.intersection_id == "J"}
    apart = [pair for pair in intersection.pairs if node_of[pair.first] != node_of[pair.second]]
    assert len(apart) > 20
    shown_green = {
        name: {t % timing.cycle_ds for start, end in windows for t in range(start, end)}
        for name, windows in greens(timing).items()
    }
    for pair in apart:
        columns = [
            [step.state[int(name)] in "gG" for step in intersection.running.steps] for name in (pair.first, pair.second)
        ]
        together = any(map(all, zip(*columns, strict=True)))
        assert pair.kind is (PairKind.COMPATIBLE if together else PairKind.CONFLICTING)
        assert together or not shown_green[pair.first] & shown_green[pair.second]


def test_one_index_shows_one_thing_to_all_its_connections_and_serves_all_their_traffic() -> None:
    street = planned("one index for several")
    intersection = street.network.intersection("J")
    paths = [path for path in street.network.lane_links if path.intersection_id == "J"]
    assert intersection.channel_count < len(paths)
    several = [group for group in intersection.groups if len(group.movement_ids) > 1]
    assert several
    named = problem_of(street.network, demand(street.network, 120.0), street.rules, street.plan)
    for group in several:
        flows = [use.flow_veh_per_h for use in named.uses if use.group_id == group.id]
        assert sum(flows) == pytest.approx(120.0 * len(group.movement_ids))


def test_an_index_of_nobody_is_no_conflict_and_stays_as_it_is() -> None:
    street = planned("index without connection")
    intersection = street.network.intersection("A0")
    unused = intersection.group("3")
    assert (unused.kind, unused.movement_ids, unused.channels) == (GroupKind.UNUSED, (), (3,))
    assert {intersection.pair("3", g.id).kind for g in intersection.groups if g.id != "3"} == {PairKind.COMPATIBLE}
    assert set(street.letters("A0", 3)) == {"r"}
    last = intersection.channel_count - 1
    assert {"g", "G"} & set(street.letters("A0", last))
    assert {path.channel for path in street.network.lane_links if path.intersection_id == "A0"} == {
        *range(3),
        *range(4, last + 1),
    }


def test_a_permitted_left_gives_way_to_oncoming_traffic_and_is_shown_so() -> None:
    street = planned("permitted lefts")
    for intersection in street.network.intersections:
        lefts = {g for m in intersection.movements if m.turn == "left" for g in m.group_ids}
        yielding = [pair for pair in intersection.pairs if pair.kind is PairKind.YIELDING]
        assert len(lefts) == 4
        assert {name for pair in yielding for name in pair.yields} == lefts
        for left in lefts:
            assert stage_letters(street.plan, intersection.id, left) == {"g", "r"}


def test_a_right_arrow_is_no_green_but_stays() -> None:
    street = planned("right arrows")
    intersection = street.network.intersection("A0")
    rights = [g for m in intersection.movements if m.turn == "right" for g in m.group_ids]
    assert len(rights) == 4
    for group_id in rights:
        today = {step.state[int(group_id)] for step in intersection.running.steps}
        assert today == {"G", "y", "s"}
        assert set(street.letters("A0", int(group_id))) == today
        assert set(street.letters("B0", int(group_id))) == {"G", "y", "r"}
        stages = [stage for stage in intersection.stages if group_id in stage.green_group_ids]
        assert len(stages) == 1


def test_of_several_programs_the_last_one_runs_and_the_plan_gets_an_id_of_its_own() -> None:
    street = planned("several programs")
    intersection = street.network.intersection("A0")
    assert (intersection.running.program_id, intersection.running.cycle_ds) == ("evening", 1200)
    assert [program.program_id for program in intersection.other_programs] == ["0"]
    ids = {p.attrib["programID"] for p in ElementTree.parse(street.programs).getroot().iter("tlLogic")}
    assert not ids & {"0", "evening"}


def test_a_program_of_an_additional_file_runs() -> None:
    intersection = own("program in additional", "A0")
    assert (intersection.running.program_id, intersection.running.cycle_ds) == ("night", 600)
    assert intersection.running.source == "night.add.xml"
    assert own("program in additional", "B0").running.cycle_ds == 900


def test_walkers_get_their_time_and_vehicles_that_turn_give_way() -> None:
    street = planned("walkers")
    for intersection in street.network.intersections:
        walking = {g.id for g in intersection.groups if g.kind is GroupKind.PEDESTRIAN}
        assert len(walking) == 4
        beside = [p for p in intersection.pairs if p.kind is PairKind.YIELDING and walking & {p.first, p.second}]
        assert beside
        assert not any(walking & set(pair.yields) for pair in beside)
        found = greens(street.plan.intersection(intersection.id))
        for group_id in walking:
            rule = street.rules.group(intersection.id, group_id)
            assert rule.walk_ds is not None
            assert rule.pedestrian_clearance_ds is not None
            assert all(end - start >= rule.min_green_ds >= 50 for start, end in found[group_id])
            assert "y" not in street.letters(intersection.id, intersection.group(group_id).channels[0])


def test_all_red_is_part_of_the_intergreen() -> None:
    street = planned("all red")
    for intersection in street.network.intersections:
        assert {g.yellow.value_ds for g in intersection.groups} == {30}
        times = {ds for p in intersection.pairs if p.kind is PairKind.CONFLICTING for ds in p.intergreen_ds}
        assert times == {50}
        states = [
            "".join(street.letters(intersection.id, c)[at] for c in range(intersection.channel_count))
            for at in range(len(street.seconds(intersection.id)))
        ]
        dark = [s for x, s in zip(states, street.seconds(intersection.id), strict=True) if set(x) == {"r"}]
        assert dark == [2.0, 2.0]


def test_trams_are_signalled_and_trains_have_signals_of_their_own() -> None:
    street = planned("rail and buses")
    kinds = {g.movement_ids[0]: g.kind for g in street.network.intersection("C").groups}
    assert kinds == {
        "NC->CS": GroupKind.RAIL,
        "SC->CN": GroupKind.BICYCLE,
        "WC->CE": GroupKind.VEHICLE,
        "EC->CW": GroupKind.VEHICLE,
    }
    assert [intersection.id for intersection in street.network.intersections] == ["C"]
    assert {street.network.node(name).kind for name in ("R", "RN")} == {"rail_crossing", "rail_signal"}
    tram = next(g for g in street.network.intersection("C").groups if g.kind is GroupKind.RAIL)
    assert greens(street.plan.intersection("C"))[tram.id]  # no demand is known for it, and it is served all the same


def test_a_link_without_signal_beside_one_with_belongs_to_nobody() -> None:
    street = planned("rail and buses")
    free, signalised = (street.network.lane_link(f"WC_0->{lane}") for lane in ("CS_0", "CE_0"))
    assert (free.channel, free.group_id, free.intersection_id) == (None, None, None)
    assert signalised.group_id is not None
    assert "WC->CS" not in {movement.id for movement in street.network.intersection("C").movements}


@pytest.mark.parametrize("kind", ["rail and buses", "own signal for buses"])
def test_cars_are_planned_for_on_their_own_lanes_only(kind: str) -> None:
    street = planned(kind)
    flows = demand(street.network, {("WC", "CE"): 400.0, ("EC", "CW"): 200.0})
    named = problem_of(street.network, flows, street.rules, running_plan(street.network))
    assert {use.lane_id: use.flow_veh_per_h for use in named.uses if use.lane_id.startswith("WC")} == {
        "WC_0": 400.0,
        "WC_1": 0.0,
    }


def test_a_bus_lane_with_a_signal_of_its_own_is_a_group_of_its_own() -> None:
    street = planned("own signal for buses")
    intersection = street.network.intersection("C")
    (bus,) = [g for g in intersection.groups if g.kind is GroupKind.TRANSIT]
    assert (bus.movement_ids, bus.yellow.value_ds) == (("WC->CE",), 30)
    assert greens(street.plan.intersection("C"))[bus.id]


def test_actuated_signals_bring_their_limits_and_run_on() -> None:
    street = planned("already actuated")
    for timing in street.plan.intersections:
        intersection = street.network.intersection(timing.intersection_id)
        assert intersection.running.kind == "actuated"
        assert timing.untouched
        assert why_untouched(timing, intersection).startswith("it runs free")
        for group in intersection.groups:
            rule = street.rules.group(intersection.id, group.id)
            assert (rule.min_green_ds, rule.max_green_ds) == (50, 500)
    lengths = {state for _, state in street.shown.rows["A0"]}
    assert len(lengths) >= 4


def test_actuated_signals_on_a_clock_are_timed_anew() -> None:
    street = planned("coordinated already")
    for timing in street.plan.intersections:
        assert running_plan(street.network).intersection(timing.intersection_id).cycle_ds == 900
        assert timing.control_mode.value == "fixed"
        found = greens(timing)
        for group_id, windows in found.items():
            rule = street.rules.group(timing.intersection_id, group_id)
            assert (rule.min_green_ds, rule.max_green_ds) == (100, 600)
            assert all(100 <= end - start <= 600 for start, end in windows)


def test_every_junction_has_its_own_cycle_until_a_common_one_is_found() -> None:
    street = planned("different cycles")
    assert [i.running.cycle_ds for i in street.network.intersections] == [900, 600, 450]
    assert [street.rules.cycle_bounds_ds(i.id) for i in street.network.intersections] == [(300, 1200)] * 3
    cycles = [tuple(timing.cycle_ds for timing in plan.intersections) for plan in street.plans]
    assert all(isinstance(cycle, int) and 300 <= cycle <= 1200 for plan in cycles for cycle in plan)
    assert any(len({cycle for cycle in plan if cycle}) == 1 for plan in cycles)
