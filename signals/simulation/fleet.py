"""The vehicles of a demand by their types, and which of them get the time gap that a street is calibrated with.

Cars get it, whatever time gap their type had; everything else of a type stays. Trucks and buses keep theirs and take
part in the discharge by their share; what shares no lane with cars (rail, bicycles) does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from signals.simulation.demand_files import DemandFile, Item
from signals.simulation.discharge import TypeShare

DEFAULT_TYPE = "DEFAULT_VEHTYPE"
_CARS = frozenset({"passenger", "private", "hov", "taxi", "evehicle", "vip", "army", "authority"})
_HEAVY = frozenset({"delivery", "truck", "trailer", "bus", "coach"})


@dataclass(frozen=True, slots=True)
class Fleet:
    """Types of road vehicles with their shares of the departures, in order of their ids."""

    types: tuple[TypeShare, ...]

    def with_gap(self, tau_s: float) -> tuple[TypeShare, ...]:
        """The same vehicles, cars with this time gap [s]."""
        return tuple(replace(one, item=with_gap(one.item, tau_s)) for one in self.types)

    @property
    def words(self) -> str:
        """Who is calibrated, for people."""
        total = sum(one.share for one in self.types)
        kept = sum(one.share for one in self.types if not is_car(one.item))
        own = sum(one.item.get("id") != DEFAULT_TYPE and is_car(one.item) for one in self.types)
        types = f"{own} types" if own > 1 else "one type"
        said = f"cars of {types} of the demand files" if own else "cars of the simulator's default type"
        return f"{said}, calibrated" + (
            f"; {100 * kept / total:.0f} % trucks and buses, whose types are kept as they are, among them"
            if kept
            else ""
        )


MADE = Fleet((TypeShare(Item("vType", (("id", DEFAULT_TYPE),)), 1.0),))
"""Vehicles that we make from flows."""


def is_car(item: Item) -> bool:
    """Whether a vehicle type is a car's; those that say nothing are."""
    return (item.get("vClass") or "passenger") in _CARS


def with_gap(item: Item, tau_s: float) -> Item:
    """A vehicle type, or a distribution of types, whose cars have this time gap [s]; any other element as it is."""
    if item.tag == "vTypeDistribution":
        return Item(item.tag, item.attributes, tuple(with_gap(child, tau_s) for child in item.children))
    if item.tag != "vType" or not is_car(item):
        return item
    return item.with_attributes(id=item.get("id") or "", tau=f"{tau_s:.4f}")


def fleet_of(demand: DemandFile) -> Fleet:
    """The road vehicles that depart, by type; those without a type have the simulator's default one."""
    default = Item("vType", (("id", DEFAULT_TYPE),))
    types = {DEFAULT_TYPE: default}
    mixtures: dict[str, dict[str, float]] = {}
    for item in demand.definitions:
        if item.tag == "vType":
            types[item.get("id") or ""] = item
        elif item.tag == "vTypeDistribution":
            inside = [child for child in item.children if child.tag == "vType"]
            types |= {child.get("id") or "": child for child in inside}
            mixtures[item.get("id") or ""] = dict(_parts(item, inside, types))
    counts: defaultdict[str, float] = defaultdict(float)
    for departure in demand.departures:
        if not departure.is_person:
            name = departure.item.get("type") or DEFAULT_TYPE
            total = sum(mixtures[name].values()) if name in mixtures else 1.0
            for part, share in mixtures.get(name, {name: 1.0}).items():
                counts[part] += share / total
    road = {name: share for name, share in counts.items() if share > 0 and _on_road(types.get(name))}
    if not road:
        return MADE
    return Fleet(tuple(TypeShare(types[name], road[name]) for name in sorted(road)))


def _on_road(item: Item | None) -> bool:
    return item is not None and (item.get("vClass") or "passenger") in _CARS | _HEAVY


def _parts(item: Item, inside: list[Item], types: Mapping[str, Item]) -> Iterator[tuple[str, float]]:
    """Types of a distribution with their weights, as the simulator takes them."""
    for child in inside:
        yield child.get("id") or "", float(child.get("probability") or 1.0)
    names = (item.get("vTypes") or "").split()
    weights = (item.get("probabilities") or "").replace(",", " ").split()
    for at, name in enumerate(names):
        given = weights[at] if at < len(weights) else (types[name].get("probability") if name in types else None)
        yield name, float(given or 1.0)
