"""The engineer's file (TOML): values that go before everything else. Unknown keys and impossible values are refused.

[all]                                   # every intersection
cycle_min_s = 60

[intersection."A0"]
cycle_max_s = 90
max_stages = 6
untouched = true                        # preempted: has to run on as it does; false allows one that trains preempt

[intersection."A0".group."3"]
min_green_s = 7
yellow_s = 3.5                          # or what it is worked out from, together with the red clearance:
approach_speed_m_per_s = 15.6           # 85th percentile
grade_share = 0.02                      # upgrade positive
clearing_width_m = 22                   # from the stop line to the far edge of the last conflict

[intersection."A0".group."5"]          # saturation flow of its lanes: as measured, or what it is worked out from
saturation_flow_veh_per_h_per_lane = 1720

[intersection."A0".approach."B0A0"]     # the same of all groups of an approach; grade_share, turn_radius_m as well
lane_width_m = 2.9                      # this and heavy_share also in [intersection."A0"] and [all]
heavy_share = 0.06

[[intersection."A0".intergreen]]        # end of green of `from` to start of green of `to` (giving way: protected green)
from = "3"
to = "7"
time_s = 5.5
giving_way_s = 3.0                      # less, where `from` goes on giving way when `to` starts

[simulation]
step_s = 0.5                            # longest step

[margins]                               # of the guards beside the total
approach_worse_s = 8
pedestrian_worse_s = 5
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from networks.junction import GroupKind, Intersection, SignalGroup
from networks.network import Network
from signals.files import toml_of
from signals.rules.types import Margins, Sourced

LARGEST_FILE_BYTES = 8 * 2**20

STREET_LIMITS = {"lane_width_m": (2.0, 8.0), "heavy_share": (0.0, 1.0)}
APPROACH_LIMITS = STREET_LIMITS | {
    "saturation_flow_veh_per_h_per_lane": (500.0, 3000.0),
    "turn_radius_m": (3.0, 200.0),
    "grade_share": (-0.15, 0.15),
}
INTERSECTION_LIMITS = {"cycle_min_s": (1.0, 3600.0), "cycle_max_s": (1.0, 3600.0), "max_stages": (1, 64)}
GROUP_LIMITS = {
    "min_green_s": (0.0, 600.0),
    "max_green_s": (1.0, 3600.0),
    "yellow_s": (3.0, 6.0),
    "red_amber_s": (0.0, 3.0),
    "walk_s": (4.0, 120.0),
    "pedestrian_clearance_s": (0.0, 300.0),
    "approach_speed_m_per_s": (1.0, 50.0),
    "clearing_width_m": (1.0, 150.0),
} | APPROACH_LIMITS
_SIMULATION_LIMITS = {"step_s": (0.1, 1.0)}
_APPROACH = "approach"
_UNTOUCHED = "untouched"
INTERGREEN_S = (0.0, 60.0)


@dataclass(frozen=True, slots=True)
class Said:
    """Plain checked values of one table; `sources` of those that come from elsewhere than the rest."""

    plain: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, key: str, source: str) -> str:
        """Where a value comes from: `source` where nothing else is noted."""
        return self.sources.get(key, source)

    def sourced(self, key: str, source: str) -> Sourced | None:
        if key not in self.plain:
            return None
        return Sourced(value_ds=round(self.plain[key] * 10), source=self.source_of(key, source))

    def over(self, other: Said, source: str) -> Said:
        """These values before those of another table, which come from `source`."""
        theirs = {key: source for key in other.plain if key not in self.plain}
        return Said({**other.plain, **self.plain}, {**theirs, **self.sources})


@dataclass(frozen=True, slots=True)
class EngineerFile:
    """What the engineer said; empty when there is no file."""

    source: str = "engineer's file"
    everywhere: Said = Said()
    intersections: Mapping[str, Said] = field(default_factory=dict)
    groups: Mapping[tuple[str, str], Said] = field(default_factory=dict)
    approaches: Mapping[tuple[str, str], Said] = field(default_factory=dict)
    intergreens_s: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    handovers_s: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    untouched: Mapping[str, bool] = field(default_factory=dict)
    margins: Mapping[str, float] = field(default_factory=dict)
    step_s: float | None = None
    then: EngineerFile | None = None  # asked where this one says nothing of groups and intergreens

    def intersection(self, intersection_id: str) -> Said:
        own = self.intersections.get(intersection_id, Said())
        return Said({**self.everywhere.plain, **own.plain})

    def group(self, intersection_id: str, group_id: str) -> Said:
        own = self.groups.get((intersection_id, group_id), Said())
        return own if self.then is None else own.over(self.then.group(intersection_id, group_id), self.then.source)

    def lane_group(self, intersection_id: str, link_ids: Iterable[str], group_id: str) -> Said:
        """What is said of discharge: of the group, else of its approach, its intersection, everywhere."""
        tables = [self.group(intersection_id, group_id)]
        tables += [self.approaches.get((intersection_id, link_id), Said()) for link_id in link_ids]
        found = Said(self.intersection(intersection_id).plain)
        for table in reversed(tables):
            found = table.over(found, self.source)
        return Said({key: found.plain[key] for key in APPROACH_LIMITS if key in found.plain})

    @property
    def tells_discharge(self) -> bool:
        """Whether anything is said that only saturation flows are made of."""
        tables = (self.everywhere, *self.intersections.values(), *self.groups.values(), *self.approaches.values())
        return any(key in table.plain for table in tables for key in APPROACH_LIMITS if key != "grade_share")

    def intergreen(self, intersection_id: str, ending: str, starting: str) -> Sourced | None:
        key = (intersection_id, ending, starting)
        if self.then is not None and key not in self.intergreens_s:
            return self.then.intergreen(*key)
        return self._sourced(self.intergreens_s.get(key))

    def handover(self, intersection_id: str, ending: str, starting: str) -> Sourced | None:
        key = (intersection_id, ending, starting)
        if self.then is not None and key not in self.intergreens_s:  # both times of a pair come from one hand
            return self.then.handover(*key)
        return self._sourced(self.handovers_s.get(key))

    def _sourced(self, time_s: float | None) -> Sourced | None:
        return None if time_s is None else Sourced(value_ds=round(time_s * 10), source=self.source)


def read_engineer_file(path: Path, network: Network) -> EngineerFile:
    """Read and check the file against the network. Raises `InputError` with all faults."""
    raw = toml_of(path, LARGEST_FILE_BYTES, "engineer's file")
    return said_in(raw, network, path.name, f"engineer's file {path.name}")


def said_in(raw: Mapping[str, Any], network: Network, where: str, source: str) -> EngineerFile:
    """What tables in the words of the engineer's file say. Raises `InputError` with all faults."""
    reader = _Reader(where, source)
    said = reader.read(raw, network)
    if reader.faults:
        raise InputError(reader.faults)
    return said


