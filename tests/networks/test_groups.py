"""Signal groups: which channels belong together, who uses them, and their safety inputs."""

from __future__ import annotations

from networks.groups import group_of, grouped_channels, kind_of
from networks.junction import GroupKind, Program, ProgramStep, SignalGroup
from networks.network import Lane, LaneLink, Network
from tests.fakes import crossroads

LINKS = crossroads().lane_links


def program(*steps: tuple[str, int], **times: int) -> Program:
    return Program("C", "p", "static", 0, tuple(ProgramStep(state, 10 * time_s, **times) for state, time_s in steps))


def group_on(channel: int, *steps: tuple[str, int], **times: int) -> SignalGroup:
    lanes = {lane.id: lane for lane in crossroads().lanes}
    return group_of((channel,), [LINKS[channel]], lanes, program(*steps, **times))


def lane(**classes: frozenset[str]) -> Lane:
    values = {"allowed": frozenset(), "disallowed": frozenset(), **classes}
    return Lane("a_0", "a", 0, 100.0, 13.9, 3.2, shape_m=(), **values)  # type: ignore[arg-type]


def link(from_lane: str = "a_0", to_lane: str = "b_0", channel: int = 0, turn: str = "through") -> LaneLink:
    return LaneLink(f"{from_lane}->{to_lane}", "C", from_lane, to_lane, turn, 10.0, 10.0, 0, "C", channel)


def kind(*allowed: str, turn: str = "through") -> GroupKind:
    lanes = {"a_0": lane(allowed=frozenset(allowed)), "b_0": lane(disallowed=frozenset({"rail"}))}
    return kind_of(link(turn=turn), lanes)


def test_the_kind_follows_the_classes_both_lanes_admit() -> None:
    assert kind() is GroupKind.VEHICLE
    assert kind("passenger", "bus") is GroupKind.VEHICLE
    assert kind("bus", "taxi", "emergency") is GroupKind.TRANSIT
    assert kind("tram", "bus") is GroupKind.TRANSIT
    assert kind("tram") is GroupKind.RAIL
    assert kind("bicycle") is GroupKind.BICYCLE
    assert kind("pedestrian", turn="crossing") is GroupKind.PEDESTRIAN


def test_channels_of_one_movement_with_the_same_letters_are_one_group() -> None:
    """Two lanes of one movement share a group; another movement, other letters or no connection do not."""
    links = {0: [link("a_0", "b_0")], 1: [link("a_1", "b_1")], 2: [link("a_1", "c_0")], 3: [link("a_2", "b_2")]}
    assert grouped_channels(links, 5, [program(("GGGrr", 10), ("yyyGr", 3))]) == ((0, 1), (2,), (3,), (4,))


def test_another_program_can_keep_channels_apart() -> None:
    links = {0: [link("a_0", "b_0")], 1: [link("a_1", "b_1")]}
    together = program(("GG", 10), ("yy", 3))
    assert grouped_channels(links, 2, [together]) == ((0, 1),)
    assert grouped_channels(links, 2, [program(("Gr", 10), ("yr", 3)), together]) == ((0,), (1,))


def test_one_channel_may_carry_several_movements() -> None:
    lanes = {lane.id: lane for lane in crossroads().lanes}
    group = group_of((0,), [LINKS[0], LINKS[1]], lanes, program(("G", 10), ("y", 3)))
    assert group.movement_ids == ("NC->CW", "NC->CS")


def test_a_channel_without_connection_is_unused() -> None:
    assert group_of((4,), [], {}, program(("rrrrG", 10))).kind is GroupKind.UNUSED


def test_yellow_is_the_shortest_shown_with_its_place() -> None:
    group = group_on(0, ("G", 20), ("y", 4), ("r", 5), ("G", 20), ("y", 3), ("r", 5))
    assert group.yellow.value_ds == 30
    assert "'p'" in group.yellow.source
    assert "step 4" in group.yellow.source


def test_a_missing_yellow_becomes_the_floor_and_a_short_one_stays_as_shown() -> None:
    """Whether the short one is raised, and to what, is for the rules to say."""
    assert group_on(0, ("G", 20), ("r", 5)).yellow.value_ds == 30
    short = group_on(0, ("G", 20), ("y", 2), ("r", 5)).yellow
    assert (short.value_ds, short.source) == (20, "running program 'p': step 1")


def test_minimum_and_maximum_come_from_the_program_or_the_formula() -> None:
    assert (group_on(0, ("G", 20), ("y", 3)).min_green.value_ds, group_on(0, ("G", 20), ("y", 3)).max_green) == (
        50,
        None,
    )
    given = group_on(0, ("G", 20), ("y", 3), min_ds=80, max_ds=450)
    assert given.min_green.value_ds == 80
    assert given.max_green is not None
    assert given.max_green.value_ds == 450


def test_red_amber_is_kept() -> None:
    group = group_on(0, ("G", 20), ("y", 3), ("r", 5), ("u", 1))
    assert group.red_amber is not None
    assert group.red_amber.value_ds == 10


def test_kinds_of_a_real_street(mixed: Network) -> None:
    """Cars, a bus lane, trams and bicycles at one node; the bus lane has a group of its own."""
    (intersection,) = mixed.intersections
    kinds = {group.movement_ids: group.kind for group in intersection.groups if group.movement_ids}
    assert kinds["NC->CS",] is GroupKind.RAIL
    assert kinds["SC->CN",] is GroupKind.BICYCLE
    assert kinds["EC->CW",] is GroupKind.VEHICLE
