"""The drivers of a street: calibrated once per length of step, kept, and written for the simulator."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from networks.groups import paths_of_traffic
from networks.network import LaneLink, Network, PathDischarge
from networks.turns import across_turns
from signals.discharge import Discharge, LaneGroupDischarge
from signals.rules import LaneGroup, Rules
from signals.simulation.calibration import Driven, Way, calibrate
from signals.simulation.demand_files import DemandFile, Item
from signals.simulation.discharge import StopLine, headways_s
from signals.simulation.fleet import DEFAULT_TYPE, MADE, fleet_of, with_gap
from signals.simulation.network_file import PreparedNetwork
from signals.simulation.recording import element
from signals.simulation.runner import Flag
from signals.store.steps import Steps, digest_of

_STEP = "discharge"
_LABORATORY = "queues of 28, 24 each, headways from the fifth on, drawn evenly, rare lanes, SUMO 1.28"  # by version
_UNCHANGED_M_PER_S = 0.005


class Drivers:
    """Vehicles of `demand` (None: those that we make) on a street whose lane groups have saturation flows to meet."""

    def __init__(
        self, network: Network, rules: Rules, prepared: PreparedNetwork, steps: Steps, demand: DemandFile | None = None
    ) -> None:
        self._groups = [(one.intersection_id, group) for one in rules.intersections for group in one.lane_groups]
        self._links = dict(_paths(network, self._groups))
        self._inner_lanes = prepared.inner_lanes
        self._ways = tuple(self._found_ways(network))
        self._steps = steps
        self._demand = demand
        self._fleet = MADE if demand is None else fleet_of(demand)

    @property
    def inputs(self) -> list[object]:
        """JSON-able: all that a calibration depends on but the step."""
        types = [[one.item.text(), round(one.share, 6)] for one in self._fleet.types]
        return [_LABORATORY, types, [asdict(way) for way in self._ways]]

    @property
    def aimed_at(self) -> frozenset[str]:
        """The lane links that have a saturation flow to meet."""
        return frozenset(way.lane_link_id for way in self._ways if way.target_veh_per_h is not None)

    def discharge(self, step_s: float, *, cancelled: Flag | None = None) -> Discharge:
        """What the lane groups discharge in steps of `step_s`. Raises a `SimulationError` where nothing is measured."""
        tau_s, driven = self._calibrated(step_s, cancelled)
        groups, aimed_at = [], self.aimed_at
        for intersection_id, group in self._groups:
            ids = [x.id for x in self._links[intersection_id, group.group_id] if x.id in aimed_at]
            if ids:
                flow = len(ids) / sum(1.0 / driven[name].reached_veh_per_h for name in ids)
                groups.append(_reached(intersection_id, group, flow))
        paths = {name: PathDischarge(one.reached_veh_per_h, one.path_speed_m_per_s) for name, one in driven.items()}
        return Discharge(step_s, tau_s, tuple(groups), self._fleet.words, paths)

    def write(self, step_s: float, folder: Path, *, cancelled: Flag | None = None) -> tuple[Path, ...]:
        """Files for the simulator, in `folder`: types (with whatever else the demand refers to), speeds of paths."""
        tau_s, driven = self._calibrated(step_s, cancelled)
        items = [with_gap(item, tau_s) for item in (self._demand.definitions if self._demand else ())]
        if not any(item.get("id") == DEFAULT_TYPE for item in items if item.tag == "vType"):
            items.insert(0, with_gap(Item("vType", (("id", DEFAULT_TYPE),)), tau_s))
        lines = [item.text() for item in items]
        lines += self._signs(driven)
        path = folder / f"drivers-{step_s:g}.add.xml"
        path.write_text("<additional>\n" + "\n".join(lines) + "\n</additional>\n", "utf-8")
        return (path,)

    def _found_ways(self, network: Network) -> Iterator[Way]:
        """Turns that share a signal with another kind have no aim of their own: they stay as the network has them."""
        across = across_turns(network.left_hand_traffic)
        for intersection_id, group in self._groups:
            for x in self._links[intersection_id, group.group_id]:
                lane_m_per_s = network.lane(x.from_lane_id).speed_m_per_s
                if lane_m_per_s <= 0 or x.via_speed_m_per_s <= 0:
                    continue
                kind = "through" if x.turn == "through" else "across" if x.turn in across else "aside"
                aim = group.target_veh_per_h_per_lane if kind == group.turn else None
                path_m_per_s = min(lane_m_per_s, x.via_speed_m_per_s)
                line = StopLine(lane_m_per_s, path_m_per_s, max(1.0, x.via_length_m))
                straight = kind == "through" and aim is not None
                yield Way(x.id, line, aim, straight, fixed=not self._inside(x))

    def _inside(self, x: LaneLink) -> tuple[str, ...]:
        return self._inner_lanes.get((x.from_lane_id, x.to_lane_id), ())

    def _signs(self, driven: dict[str, Driven]) -> Iterator[str]:
        """Speeds of paths that differ from the network's, in force from the beginning."""
        every = [x for links in self._links.values() for x in links]
        for number, x in enumerate(every):
            lanes = self._inside(x)
            speed_m_per_s = driven[x.id].path_speed_m_per_s if x.id in driven else x.via_speed_m_per_s
            if lanes and abs(speed_m_per_s - x.via_speed_m_per_s) > _UNCHANGED_M_PER_S:
                step = element("step", (("time", "0"), ("speed", f"{speed_m_per_s:.3f}")))
                yield element("variableSpeedSign", (("id", f"path-{number}"), ("lanes", " ".join(lanes))), step)

    def _calibrated(self, step_s: float, cancelled: Flag | None) -> tuple[float, dict[str, Driven]]:
        name = digest_of([*self.inputs, step_s])
        kept = self._steps.find(_STEP, name)
        try:
            return _from(kept)
        except (TypeError, KeyError, ValueError):
            pass  # nothing is kept, or it is damaged
        tau_s, driven = self._measured(step_s, cancelled)
        self._steps.keep(_STEP, name, {"tau_s": tau_s, "paths": {key: asdict(one) for key, one in driven.items()}})
        return tau_s, driven

    def _measured(self, step_s: float, cancelled: Flag | None) -> tuple[float, dict[str, Driven]]:
        self._steps.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="discharge-", dir=self._steps.folder) as place:
            runs = (Path(place) / str(number) for number in range(1, 1000))

            def measure(lines: Any, mix: Any) -> dict[StopLine, float]:
                folder = next(runs)
                folder.mkdir()
                return headways_s(lines, mix, step_s, folder, cancelled=cancelled)

            return calibrate(self._ways, self._fleet, step_s, measure)