def group_limits(group: SignalGroup) -> Mapping[str, tuple[float, float]]:
    """What may be said of a signal group, with least and largest value."""
    on_foot = ("walk_s", "pedestrian_clearance_s")
    limits = {key: bounds for key, bounds in GROUP_LIMITS.items() if group.walkers or key not in on_foot}
    if group.kind is GroupKind.PEDESTRIAN:
        limits = {key: bounds for key, bounds in limits.items() if key not in APPROACH_LIMITS}
        limits["yellow_s"] = (0.0, 6.0)
    return limits


def engineer_schema() -> dict[str, Any]:
    """JSON Schema of the file's content, from the same limits that it is read with.

    What hangs together (minimum not above maximum, ids of the street, values that only groups on foot have) is judged
    when the file is read.
    """
    intersection = _properties(INTERSECTION_LIMITS | STREET_LIMITS)
    entry = _properties({"time_s": INTERGREEN_S, "giving_way_s": INTERGREEN_S})
    entry |= {"from": {"type": "string"}, "to": {"type": "string"}}
    of_group = _record(_properties(GROUP_LIMITS | {"yellow_s": (0.0, GROUP_LIMITS["yellow_s"][1])}))
    own = intersection | {
        _UNTOUCHED: {"type": "boolean"},
        "group": {"type": "object", "additionalProperties": of_group},
        _APPROACH: {"type": "object", "additionalProperties": _record(_properties(APPROACH_LIMITS))},
        "intergreen": {"type": "array", "items": _record(entry) | {"required": ["from", "to", "time_s"]}},
    }
    return _record(
        {
            "all": _record(intersection),
            "intersection": {"type": "object", "additionalProperties": _record(own)},
            "simulation": _record(_properties(_SIMULATION_LIMITS)),
            "margins": _record(_properties(_margin_limits(), tenths=False)),
        }
    )


