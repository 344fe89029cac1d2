"""Every pair of signal groups decided: conflicting, yielding or compatible, with the reason and the intergreens.

What the paths do comes from the lane links (`crosses`, `yields_to`), what is allowed today from the running program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from networks.intergreens import Intergreens, ShortIntergreen
from networks.junction import GroupKind, Pair, PairKind, Program, SignalGroup
from networks.network import LaneLink
from networks.timeline import GREEN_LETTERS, column

PathPair = tuple[LaneLink, LaneLink]


@dataclass(frozen=True, slots=True)
class ConflictingGreens:
    """Two groups (or one with itself) that cross and are both shown priority green in these steps."""

    first: str
    second: str
    steps: tuple[int, ...]
    paths: str


@dataclass(frozen=True, slots=True)
class Decisions:
    pairs: tuple[Pair, ...]
    conflicting_greens: tuple[ConflictingGreens, ...]
    short_intergreens: tuple[ShortIntergreen, ...]


def decide(groups: Sequence[SignalGroup], lane_links: Sequence[LaneLink], running: Program) -> Decisions:
    """Decide every unordered pair of `groups`; `lane_links` are those of the intersection, with their group ids."""
    letters = {group.id: column(running, group.channels[0]) for group in groups}
    places = {group.id: _Places() for group in groups}
    for link in lane_links:
        if link.group_id is not None:
            places[link.group_id].add(link)
    foes = _foes(lane_links)
    unsafe = [
        found
        for group in groups
        if (group.id, group.id) in foes
        and (found := _unsafe(group.id, group.id, foes[group.id, group.id], letters)) is not None
    ]
    decided: dict[tuple[str, str], Pair] = {}
    unknown: set[tuple[str, str]] = set()  # nobody knows what these pairs' paths do: no intergreen is measured
    for first, second in combinations(groups, 2):
        key = (first.id, second.id)
        paths = foes.get(key, [])
        if (second.id, first.id) in foes:
            paths = paths + [(b, a) for a, b in foes[second.id, first.id]]
        fault = _unsafe(*key, paths, letters) if paths else None
        if fault is not None:
            unsafe.append(fault)
        if not paths and places[first.id].unruled & places[second.id].unruled:
            decided[key] = _unruled(first.id, second.id, letters, places)
            unknown.add(key)
        else:
            decided[key] = _kind(first, second, paths, letters, places, fault)
    intergreens = Intergreens(groups, (p for key, p in decided.items() if key not in unknown), lane_links, running)
    pairs = tuple(pair if key in unknown else intergreens.completed(pair) for key, pair in decided.items())
    return Decisions(pairs, tuple(unsafe), intergreens.short())


@dataclass(slots=True)
class _Places:
    """Where a group's paths are: nodes, those of them without a right-of-way table, and the lanes they come from."""

    nodes: set[str] = field(default_factory=set)
    unruled: set[str] = field(default_factory=set)
    lanes: set[str] = field(default_factory=set)

    def add(self, link: LaneLink) -> None:
        self.nodes.add(link.node_id)
        self.lanes.add(link.from_lane_id)
        if link.node_index is None:
            self.unruled.add(link.node_id)


def _foes(lane_links: Sequence[LaneLink]) -> dict[tuple[str, str], list[PathPair]]:
    """Crossing or merging paths by (group, group), each unordered pair of paths once."""
    at = {link.id: (position, link) for position, link in enumerate(lane_links)}
    foes: dict[tuple[str, str], list[PathPair]] = {}
    for position, link in enumerate(lane_links):
        for other_id in link.crosses:
            if other_id not in at or link.group_id is None:
                continue
            other_position, other = at[other_id]
            if other_position < position and link.id in other.crosses:
                continue  # noted from the other side
            if other.group_id is not None:
                foes.setdefault((link.group_id, other.group_id), []).append((link, other))
    return foes


@lru_cache(maxsize=65_536)
def _together(first: str, second: str) -> tuple[int, ...]:
    """Steps in which both columns are green."""
    return tuple(
        i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a in GREEN_LETTERS and b in GREEN_LETTERS
    )


def _gives_way(link: LaneLink, other: LaneLink) -> bool:
    return other.id in link.yields_to


