"""Signal groups of an intersection: which channels belong together, what kind they are, their safety inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from networks.junction import GroupKind, Program, SafetyValue, SignalGroup
from networks.network import Lane, LaneLink
from networks.timeline import Green, column, durations_ds, greens

YELLOW_FLOOR_DS = 30
MIN_GREEN_DS = 50

RAIL_CLASSES = frozenset({"tram", "rail_urban", "rail", "rail_electric", "rail_fast", "subway", "cable_car"})
TRANSIT_CLASSES = frozenset({"bus", "coach", "taxi"})
SLOW_CLASSES = frozenset({"bicycle", "scooter"})
CAR_CLASSES = frozenset(
    {
        *("private", "emergency", "authority", "army", "vip", "passenger", "hov", "delivery", "truck", "trailer"),
        *("motorcycle", "moped", "evehicle", "custom1", "custom2"),
    }
)
WALKING_CLASSES = frozenset({"pedestrian", "wheelchair"})
ALL_CLASSES = RAIL_CLASSES | TRANSIT_CLASSES | SLOW_CLASSES | CAR_CLASSES | WALKING_CLASSES

# Cars of authorities and emergencies use every tram and bus track; they do not make it a lane for all.
_PRIVILEGED = frozenset({"emergency", "authority", "army", "vip"})


def kind_of(lane_link: LaneLink, lanes: Mapping[str, Lane]) -> GroupKind:
    """Who uses a lane link: decided by the vehicle classes that both of its lanes admit."""
    if lane_link.turn == "crossing":
        return GroupKind.PEDESTRIAN
    ends = (lanes[lane_link.from_lane_id], lanes[lane_link.to_lane_id])
    if not any(lane.allowed for lane in ends):  # the usual case, without looking at every class
        classes = ALL_CLASSES - ends[0].disallowed - ends[1].disallowed
    else:
        classes = frozenset(c for c in ALL_CLASSES if all(lane.admits(c) for lane in ends))
    if classes & (CAR_CLASSES - _PRIVILEGED):
        return GroupKind.VEHICLE
    if classes & TRANSIT_CLASSES:
        return GroupKind.TRANSIT
    if classes & RAIL_CLASSES:
        return GroupKind.RAIL
    if classes & SLOW_CLASSES:
        return GroupKind.BICYCLE
    if classes & WALKING_CLASSES:
        return GroupKind.PEDESTRIAN
    return GroupKind.VEHICLE


def paths_of_traffic(lane_links: Sequence[LaneLink], lane_of: Callable[[str], Lane]) -> list[LaneLink]:
    """The paths of one movement that its traffic takes: those open to cars; where none is (a busway), all of them."""
    open_to_cars = [
        link
        for link in lane_links
        if lane_of(link.from_lane_id).admits("passenger") and lane_of(link.to_lane_id).admits("passenger")
    ]
    return open_to_cars or list(lane_links)


def movement_id(lane_link: LaneLink) -> str:
    """ "<from link>-><to link>"; lane ids end in "_<index>"."""
    return f"{lane_link.from_lane_id.rpartition('_')[0]}->{lane_link.to_lane_id.rpartition('_')[0]}"


def grouped_channels(
    links_of: Mapping[int, Sequence[LaneLink]], channel_count: int, programs: Sequence[Program]
) -> tuple[tuple[int, ...], ...]:
    """Channels of the same movements that show the same letters in every known program, ordered by their first one.

    Channels without lane links stay alone.
    """
    by_key: dict[tuple[object, ...], list[int]] = {}
    for channel in range(channel_count):
        movements = frozenset(movement_id(link) for link in links_of.get(channel, ()))
        shown = tuple(
            (column(program, channel), *(step.state[channel] for step in program.steps)) for program in programs
        )
        by_key.setdefault((movements, shown) if movements else (channel,), []).append(channel)
    return tuple(tuple(channels) for channels in by_key.values())


def group_of(
    channels: tuple[int, ...],
    lane_links: Sequence[LaneLink],
    lanes: Mapping[str, Lane],
    running: Program,
) -> SignalGroup:
    """The signal group on these channels, with the safety inputs that the running program shows."""
    kinds = {kind_of(link, lanes) for link in lane_links}
    walkers = GroupKind.PEDESTRIAN in kinds
    kinds = kinds - {GroupKind.PEDESTRIAN} or kinds
    kind = GroupKind.UNUSED if not kinds else kinds.pop() if len(kinds) == 1 else GroupKind.VEHICLE
    letters = column(running, channels[0])
    shown = greens(letters, durations_ds(running))
    return SignalGroup(
        id=str(channels[0]),
        kind=kind,
        channels=channels,
        movement_ids=tuple(dict.fromkeys(movement_id(link) for link in lane_links)),
        min_green=_min_green(letters, running),
        yellow=_yellow(kind, shown, running),
        red_amber=_red_amber(shown, running),
        max_green=_max_green(shown, running),
        walkers=walkers,
    )


def _min_green(letters: str, running: Program) -> SafetyValue:
    given = [
        (step.min_ds, index)
        for index, step in enumerate(running.shown)
        if letters[index] in "Gg" and "y" not in step.state and step.min_ds is not None
    ]
    if given:
        shortest_ds, index = min(given)
        return SafetyValue(shortest_ds, f"running program {running.program_id!r}: minimum duration of step {index}")
    return SafetyValue(MIN_GREEN_DS, "formula: 5 s, no minimum in the running program")


def _max_green(shown: Sequence[Green], running: Program) -> SafetyValue | None:
    """Longest green the running program can give, where it states maximum durations."""
    longest = None
    for green in shown:
        steps = [running.shown[index] for index in green.steps]
        if any(step.max_ds is not None for step in steps):
            total_ds = sum(max(step.duration_ds, step.max_ds or 0) for step in steps)
            longest = max(longest or 0, total_ds)
    if longest is None:
        return None
    return SafetyValue(longest, f"running program {running.program_id!r}: maximum durations of its green steps")


def _yellow(kind: GroupKind, shown: Sequence[Green], running: Program) -> SafetyValue:
    if kind in (GroupKind.PEDESTRIAN, GroupKind.UNUSED):
        return SafetyValue(0, f"{kind} signals have no yellow")
    yellows = [(green.yellow_ds, (green.steps[-1] + 1) % len(running.shown)) for green in shown if green.yellow_ds]
    if not yellows:
        return SafetyValue(YELLOW_FLOOR_DS, "formula: 3 s floor, none shown")
    shortest_ds, step = min(yellows)  # also one below the floor: what to do about it is for the rules to say
    return SafetyValue(shortest_ds, f"running program {running.program_id!r}: step {step}")


def _red_amber(shown: Sequence[Green], running: Program) -> SafetyValue | None:
    times = [green.red_amber_ds for green in shown if green.red_amber_ds]
    return SafetyValue(min(times), f"running program {running.program_id!r}") if times else None
