"""From the street to vehicles: lanes, moves and departures for models that follow each vehicle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from networks.demand import Period
from networks.network import LaneLink, Link, LinkKind, Network
from optimizers.traffic import Lanes, Traffic, Vehicles
from signals.timing.problem import Use

Departures = Sequence[tuple[float, tuple[str, ...]]]  # when [s on the common clock], links of the path

_CAR = "passenger"
_HEADWAY_S, _HEADWAY_M = 1.16, 11.1  # at the speed of the lane; measured, see optimizers/README.md
_TURN_HEADWAY_S, _TURN_HEADWAY_M = 1.05, 10.1  # at the speed of a turn
_SPACE_M = 7.5
_CHANGES_FROM_M = 40.0
_ENTRY_HEADWAY_S = 2.2
_SLOWEST_M_PER_S = 2.0


def traffic_of(network: Network, uses: Sequence[Use], realisations: Sequence[Departures], period: Period) -> Traffic:
    """Lanes of the street for cars, with the signals of `uses`, and one set of vehicles per realisation."""
    links = {link.id: number for number, link in enumerate(_for_cars(network))}
    return Traffic(
        lanes=_lanes(network, uses, links),
        realisations=tuple(_vehicles(departures, links, period) for departures in realisations),
        duration_s=period.duration_s,
    )


def lane_numbers(network: Network) -> dict[str, int]:
    """The lanes for cars by their number in `Lanes`."""
    lanes = (lane for link in _for_cars(network) for lane in link.lane_ids if network.lane(lane).admits(_CAR))
    return {lane: number for number, lane in enumerate(lanes)}


def _for_cars(network: Network) -> list[Link]:
    roads = (link for link in network.links if link.kind is LinkKind.ROAD)
    return [link for link in roads if any(network.lane(lane).admits(_CAR) for lane in link.lane_ids)]


def _lanes(network: Network, uses: Sequence[Use], links: dict[str, int]) -> Lanes:
    number = lane_numbers(network)
    counts = [sum(network.lane(lane).admits(_CAR) for lane in network.link(link_id).lane_ids) for link_id in links]
    use_of = {(use.intersection_id, use.lane_id, use.group_id): at for at, use in enumerate(uses)}
    paths = [x for x in network.lane_links if x.from_lane_id in number and x.to_lane_id in number]

    lengths = [network.lane(lane).length_m for lane in number]
    speeds = [max(_SLOWEST_M_PER_S, network.lane(lane).speed_m_per_s) for lane in number]
    rows: list[
        tuple[int, int, int, float, float, int, str, float]
    ] = []  # from, to, link, headway, travel, use, who, speed
    for x in paths:
        lane_speed = speeds[number[x.from_lane_id]]
        path_speed = x.via_speed_m_per_s if x.discharge is None else x.discharge.speed_m_per_s
        speed = max(_SLOWEST_M_PER_S, min(path_speed, lane_speed))
        headway_s = max(_HEADWAY_S + _HEADWAY_M / lane_speed, _TURN_HEADWAY_S + _TURN_HEADWAY_M / speed)
        if x.discharge is not None:
            headway_s = 3600 / x.discharge.saturation_veh_per_h
        travel_s = x.via_length_m / speed
        origin, target = number[x.from_lane_id], number[x.to_lane_id]
        to_link = links[network.lane(x.to_lane_id).link_id]
        use = use_of.get((x.intersection_id or "", x.from_lane_id, x.group_id or ""), -1)
        if x.may_wait_inside and x.yields_to:
            place = len(lengths)
            lengths.append(max(_SPACE_M, x.via_length_m / 2))
            speeds.append(1e4)  # no time of its own: the way there is the move's
            rows.append((origin, place, to_link, headway_s, travel_s / 2, use, "", speed))
            rows.append((place, target, to_link, headway_s, travel_s / 2, -1, x.id, speed))
        else:
            rows.append((origin, target, to_link, headway_s, travel_s, use, x.id, speed))
    rows.sort(key=lambda row: row[0])
    move_of = {row[6]: at for at, row in enumerate(rows) if row[6]}
    by_id = {x.id: x for x in paths}
    starts, targets = _yields(rows, move_of, by_id)
    return Lanes(
        link_first_lane=np.concatenate(([0], np.cumsum(counts))),
        link_changes=np.array([network.link(link_id).length_m >= _CHANGES_FROM_M for link_id in links]),
        lane_length_m=np.array(lengths),
        lane_speed_m_per_s=np.array(speeds),
        entry_headway_s=np.full(len(links), _ENTRY_HEADWAY_S),
        move_from_lane=np.array([row[0] for row in rows], dtype=np.int64),
        move_to_lane=np.array([row[1] for row in rows], dtype=np.int64),
        move_to_link=np.array([row[2] for row in rows], dtype=np.int64),
        move_headway_s=np.array([row[3] for row in rows]),
        move_travel_s=np.array([row[4] for row in rows]),
        move_use=np.array([row[5] for row in rows], dtype=np.int64),
        move_speed_m_per_s=np.array([row[7] for row in rows]),
        yields_start=np.array(starts, dtype=np.int64),
        yields_to=np.array(targets, dtype=np.int64),
    )


def _yields(
    rows: list[tuple[int, int, int, float, float, int, str, float]], move_of: dict[str, int], by_id: dict[str, LaneLink]
) -> tuple[list[int], list[int]]:
    starts, targets = [0], list[int]()
    for row in rows:
        if row[6]:
            targets += [move_of[other] for other in by_id[row[6]].yields_to if other in move_of]
        starts.append(len(targets))
    return starts, targets


def _vehicles(departures: Departures, links: dict[str, int], period: Period) -> Vehicles:
    """Vehicles in order of departure; the part of a path that cars cannot drive on is left out."""
    known: dict[tuple[int, ...], int] = {}
    rows = []
    for depart_s, path in departures:
        numbers = tuple(links[link_id] for link_id in path if link_id in links)
        if numbers and period.begin_s <= depart_s < period.end_s:
            rows.append((depart_s - period.begin_s, known.setdefault(numbers, len(known))))
    rows.sort()
    starts = np.concatenate(([0], np.cumsum([len(path) for path in known]))) if known else np.zeros(1)
    return Vehicles(
        depart_s=np.array([row[0] for row in rows]),
        path=np.array([row[1] for row in rows], dtype=np.int64),
        path_start=starts.astype(np.int64),
        path_links=np.array([link for path in known for link in path], dtype=np.int64),
    )
