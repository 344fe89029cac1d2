"""Every pair of signal groups decided: conflicting, yielding or compatible, with the reason and the intergreens.

What the paths do comes from the lane links (`crosses`, `yields_to`), what is allowed today from the running program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from networks.junction import GroupKind, Pair, PairKind, Program, SignalGroup
from networks.network import LaneLink
from networks.timeline import GREEN_LETTERS, Green, column, durations_ds, greens

# A start that comes this much later than the first conflicting start after an end of green belongs to a later stage.
SAME_INTERSTAGE_DS = 50

PathPair = tuple[LaneLink, LaneLink]


@dataclass(frozen=True, slots=True)
class ConflictingGreens:
    """Two groups (or one with itself) that cross and are both shown priority green in these steps."""

    first: str
    second: str
    steps: tuple[int, ...]
    paths: str


@dataclass(frozen=True, slots=True)
class ShortIntergreen:
    """A conflicting start while the ending group still shows yellow."""

    ending: str
    starting: str
    found_ds: int
    needed_ds: int


@dataclass(frozen=True, slots=True)
class Decisions:
    pairs: tuple[Pair, ...]
    conflicting_greens: tuple[ConflictingGreens, ...]
    short_intergreens: tuple[ShortIntergreen, ...]


def decide(groups: Sequence[SignalGroup], lane_links: Sequence[LaneLink], running: Program) -> Decisions:
    """Decide every unordered pair of `groups`; `lane_links` are those of the intersection, with their group ids."""
    letters = {group.id: column(running, group.channels[0]) for group in groups}
    nodes: dict[str, set[str]] = {group.id: set() for group in groups}
    for link in lane_links:
        if link.group_id is not None:
            nodes[link.group_id].add(link.node_id)
    foes = _foes(lane_links)
    unsafe = [
        found
        for group in groups
        if (group.id, group.id) in foes
        and (found := _unsafe(group.id, group.id, foes[group.id, group.id], letters)) is not None
    ]
    decided: dict[tuple[str, str], Pair] = {}
    for first, second in combinations(groups, 2):
        key = (first.id, second.id)
        paths = foes.get(key, [])
        if (second.id, first.id) in foes:
            paths = paths + [(b, a) for a, b in foes[second.id, first.id]]
        fault = _unsafe(*key, paths, letters) if paths else None
        if fault is not None:
            unsafe.append(fault)
        decided[key] = _kind(first, second, paths, letters, nodes, fault)
    conflicts = _Conflicts(groups, decided, letters, durations_ds(running))
    return Decisions(
        tuple(conflicts.with_intergreens(pair) for pair in decided.values()), tuple(unsafe), conflicts.short()
    )


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
    nodes: Mapping[str, set[str]],
    fault: ConflictingGreens | None,
) -> Pair:
    a, b = first.id, second.id
    if GroupKind.UNUSED in (first.kind, second.kind):
        return Pair(a, b, PairKind.COMPATIBLE, "a channel without connection")
    if not paths and nodes[a] == nodes[b]:
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
        yields = _yielding(a, b, paths, [(letters[a][i], letters[b][i]) for i in together])
        reason = f"paths cross or merge, green together in step {together[0]} of the running program, one gives way"
        return Pair(a, b, PairKind.YIELDING, reason, yields=yields)
    if together:
        reason = f"different nodes of one controller, green together in step {together[0]} of the running program"
        return Pair(a, b, PairKind.COMPATIBLE, reason)
    reason = "different nodes of one controller, never green together in the running program"
    return Pair(a, b, PairKind.CONFLICTING, reason)


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


class _Conflicts:
    """Intergreens of the conflicting pairs, measured in the running program."""

    def __init__(
        self,
        groups: Sequence[SignalGroup],
        decided: Mapping[tuple[str, str], Pair],
        letters: Mapping[str, str],
        step_durations_ds: tuple[int, ...],
    ) -> None:
        self._cycle_ds = sum(step_durations_ds)
        self._greens = {name: greens(column_, step_durations_ds) for name, column_ in letters.items()}
        self._yellow_ds = {group.id: group.yellow.value_ds for group in groups}
        self._foes: dict[str, list[str]] = {group.id: [] for group in groups}
        for (a, b), pair in decided.items():
            if pair.kind is PairKind.CONFLICTING:
                self._foes[a].append(b)
                self._foes[b].append(a)
        self._short: list[ShortIntergreen] = []
        self._observed = {name: self._after(name) for name in self._foes}

    def short(self) -> tuple[ShortIntergreen, ...]:
        return tuple(self._short)

    def with_intergreens(self, pair: Pair) -> Pair:
        if pair.kind is not PairKind.CONFLICTING:
            return pair
        values, sources = zip(
            *(self._clearance(*way) for way in ((pair.first, pair.second), (pair.second, pair.first))), strict=True
        )
        source = sources[0] if sources[0] == sources[1] else f"{sources[0]}; back: {sources[1]}"
        return Pair(pair.first, pair.second, pair.kind, pair.reason, (values[0], values[1]), source)

    def _clearance(self, ending: str, starting: str) -> tuple[int, str]:
        observed = self._observed[ending]
        yellow_ds = self._yellow_ds[ending]
        if starting in observed:
            found_ds, source = observed[starting], "running program"
        elif observed:
            found_ds, source = max(observed.values()), f"running program: longest after group {ending}"
        else:
            return yellow_ds, f"own yellow of group {ending}, no clearance in the running program"
        if found_ds < yellow_ds:
            return yellow_ds, f"own yellow of group {ending}, running program gives {found_ds / 10:g} s"
        return found_ds, source

    def _after(self, ending: str) -> dict[str, int]:
        """Shortest time [ds] from an end of green of `ending` to the start of each group that follows in sequence."""
        gaps: dict[int, dict[str, int]] = {}
        ends = [((green.start_ds + green.duration_ds) % self._cycle_ds, green) for green in self._greens[ending]]
        for starting in self._foes[ending]:
            for start in self._greens[starting]:
                if not ends or any(self._covers(green, start.start_ds) for _, green in ends):
                    continue
                index = min(range(len(ends)), key=lambda i: (start.start_ds - ends[i][0]) % self._cycle_ds)
                gap_ds = (start.start_ds - ends[index][0]) % self._cycle_ds
                after = gaps.setdefault(index, {})
                after[starting] = min(gap_ds, after.get(starting, gap_ds))
        observed: dict[str, int] = {}
        for index, after in gaps.items():
            first_ds = min(after.values())
            for starting, gap_ds in after.items():
                if gap_ds - first_ds < SAME_INTERSTAGE_DS:
                    observed[starting] = min(gap_ds, observed.get(starting, gap_ds))
                    if gap_ds < ends[index][1].yellow_ds:
                        self._short.append(ShortIntergreen(ending, starting, gap_ds, ends[index][1].yellow_ds))
        return observed

    def _covers(self, green: Green, time_ds: int) -> bool:
        return (time_ds - green.start_ds) % self._cycle_ds < green.duration_ds
