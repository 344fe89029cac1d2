"""The engineer's file (TOML): values that go before everything else. Unknown keys and impossible values are refused.

[all]                                   # every intersection; what may stand here may also stand at one
cycle_min_s = 60
walking_speed_m_per_s = 0.9             # of the clearance on foot, length over speed; also in a group on foot
start_up_delay_s = 0                    # of who starts: red clearances by ITE are (W + L) / v less this, 0 to 1 s
resolution_s = 0.5                      # of the times that a plan chooses: 0.1, 0.2, 0.5 or 1

[intersection."A0"]
cycle_max_s = 90
max_stages = 6
untouched = true                        # preempted: has to run on as it does; false allows one that trains preempt
coordinated_groups = ["3", "9"]         # in coordinated control of stages: who is coordinated, where not the platoons

[intersection."A0".group."3"]
min_green_s = 7
green_flash_s = 3                       # the last seconds of each green, flashing; after the minimum green
yellow_s = 3.5                          # or what it is worked out from, together with the red clearance:
approach_speed_m_per_s = 15.6           # 85th percentile
grade_share = 0.02                      # upgrade positive
clearing_width_m = 22                   # from the stop line to the far edge of the last conflict

[intersection."A0".group."14"]         # on foot
walk_s = 7
pedestrian_clearance_s = 12
pedestrian_calls_per_h = 20             # how often the button is pushed, where somebody knows

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

[[system]]                              # coordinated: cycles of C, C/2 or 2C
intersections = ["A0", "B0"]

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
from networks.junction import GroupKind, Intersection
from networks.network import Network
from signals.files import toml_of
from signals.rules.limits import (
    APPROACH,
    APPROACH_LIMITS,
    COORDINATED,
    INTERGREEN_S,
    INTERSECTION_LIMITS,
    RESOLUTIONS_S,
    SIMULATION_LIMITS,
    START_UP_DELAY,
    STREET_LIMITS,
    SYSTEM,
    UNTOUCHED,
    WALKING,
    group_limits,
    margin_limits,
)
from signals.rules.types import Sourced

LARGEST_FILE_BYTES = 8 * 2**20
_WALKING_SPEED, _START_UP = next(iter(WALKING)), next(iter(START_UP_DELAY))
_NEVER_COORDINATED = (GroupKind.PEDESTRIAN, GroupKind.UNUSED)


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
    coordinated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    systems: tuple[tuple[str, ...], ...] = ()
    margins: Mapping[str, float] = field(default_factory=dict)
    step_s: float | None = None
    then: EngineerFile | None = None  # asked where this one says nothing of groups and intergreens

    def intersection(self, intersection_id: str) -> Said:
        own = self.intersections.get(intersection_id, Said())
        return Said({**self.everywhere.plain, **own.plain})

    def group(self, intersection_id: str, group_id: str) -> Said:
        own = self.groups.get((intersection_id, group_id), Said())
        return own if self.then is None else own.over(self.then.group(intersection_id, group_id), self.then.source)

    def walking_speed_m_per_s(self, intersection_id: str, group_id: str | None = None) -> float | None:
        """How fast people clear a crossing: as said of the group, else of the intersection, else everywhere."""
        own = Said() if group_id is None else self.groups.get((intersection_id, group_id), Said())
        return own.plain.get(_WALKING_SPEED, self.intersection(intersection_id).plain.get(_WALKING_SPEED))

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

    def start_up_delay_s(self, intersection_id: str) -> float | None:
        """How late who starts is, for red clearances by ITE: as said of the intersection, else everywhere."""
        return self.intersection(intersection_id).plain.get(_START_UP)

    @property
    def tells_start_up(self) -> bool:
        return any(_START_UP in table.plain for table in (self.everywhere, *self.intersections.values()))

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


def said_in(
    raw: Mapping[str, Any], network: Network, where: str, source: str, *, recorded: bool = False
) -> EngineerFile:
    """What tables in the words of the engineer's file say; `recorded`: they are what controllers have (`group_limits`).

    Raises `InputError` with all faults.
    """
    reader = _Reader(where, source, recorded=recorded)
    said = reader.read(raw, network)
    if reader.faults:
        raise InputError(reader.faults)
    return said


class _Reader:
    def __init__(self, where: str, source: str, *, recorded: bool) -> None:
        self.where = where
        self.recorded = recorded
        self.source = source
        self.faults: list[Fault] = []

    def read(self, raw: Mapping[str, Any], network: Network) -> EngineerFile:
        self._known(raw, {"all", "intersection", SYSTEM, "simulation", "margins"}, self.where)
        street = {intersection.id: intersection for intersection in network.intersections}
        intersections: dict[str, Said] = {}
        groups: dict[tuple[str, str], Said] = {}
        approaches: dict[tuple[str, str], Said] = {}
        intergreens_s: dict[tuple[str, str, str], float] = {}
        handovers_s: dict[tuple[str, str, str], float] = {}
        untouched: dict[str, bool] = {}
        coordinated: dict[str, tuple[str, ...]] = {}
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
                also={"group", "intergreen", APPROACH, UNTOUCHED, COORDINATED},
            )
            if isinstance(table.get(UNTOUCHED, False), bool):
                untouched |= {name: table[UNTOUCHED]} if UNTOUCHED in table else {}
            else:
                self.faults.append(Fault(UNTOUCHED, where, repr(table[UNTOUCHED]), "true or false"))
            if COORDINATED in table:
                coordinated[name] = self._coordinated(table[COORDINATED], street[name], where)
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
            coordinated=coordinated,
            systems=self._systems(raw, street),
            margins=self._margins(self._table(raw, "margins", self.where)),
            step_s=self._values(
                self._table(raw, "simulation", self.where), SIMULATION_LIMITS, f"{self.where}, simulation"
            ).plain.get("step_s"),
        )

    def _coordinated(self, value: object, intersection: Intersection, where: str) -> tuple[str, ...]:
        known = [group.id for group in intersection.groups if group.kind not in _NEVER_COORDINATED]
        names = value if isinstance(value, list) else []
        if not names or any(name not in known for name in names) or len({*names}) < len(names):
            needed = f"signal groups on wheels, each once, of {known[:40]}"
            self.faults.append(Fault(COORDINATED, where, repr(value)[:80], needed))
            return ()
        return tuple(names)

    def _approaches(
        self, table: Mapping[str, Any], intersection: Intersection, where: str, into: dict[tuple[str, str], Said]
    ) -> None:
        known = {movement.from_link_id for movement in intersection.movements}
        for link_id, values in self._table(table, APPROACH, where).items():
            place = f"{where}, approach {link_id!r}"
            if link_id not in known or not isinstance(values, dict):
                self.faults.append(Fault(APPROACH, place, "unknown, or no table", f"one of {sorted(known)[:40]}"))
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
            said = self._values(values, group_limits(known[group_id], recorded=self.recorded), place)
            into[intersection.id, group_id] = said
            low, high = said.plain.get("min_green_s"), said.plain.get("max_green_s")
            flash = said.plain.get("green_flash_s", 0.0)
            if low is not None and high is not None and low + flash > high:
                needed = "minimum, with green flash, not above maximum"
                self.faults.append(Fault("green", place, f"{low + flash:g} to {high:g} s", needed))

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

    def _systems(self, raw: Mapping[str, Any], street: Mapping[str, object]) -> tuple[tuple[str, ...], ...]:
        entries, found = raw.get(SYSTEM, []), []
        if not isinstance(entries, list):
            self.faults.append(Fault(SYSTEM, self.where, repr(entries)[:80], "[[system]] tables"))
            return ()
        for number, entry in enumerate(entries, start=1):
            where = f"{self.where}, system {number}"
            names = entry.get("intersections") if isinstance(entry, dict) and len(entry) == 1 else None
            known = isinstance(names, list) and all(isinstance(name, str) and name in street for name in names)
            if not isinstance(names, list) or not known or len({*names}) < max(2, len(names)):
                needed = f"intersections = two or more, each once, of {sorted(street)[:20]}"
                self.faults.append(Fault(SYSTEM, where, repr(entry)[:80], needed))
            else:
                found.append(tuple(names))
        return tuple(found)

    def _margins(self, table: Mapping[str, Any]) -> Mapping[str, float]:
        where = f"{self.where}, margins"
        values = self._values(table, margin_limits(), where)
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
            elif key == "resolution_s" and value not in RESOLUTIONS_S:
                self.faults.append(Fault(key, where, repr(value), f"one of {', '.join(map(str, RESOLUTIONS_S))}"))
            elif "margins" not in where and _between_tenths(key, value):
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


def _between_tenths(key: str, value: float) -> bool:
    seconds = key.endswith("_s") and not key.endswith("_m_per_s")
    return seconds and abs(value * 10 - round(value * 10)) > 1e-6