def drivers_of(
    network: Network, rules: Rules, prepared: PreparedNetwork, steps: Steps, demand: DemandFile | None = None
) -> Drivers | None:
    """The drivers where the rules have saturation flows to meet; None: they drive by the simulator's defaults."""
    found = Drivers(network, rules, prepared, steps, demand)
    return found if found.aimed_at else None


def _paths(network: Network, groups: list[tuple[str, LaneGroup]]) -> Iterator[tuple[tuple[str, str], list[LaneLink]]]:
    wanted: dict[tuple[str, str], list[LaneLink]] = {(name, group.group_id): [] for name, group in groups}
    for x in network.lane_links:
        key = (x.intersection_id or "", x.group_id or "")
        if key in wanted and x.turn != "crossing":
            wanted[key].append(x)
    for key, links in wanted.items():
        yield key, paths_of_traffic(links, network.lane) if links else []


def _reached(intersection_id: str, group: LaneGroup, flow_veh_per_h: float) -> LaneGroupDischarge:
    return LaneGroupDischarge(
        intersection_id=intersection_id,
        group_id=group.group_id,
        link_ids=group.link_ids,
        turn=group.turn,
        target_veh_per_h_per_lane=group.target_veh_per_h_per_lane,
        reached_veh_per_h_per_lane=round(flow_veh_per_h, 1),
        source=group.source,
    )


def _from(kept: Any) -> tuple[float, dict[str, Driven]]:
    return float(kept["tau_s"]), {name: Driven(**one) for name, one in kept["paths"].items()}
