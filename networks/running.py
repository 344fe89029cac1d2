"""Intersections from lane links and programs; a network under another running program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from networks.faults import Fault, refuse_if_any
from networks.groups import group_of, grouped_channels, movement_id, paths_of_traffic
from networks.inherited import inherited_faults
from networks.junction import Intersection, Movement, Program, SignalGroup
from networks.network import Lane, LaneLink, Network
from networks.pairs import decide
from networks.saturation import lane_saturation_veh_per_h
from networks.stages import stages_of


def intersection_of(
    intersection_id: str, lane_links: Sequence[LaneLink], lanes: Mapping[str, Lane], programs: Sequence[Program]
) -> tuple[Intersection, tuple[LaneLink, ...]]:
    """The intersection with the last of `programs` running, and its lane links with their group ids.

    `lane_links` are those whose channel belongs to this intersection. All programs must have one number of channels.
    """
    running = programs[-1]
    channel_count = len(running.steps[0].state)
    links_of: dict[int, list[LaneLink]] = {}
    for link in lane_links:
        if link.channel is not None:
            links_of.setdefault(link.channel, []).append(link)
    groups = []
    group_of_channel: dict[int, str] = {}
    for channels in grouped_channels(links_of, channel_count, programs):
        members = [link for channel in channels for link in links_of.get(channel, ())]
        group = group_of(channels, members, lanes, running)
        groups.append(group)
        group_of_channel |= dict.fromkeys(channels, group.id)
    named = tuple(
        link if link.channel is None else _with_group(link, group_of_channel[link.channel]) for link in lane_links
    )
    decisions = decide(groups, named, running)
    intersection = Intersection(
        id=intersection_id,
        node_ids=tuple(dict.fromkeys(link.node_id for link in named)),
        channel_count=channel_count,
        groups=tuple(groups),
        movements=_movements(named, lanes, groups),
        pairs=decisions.pairs,
        running=running,
        other_programs=tuple(programs[:-1]),
        stages=stages_of(running, groups),
        inherited_faults=inherited_faults(intersection_id, groups, decisions, running),
    )
    return intersection, named


def with_running(network: Network, programs: Iterable[Program]) -> Network:
    """The same street under other running programs: the last one per intersection runs, as a simulator would have it.

    A program replaces a known one of the same id; what ran before becomes one of `other_programs`. Groups, pairs,
    stages, safety inputs and inherited faults are decided anew. Raises `InputError` for a program of an unknown
    intersection or with another number of channels.
    """
    by_intersection: dict[str, list[Program]] = {}
    for program in programs:
        by_intersection.setdefault(program.intersection_id, []).append(program)
    counts = channel_counts(network)
    refuse_if_any(
        fault for given in by_intersection.values() for program in given for fault in misfits(program, counts)
    )
    lanes = {lane.id: lane for lane in network.lanes}
    links_of: dict[str, list[LaneLink]] = {name: [] for name in by_intersection}
    for link in network.lane_links:
        if link.intersection_id in links_of:
            links_of[link.intersection_id].append(link)
    replaced: dict[str, LaneLink] = {}
    intersections = []
    for old in network.intersections:
        given = by_intersection.get(old.id)
        if given is None:
            intersections.append(old)
            continue
        known = {program.program_id: program for program in (*old.other_programs, old.running)}
        for program in given:  # the last given one is to stand last, also where its id was known
            known.pop(program.program_id, None)
            known[program.program_id] = program
        new, named = intersection_of(old.id, links_of[old.id], lanes, tuple(known.values()))
        intersections.append(new)
        replaced |= {link.id: link for link in named}
    return replace(
        network,
        intersections=tuple(intersections),
        lane_links=tuple(replaced.get(link.id, link) for link in network.lane_links),
    )


def channel_counts(network: Network) -> dict[str, int]:
    """Number of channels per intersection id."""
    return {intersection.id: intersection.channel_count for intersection in network.intersections}


def misfits(program: Program, counts: Mapping[str, int]) -> list[Fault]:
    """Why a program cannot run on the intersections with these numbers of channels."""
    where = f"{program.source}: program {program.program_id!r} of {program.intersection_id!r}"
    if program.intersection_id not in counts:
        return [Fault("signal", where, f"unknown id {program.intersection_id!r}", "an intersection of the network")]
    needed = counts[program.intersection_id]
    return [
        Fault("state", f"{where}, step {index}", f"{len(step.state)} letters", f"{needed}, one per channel")
        for index, step in enumerate(program.steps)
        if len(step.state) != needed
    ]


def _with_group(link: LaneLink, group_id: str) -> LaneLink:
    return link if link.group_id == group_id else replace(link, group_id=group_id)


def _movements(
    lane_links: Sequence[LaneLink], lanes: Mapping[str, Lane], groups: Sequence[SignalGroup]
) -> tuple[Movement, ...]:
    members: dict[str, list[LaneLink]] = {}
    for link in lane_links:
        members.setdefault(movement_id(link), []).append(link)
    order = {group.id: position for position, group in enumerate(groups)}
    return tuple(_movement(name, links, lanes, order) for name, links in members.items())


def _movement(name: str, links: Sequence[LaneLink], lanes: Mapping[str, Lane], order: Mapping[str, int]) -> Movement:
    from_link_id, _, to_link_id = name.partition("->")
    walking = links[0].turn == "crossing"
    per_lane: dict[str, float] = {}
    if not walking:
        for link in paths_of_traffic(links, lanes.__getitem__):
            flow = lane_saturation_veh_per_h(link.via_speed_m_per_s, lanes[link.from_lane_id].speed_m_per_s)
            per_lane[link.from_lane_id] = max(flow, per_lane.get(link.from_lane_id, 0.0))
    group_ids = sorted({link.group_id for link in links if link.group_id is not None}, key=order.__getitem__)
    return Movement(
        id=name,
        from_link_id=from_link_id,
        to_link_id=to_link_id,
        turn=links[0].turn,
        lane_link_ids=tuple(link.id for link in links),
        group_ids=tuple(group_ids),
        saturation_veh_per_h=sum(per_lane.values()),
        crossing_length_m=max(lanes[link.to_lane_id].length_m for link in links) if walking else None,
    )
