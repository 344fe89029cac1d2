"""Groups: the controllers that change plans together, each with its intersection, and the times of their roll-outs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from networks.faults import Fault, refuse_if_any
from signals.delivery.fields import is_id
from signals.delivery.settings import Settings
from signals.release import Actor, Verb, permit
from signals.service.library.judging import plan_from
from signals.store import audit, delivery, documents, library
from signals.store.database import Database, Reading
from signals.store.delivery import GroupRow
from signals.store.failures import NotThere
from signals.store.library import Wanted
from signals.store.steps import canonical_bytes

_A_NAME = "a name without slashes"


@dataclass(frozen=True)
class Group:
    """`controllers` has the intersection of each member."""

    group_id: str
    network_digest: str
    controllers: Mapping[str, str]
    settings: Settings = field(default_factory=Settings)

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(sorted(self.controllers))

    def content(self) -> str:
        """As it is kept, beside its names."""
        return canonical_bytes({"controllers": dict(self.controllers), "settings": asdict(self.settings)}).decode()


def groups_of(reading: Reading) -> dict[str, Group]:
    """The groups as they are defined now."""
    return {name: _group(row) for name, row in delivery.list_groups(reading).items()}


def group_named(reading: Reading, group_id: str) -> Group:
    """The group of this name. Raises `NotThere`."""
    known = groups_of(reading)
    if group_id not in known:
        needed = f"one of {', '.join(map(repr, known))}" if known else "one that was defined"
        raise NotThere([Fault("group", repr(group_id[:80]), "no such group", needed)])
    return known[group_id]


def define_group(database: Database, by: Actor, group: Group, *, why: str) -> None:
    """Define a group, or define it anew while nothing is in force or under way in it.

    Raises `NotAllowed`, and `InputError` with all faults: names, unknown intersections, a controller of another group.
    """
    permit(by, Verb.GROUP_DEFINE, f"group {group.group_id[:80]!r}")
    with database.writing() as writing:
        refuse_if_any([*_faults(writing, group), *_busy(writing, group.group_id)])
        content = group.content()
        delivery.put_group(writing, group.group_id, group.network_digest, content, who=str(by), why=why)
        told = f"{Verb.GROUP_DEFINE} {group.group_id}: {len(group.controllers)} controllers"
        audit.append(writing, who=str(by), what=told, why=why or told, after=group.network_digest)


def _group(row: GroupRow) -> Group:
    raw = json.loads(row.content)
    return Group(row.group_id, row.network_digest, raw["controllers"], Settings(**raw["settings"]))


def _faults(reading: Reading, group: Group) -> Iterator[Fault]:
    where = f"group {group.group_id[:80]!r}"
    if not _is_name(group.group_id):
        yield Fault("group", "definition", repr(group.group_id)[:80], _A_NAME)
    if not group.controllers:
        yield Fault("controllers", where, "none", "at least one")
    known = _intersections(reading, group.network_digest)
    taken = {c: g.group_id for g in groups_of(reading).values() if g.group_id != group.group_id for c in g.controllers}
    for controller_id, intersection_id in group.controllers.items():
        if not _is_name(controller_id):
            yield Fault("controller", where, repr(controller_id)[:80], _A_NAME)
        if controller_id in taken:
            yield Fault("controller", where, f"{controller_id!r}, of group {taken[controller_id]!r}", "one of no group")
        if intersection_id not in known:
            needed = f"one of the network's plans ({', '.join(sorted(known)[:8])})"
            yield Fault("intersection", f"{where}, controller {controller_id!r}", repr(intersection_id), needed)
    if len(set(group.controllers.values())) < len(group.controllers):
        yield Fault("intersections", where, "one with two controllers", "one controller each")


def _is_name(word: str) -> bool:
    """Whether it is a name that can be a part of an address."""
    return is_id(word) and "/" not in word and word not in (".", "..")


def _intersections(reading: Reading, network_digest: str) -> frozenset[str]:
    """Those of the newest plan of a network; plans of a network are of the same ones."""
    plans = library.search(reading, Wanted(network_digest), limit=1)
    if not plans:
        return frozenset()
    plan = plan_from(documents.get(reading, plans[0].plan_digest))
    return frozenset(timing.intersection_id for timing in plan.intersections)


def _busy(reading: Reading, group_id: str) -> Iterator[Fault]:
    kept = delivery.latest_states(reading).get(group_id)
    if kept is not None:
        state = json.loads(kept)
        if state["current"] is not None or state["pending"] is not None:
            needed = "a group on its local schedules: `greenband fleet stop` first, and let it end"
            yield Fault("group", repr(group_id), "a release in force or under way", needed)