def _settled_by_right_of_way(a: LaneLink, b: LaneLink) -> bool:
    """Paths that only merge, or leave the same link, and of which one gives way, may both show priority green."""
    same_link = any(
        x.rpartition("_")[0] == y.rpartition("_")[0]
        for x, y in ((a.to_lane_id, b.to_lane_id), (a.from_lane_id, b.from_lane_id))
    )
    return same_link and (_gives_way(a, b) or _gives_way(b, a))


def _unsafe(first: str, second: str, paths: Sequence[PathPair], letters: Mapping[str, str]) -> ConflictingGreens | None:
    crossing = [(a, b) for a, b in paths if not _settled_by_right_of_way(a, b)]
    if not crossing:
        return None
    steps = tuple(
        i for i in _together(letters[first], letters[second]) if letters[first][i] == letters[second][i] == "G"
    )
    if not steps:
        return None
    a, b = crossing[0]
    return ConflictingGreens(first, second, steps, f"{a.id} and {b.id}")


def _kind(
    first: SignalGroup,
    second: SignalGroup,
    paths: Sequence[PathPair],
    letters: Mapping[str, str],
    places: Mapping[str, _Places],
    fault: ConflictingGreens | None,
) -> Pair:
    a, b = first.id, second.id
    if GroupKind.UNUSED in (first.kind, second.kind):
        return Pair(a, b, PairKind.COMPATIBLE, "a channel without connection")
    if not paths and places[a].nodes == places[b].nodes:
        return Pair(a, b, PairKind.COMPATIBLE, "paths neither cross nor merge")
    together = _together(letters[a], letters[b])
    if paths:
        if fault is not None:
            steps = ", ".join(map(str, fault.steps))
            return Pair(
                a, b, PairKind.CONFLICTING, f"paths cross; inherited fault: both priority green in step {steps}"
            )
        if not together:
            merging = all(x.to_lane_id == y.to_lane_id for x, y in paths)
            what = "merge" if merging else "cross"
            return Pair(a, b, PairKind.CONFLICTING, f"paths {what}, never green together in the running program")
        shown = [(letters[a][i], letters[b][i]) for i in together]
        yields = _yielding(a, b, paths, shown)
        reason = f"paths cross or merge, green together in step {together[0]} of the running program, one gives way"
        return Pair(a, b, PairKind.YIELDING, reason, yields=yields, together=frozenset(shown))
    if together:
        reason = f"different nodes of one controller, green together in step {together[0]} of the running program"
        return Pair(a, b, PairKind.COMPATIBLE, reason)
    reason = "different nodes of one controller, never green together in the running program"
    return Pair(a, b, PairKind.CONFLICTING, reason)


def _unruled(a: str, b: str, letters: Mapping[str, str], places: Mapping[str, _Places]) -> Pair:
    """Two groups at a node without a right-of-way table: only paths out of one lane are known not to cross.

    Else the running program alone says what may be green together, and nobody knows how long between them.
    """
    if places[a].lanes == places[b].lanes and len(places[a].lanes) == 1:
        return Pair(a, b, PairKind.COMPATIBLE, "paths out of one lane")
    together = _together(letters[a], letters[b])
    shown = frozenset((letters[a][i], letters[b][i]) for i in together)
    if not shown:
        reason = "no right-of-way table, never green together in the running program"
        return Pair(a, b, PairKind.CONFLICTING, reason)
    reason = f"no right-of-way table, green together in step {together[0]} of the running program"
    if ("G", "G") in shown:
        return Pair(a, b, PairKind.COMPATIBLE, reason)
    yields = _yielding(a, b, (), sorted(shown))
    return Pair(a, b, PairKind.YIELDING, f"{reason}, one gives way", yields=yields, together=shown)


def _yielding(a: str, b: str, paths: Sequence[PathPair], shown: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Who gives way: whoever shows yielding green beside priority green; else whom the right-of-way table names."""
    yields = set()
    for letter_a, letter_b in shown:
        if letter_a != letter_b:
            yields.add(a if letter_a == "g" else b)
            continue
        by_table = {a for x, y in paths if _gives_way(x, y)} | {b for x, y in paths if _gives_way(y, x)}
        yields |= by_table or {a, b}
    return tuple(name for name in (a, b) if name in yields)