def _record(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _properties(limits: Mapping[str, tuple[float, float]], *, tenths: bool = True) -> dict[str, Any]:
    """One number per key; `tenths`: seconds are given in tenths."""
    found: dict[str, Any] = {}
    for key, (low, high) in limits.items():
        found[key] = {"type": "integer" if isinstance(low, int) else "number", "minimum": low, "maximum": high}
        if tenths and key.endswith("_s") and not key.endswith("_m_per_s"):
            found[key]["description"] = "seconds, in tenths"
    return found


def _margin_limits() -> dict[str, tuple[float, float]]:
    return {name: (0.0, 1.0 if name.endswith("_share") else 3600.0) for name in Margins.model_fields} | {
        "approach_min_vehicles": (1, 100_000),
        "saturation_share": (0.5, 2.0),
    }


class _Reader:
    def __init__(self, where: str, source: str) -> None:
        self.where = where
        self.source = source
        self.faults: list[Fault] = []

    def read(self, raw: Mapping[str, Any], network: Network) -> EngineerFile:
        self._known(raw, {"all", "intersection", "simulation", "margins"}, self.where)
        street = {intersection.id: intersection for intersection in network.intersections}
        intersections: dict[str, Said] = {}
        groups: dict[tuple[str, str], Said] = {}
        approaches: dict[tuple[str, str], Said] = {}
        intergreens_s: dict[tuple[str, str, str], float] = {}
        handovers_s: dict[tuple[str, str, str], float] = {}
        untouched: dict[str, bool] = {}
        for name, table in self._table(raw, "intersection", self.where).items():
            where = f"{self.where}, intersection {name!r}"
            if name not in street:
                self.faults.append(Fault("intersection", where, "not in the network", f"one of {sorted(street)[:20]}"))
                continue
            if not isinstance(table, dict):
                self.faults.append(Fault("intersection", where, repr(table), "a table"))
                continue
            intersections[name] = self._values(
                table,
                INTERSECTION_LIMITS | STREET_LIMITS,
                where,
                also={"group", "intergreen", _APPROACH, _UNTOUCHED},
            )
            if isinstance(table.get(_UNTOUCHED, False), bool):
                untouched |= {name: table[_UNTOUCHED]} if _UNTOUCHED in table else {}
            else:
                self.faults.append(Fault(_UNTOUCHED, where, repr(table[_UNTOUCHED]), "true or false"))
            self._groups(table, street[name], where, groups)
            self._approaches(table, street[name], where, approaches)
            self._intergreens(table, street[name], where, intergreens_s, handovers_s)
        return EngineerFile(
            source=self.source,
            everywhere=self._values(
                self._table(raw, "all", self.where), INTERSECTION_LIMITS | STREET_LIMITS, f"{self.where}, all"
            ),
            intersections=intersections,
            groups=groups,
            approaches=approaches,
            intergreens_s=intergreens_s,
            handovers_s=handovers_s,
            untouched=untouched,
            margins=self._margins(self._table(raw, "margins", self.where)),
            step_s=self._values(
                self._table(raw, "simulation", self.where), _SIMULATION_LIMITS, f"{self.where}, simulation"
            ).plain.get("step_s"),
        )

    def _approaches(
        self, table: Mapping[str, Any], intersection: Intersection, where: str, into: dict[tuple[str, str], Said]
    ) -> None:
        known = {movement.from_link_id for movement in intersection.movements}
        for link_id, values in self._table(table, _APPROACH, where).items():
            place = f"{where}, approach {link_id!r}"
            if link_id not in known or not isinstance(values, dict):
                self.faults.append(Fault(_APPROACH, place, "unknown, or no table", f"one of {sorted(known)[:40]}"))
                continue
            into[intersection.id, link_id] = self._values(values, APPROACH_LIMITS, place)

    def _groups(
        self, table: Mapping[str, Any], intersection: Intersection, where: str, into: dict[tuple[str, str], Said]
    ) -> None:
        known = {group.id: group for group in intersection.groups}
        for group_id, values in self._table(table, "group", where).items():
            place = f"{where}, signal group {group_id!r}"
            if group_id not in known or not isinstance(values, dict):
                self.faults.append(Fault("signal group", place, "unknown, or no table", f"one of {sorted(known)[:40]}"))
                continue
            said = self._values(values, group_limits(known[group_id]), place)
            into[intersection.id, group_id] = said
            low, high = said.plain.get("min_green_s"), said.plain.get("max_green_s")
            if low is not None and high is not None and low > high:
                self.faults.append(Fault("green", place, f"{low:g} to {high:g} s", "minimum not above maximum"))

    def _intergreens(
        self,
        table: Mapping[str, Any],
        intersection: Intersection,
        where: str,
        into: dict[tuple[str, str, str], float],
        handovers_s: dict[tuple[str, str, str], float],
    ) -> None:
        entries = table.get("intergreen", [])
        if not isinstance(entries, list):
            self.faults.append(Fault("intergreen", where, repr(entries), "[[...intergreen]] tables"))
            return
        known = {group.id for group in intersection.groups}
        for number, entry in enumerate(entries, start=1):
            place = f"{where}, intergreen {number}"
            if not isinstance(entry, dict):
                self.faults.append(Fault("intergreen", place, repr(entry), "from, to, time_s"))
                continue
            limits = {"time_s": INTERGREEN_S, "giving_way_s": INTERGREEN_S}
            time = self._values(entry, limits, place, also={"from", "to"})
            ending, starting = entry.get("from"), entry.get("to")
            if not (isinstance(ending, str) and isinstance(starting, str) and {ending, starting} <= known):
                self.faults.append(Fault("intergreen", place, f"from {ending!r} to {starting!r}", "two signal groups"))
            elif ending == starting or "time_s" not in time.plain:
                found = f"from {ending!r} to {starting!r}"
                self.faults.append(Fault("intergreen", place, found, "two signal groups and time_s"))
            elif not intersection.pair(ending, starting).clashes(ending):
                needed = "a conflicting pair, or a yielding one whose protected green clashes"
                self.faults.append(Fault("intergreen", place, "a pair that does not conflict", needed))
            elif (intersection.id, ending, starting) in into:
                self.faults.append(Fault("intergreen", place, "given twice", "once"))
            else:
                into[intersection.id, ending, starting] = time.plain["time_s"]
                if "giving_way_s" in time.plain:
                    handovers_s[intersection.id, ending, starting] = time.plain["giving_way_s"]

    def _margins(self, table: Mapping[str, Any]) -> Mapping[str, float]:
        where = f"{self.where}, margins"
        values = self._values(table, _margin_limits(), where)
        return {k: int(v) if k == "approach_min_vehicles" else float(v) for k, v in values.plain.items()}

    def _values(
        self,
        table: Mapping[str, Any],
        limits: Mapping[str, tuple[float, float]],
        where: str,
        also: frozenset[str] | set[str] = frozenset(),
    ) -> Said:
        self._known(table, {*limits, *also}, where)
        good: dict[str, float] = {}
        for key, (low, high) in limits.items():
            if key not in table:
                continue
            value = table[key]
            needed = f"{low:g} to {high:g}"
            whole = isinstance(low, int)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or (whole and not isinstance(value, int)):
                self.faults.append(Fault(key, where, repr(value), f"a {'whole ' if whole else ''}number, {needed}"))
            elif not math.isfinite(value) or not low <= value <= high:
                self.faults.append(Fault(key, where, repr(value), needed))
            elif key.endswith("_s") and "margins" not in where and abs(value * 10 - round(value * 10)) > 1e-6:
                self.faults.append(Fault(key, where, repr(value), "tenths of a second"))
            else:
                good[key] = value
        return Said(good)

    def _table(self, table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        self.faults.append(Fault(key, where, repr(value), "a table"))
        return {}

    def _known(self, table: Mapping[str, Any], keys: set[str], where: str) -> None:
        for key in table:
            if key not in keys:
                self.faults.append(Fault("key", where, f"{key!r} unknown", f"one of {', '.join(sorted(keys))}"))
