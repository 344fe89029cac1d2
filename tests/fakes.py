"""Small junctions everybody knows by heart, built without any file.

`crossroads()`: node C with legs N, E, S, W. Links are named by their ends: "NC" leads in from the north, "CN" out.
Every link has two lanes of 300 m at 13.9 m/s: lane 0 goes through and right, lane 1 turns left. Channels, three per
leg (right, through, left): N 0-2, E 3-5, S 6-8, W 9-11; each channel is one signal group, its number the group's id.
Two stages, 80 s: north-south 40 s green, 3 s yellow, 2 s all red; east-west 30 s, 3 s, 2 s. Lefts are permitted (g).

`crossroads(pedestrians=True)`: crossings over the legs N, E, S, W on channels 12-15, green with the parallel street
for all but its last 8 s; rights are then yielding (g) too.
`t_junction()`: without the leg N; channels: E 0-1 (through, left), S 2-3 (right, left), W 4-5 (right, through);
east-west 40 s, south 20 s.
`corridor(3)`: crossroads C0, C1, C2 from west to east.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from networks.junction import (
    GroupKind,
    Intersection,
    Movement,
    Pair,
    PairKind,
    Program,
    ProgramStep,
    SafetyValue,
    SignalGroup,
    Stage,
)
from networks.network import Lane, LaneLink, Link, LinkKind, Network, Node

LEGS = "NESW"  # clockwise; right-hand traffic
LINK_LENGTH_M = 300.0
SPEED_M_PER_S = 13.9
TURN_SPEED_M_PER_S = {"right": 6.0, "through": 13.9, "left": 8.0}
SATURATION_VEH_PER_H = {"right": 1400.0, "through": 1900.0, "left": 1500.0}
CROSSING_LENGTH_M = 12.8
YELLOW_S, ALL_RED_S, WALK_ENDS_EARLIER_S = 3, 2, 8
_TURNS = {3: "right", 2: "through", 1: "left"}  # legs clockwise from where one comes
_DIRECTION = {"N": (0.0, 1.0), "E": (1.0, 0.0), "S": (0.0, -1.0), "W": (-1.0, 0.0)}

Path = tuple[str, str, str]  # from leg, to leg, turn; a crossing over leg N is ("N", "N", "crossing")


def crossroads(pedestrians: bool = False, green_s: tuple[int, int] = (40, 30)) -> Network:
    """Node C with legs N, E, S, W; two stages with permitted lefts (see the module's docstring)."""
    return _street(("C",), LEGS, pedestrians, green_s)


def t_junction(green_s: tuple[int, int] = (40, 20)) -> Network:
    """Node C with legs E, S, W: the main street runs east-west, the left from the east into S is permitted."""
    return _street(("C",), "ESW", False, green_s)


def corridor(count: int = 3, green_s: tuple[int, int] = (40, 30)) -> Network:
    """`count` crossroads C0, C1, ... from west to east, 300 m apart; "C0C1" leads from the first to the second."""
    return _street(tuple(f"C{i}" for i in range(count)), LEGS, False, green_s)


def _street(centres: Sequence[str], legs: str, pedestrians: bool, green_s: tuple[int, int]) -> Network:
    nodes: dict[str, Node] = {}
    links: dict[str, Link] = {}
    lanes: list[Lane] = []
    lane_links: list[LaneLink] = []
    intersections = []
    neighbours: dict[str, dict[str, str]] = {}
    for i, centre in enumerate(centres):
        nodes[centre] = Node(centre, "traffic_light", i * LINK_LENGTH_M, 0.0, centre)
        neighbours[centre] = {leg: leg if len(centres) == 1 else f"{leg}{i}" for leg in legs}
    for west, east in pairwise(centres):
        neighbours[west]["E"], neighbours[east]["W"] = east, west
    for i, centre in enumerate(centres):
        for leg, other in neighbours[centre].items():
            dx, dy = _DIRECTION[leg]
            place = (i * LINK_LENGTH_M + dx * LINK_LENGTH_M, dy * LINK_LENGTH_M)
            nodes.setdefault(other, Node(other, "dead_end", *place))
            for start, end in ((other, centre), (centre, other)):
                if start + end not in links:
                    links[start + end] = _link(start, end)
                    lanes += [_lane(start, end, index, nodes) for index in (0, 1)]
        if pedestrians:
            for leg in legs:
                _add_crossing(centre, leg, links, lanes)
        paths = _paths(legs) + ([(leg, leg, "crossing") for leg in legs] if pedestrians else [])
        lane_links += _lane_links(centre, neighbours[centre], paths, green_s)
        intersections.append(_intersection(centre, neighbours[centre], paths, green_s))
    return Network(
        source="fakes",
        digest="0" * 64,
        nodes=tuple(nodes.values()),
        links=tuple(links.values()),
        lanes=tuple(lanes),
        lane_links=tuple(lane_links),
        intersections=tuple(intersections),
    )


def _paths(legs: str) -> list[Path]:
    return [
        (leg, to_leg, _TURNS[clockwise])
        for leg in legs
        for clockwise in (3, 2, 1)
        if (to_leg := LEGS[(LEGS.index(leg) + clockwise) % 4]) in legs
    ]


def cross(first: Path, second: Path) -> bool:
    """Whether two paths cross or merge: same exit, or chords that cross on the circle of entries and exits."""
    walkers = [path for path in (first, second) if path[2] == "crossing"]
    if walkers:
        others = [path for path in (first, second) if path[2] != "crossing"]
        return any(walker[0] in other[:2] for walker in walkers for other in others)
    if first[0] == second[0]:
        return False
    if first[1] == second[1]:
        return True
    a, b = (sorted((2 * LEGS.index(path[0]), 2 * LEGS.index(path[1]) + 1)) for path in (first, second))
    return (a[0] < b[0] < a[1]) != (a[0] < b[1] < a[1])


def _yields(first: Path, second: Path, paths: Sequence[Path]) -> bool:
    """Whether `first` gives way to `second` when both are green: turns to walkers, lefts to oncoming traffic."""
    if not cross(first, second) or _stage(first, paths) != _stage(second, paths):
        return False
    return "crossing" not in first and ("crossing" in second or first[2] == "left")


def _stage(path: Path, paths: Sequence[Path]) -> int:
    """0 or 1; the T-junction's main street is east-west, the crossroads' first stage north-south."""
    across = path[0] in "EW"
    if path[2] == "crossing":
        across = not across
    return int(across if any(leg == "N" for leg, _, _ in paths) else not across)


def _state(stage: int, paths: Sequence[Path], walk: bool) -> str:
    letters = []
    for path in paths:
        if _stage(path, paths) != stage or (path[2] == "crossing" and not walk):
            letters.append("r")
        else:
            letters.append("g" if any(_yields(path, other, paths) for other in paths) else "G")
    return "".join(letters)


def _program(centre: str, paths: Sequence[Path], green_s: tuple[int, int]) -> Program:
    steps = []
    walkers = any(path[2] == "crossing" for path in paths)
    for stage in (0, 1):
        shown = _state(stage, paths, walk=False)
        if walkers:
            walk_s = green_s[stage] - WALK_ENDS_EARLIER_S
            steps.append(ProgramStep(_state(stage, paths, walk=True), 10 * walk_s))
            steps.append(ProgramStep(shown, 10 * WALK_ENDS_EARLIER_S))
        else:
            steps.append(ProgramStep(shown, 10 * green_s[stage]))
        steps.append(ProgramStep(shown.replace("G", "y").replace("g", "y"), 10 * YELLOW_S))
        steps.append(ProgramStep("r" * len(paths), 10 * ALL_RED_S))
    return Program(centre, "0", "static", 0, tuple(steps), source="fakes")


def _pair(i: int, j: int, paths: Sequence[Path]) -> Pair:
    first, second = paths[i], paths[j]
    a, b = str(i), str(j)
    if not cross(first, second):
        return Pair(a, b, PairKind.COMPATIBLE, "paths neither cross nor merge")
    clearance_s = [
        YELLOW_S + ALL_RED_S + (WALK_ENDS_EARLIER_S if ending[2] == "crossing" else 0) for ending in (first, second)
    ]
    if _stage(first, paths) == _stage(second, paths):
        yields = tuple(name for name, x, y in ((a, first, second), (b, second, first)) if _yields(x, y, paths))
        shown = _state(_stage(first, paths), paths, walk=True)
        return Pair(
            a,
            b,
            PairKind.YIELDING,
            "green together, one gives way",
            (10 * clearance_s[0], 10 * clearance_s[1]),
            "running program: longest after the ending group",
            yields=yields,
            together=frozenset({(shown[i], shown[j])}),
        )
    return Pair(
        a,
        b,
        PairKind.CONFLICTING,
        "paths cross or merge, never green together",
        (10 * clearance_s[0], 10 * clearance_s[1]),
        "running program",
    )


def _intersection(
    centre: str, neighbour: dict[str, str], paths: Sequence[Path], green_s: tuple[int, int]
) -> Intersection:
    groups, movements = [], []
    for channel, path in enumerate(paths):
        walker = path[2] == "crossing"
        movement_id, lane_link_id = _ids(centre, neighbour, path)
        from_link_id, to_link_id = movement_id.split("->")
        groups.append(
            SignalGroup(
                str(channel),
                GroupKind.PEDESTRIAN if walker else GroupKind.VEHICLE,
                (channel,),
                (movement_id,),
                min_green=SafetyValue(50, "fakes"),
                yellow=SafetyValue(0 if walker else 10 * YELLOW_S, "fakes"),
                walkers=walker,
            )
        )
        movements.append(
            Movement(
                movement_id,
                from_link_id,
                to_link_id,
                path[2],
                (lane_link_id,),
                (str(channel),),
                0.0 if walker else SATURATION_VEH_PER_H[path[2]],
                CROSSING_LENGTH_M if walker else None,
            )
        )
    program = _program(centre, paths, green_s)
    return Intersection(
        id=centre,
        node_ids=(centre,),
        channel_count=len(paths),
        groups=tuple(groups),
        movements=tuple(movements),
        pairs=tuple(_pair(i, j, paths) for i, j in combinations(range(len(paths)), 2)),
        running=program,
        stages=_stages(program),
    )


def _stages(program: Program) -> tuple[Stage, ...]:
    greens = [(i, step.state) for i, step in enumerate(program.steps) if set(step.state) & set("Gg")]
    greens = [(i, state) for i, state in greens if "y" not in state]
    return tuple(
        Stage(
            f"S{number}",
            tuple(str(c) for c, letter in enumerate(state) if letter in "Gg"),
            tuple(str(c) for c, letter in enumerate(state) if letter == "g"),
            index,
        )
        for number, (index, state) in enumerate(greens, start=1)
    )


def _ids(centre: str, neighbour: dict[str, str], path: Path) -> tuple[str, str]:
    """Movement id and lane link id of a path."""
    if path[2] == "crossing":
        start, end, lane = f":{centre}_w{path[0]}", f":{centre}_c{path[0]}", 0
    else:
        start, end, lane = neighbour[path[0]] + centre, centre + neighbour[path[1]], int(path[2] == "left")
    return f"{start}->{end}", f"{start}_{lane}->{end}_{lane}"


def _lane_links(
    centre: str, neighbour: dict[str, str], paths: Sequence[Path], green_s: tuple[int, int]
) -> list[LaneLink]:
    ids = [_ids(centre, neighbour, path)[1] for path in paths]
    made = []
    for channel, path in enumerate(paths):
        from_lane, to_lane = ids[channel].split("->")
        walker = path[2] == "crossing"
        made.append(
            LaneLink(
                id=ids[channel],
                node_id=centre,
                from_lane_id=from_lane,
                to_lane_id=to_lane,
                turn=path[2],
                via_length_m=CROSSING_LENGTH_M if walker else 15.0,
                via_speed_m_per_s=1.4 if walker else TURN_SPEED_M_PER_S[path[2]],
                node_index=channel,
                intersection_id=centre,
                channel=channel,
                group_id=str(channel),
                yields_to=tuple(ids[j] for j, other in enumerate(paths) if _yields(path, other, paths)),
                crosses=tuple(ids[j] for j, other in enumerate(paths) if j != channel and cross(path, other)),
                may_wait_inside=path[2] == "left",
            )
        )
    return made


def _link(start: str, end: str) -> Link:
    lane_ids = (f"{start}{end}_0", f"{start}{end}_1")
    return Link(start + end, LinkKind.ROAD, start, end, lane_ids, LINK_LENGTH_M, SPEED_M_PER_S)


def _lane(start: str, end: str, index: int, nodes: dict[str, Node]) -> Lane:
    shape = tuple((node.x_m, node.y_m) for node in (nodes[start], nodes[end]))
    link_id = start + end
    nobody: frozenset[str] = frozenset()
    walkers = frozenset({"pedestrian"})
    return Lane(f"{link_id}_{index}", link_id, index, LINK_LENGTH_M, SPEED_M_PER_S, 3.2, nobody, walkers, shape)


def _add_crossing(centre: str, leg: str, links: dict[str, Link], lanes: list[Lane]) -> None:
    walkers = frozenset({"pedestrian"})
    for kind, letter, length_m in ((LinkKind.WALKING_AREA, "w", 3.0), (LinkKind.CROSSING, "c", CROSSING_LENGTH_M)):
        link_id = f":{centre}_{letter}{leg}"
        links[link_id] = Link(link_id, kind, centre, centre, (f"{link_id}_0",), length_m, 1.4)
        lanes.append(Lane(f"{link_id}_0", link_id, 0, length_m, 1.4, 4.0, walkers, frozenset(), ()))


def sooner_after_walkers(network: Network) -> Network:
    """One intersection; between the greens of walkers and what conflicts with them lie 5 s, either way."""
    (old,) = network.intersections
    on_foot = {group.id for group in old.groups if group.walkers}
    pairs = tuple(
        replace(pair, intergreen_ds=(50, 50))
        if on_foot & {pair.first, pair.second} and None not in pair.intergreen_ds
        else pair
        for pair in old.pairs
    )
    return replace(network, intersections=(replace(old, pairs=pairs),))


def with_letters(network: Network, greens: dict[str, str]) -> Network:
    """One intersection; some movements show other letters in its two stages (the clearances follow)."""
    (old,) = network.intersections
    steps = [step.state for step in old.running.steps]
    for movement in old.movements:
        if movement.id in greens:
            (channel,) = (int(name) for name in movement.group_ids)
            first, second = greens[movement.id]
            ends = (
                "y" if first in "gG" and second == "r" else first,
                "y" if second in "gG" and first == "r" else second,
            )
            reds = tuple(now if now == then else "r" for now, then in ((first, second), (second, first)))
            letters = (first, ends[0], reds[0], second, ends[1], reds[1])
            steps = [
                state[:channel] + letter + state[channel + 1 :] for state, letter in zip(steps, letters, strict=True)
            ]
    running = replace(
        old.running,
        steps=tuple(replace(step, state=state) for step, state in zip(old.running.steps, steps, strict=True)),
    )
    return replace(network, intersections=(replace(old, running=running, stages=_stages(running)),))
