"""Intergreens of greens that clash, as the running program gives them: a safety input, measured, never chosen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import itemgetter

from networks.groups import YELLOW_FLOOR_DS
from networks.junction import SOURCE_BACK, GroupKind, Pair, PairKind, Program, SignalGroup
from networks.network import LaneLink
from networks.timeline import GREEN_LETTERS, Green, column, durations_ds, greens

# Ends of green less than this apart belong to one interstage; a green that ends later was a stage of its own.
SAME_INTERSTAGE_DS = 50
# Starts of one stage are less than this apart, however different their intergreens.
SAME_STAGE_DS = 100
# What walkers need at most after their green: slow ones across the whole crossing, and 3 s to spare.
SLOW_WALK_M_PER_S = 0.91
WALK_BUFFER_S = 3.0


@dataclass(frozen=True, slots=True)
class ShortIntergreen:
    """A start that clashes with a green, during the yellow after it, or so soon after it began to give way."""

    ending: str
    starting: str
    found_ds: int
    needed_ds: int


class Intergreens:
    """Intergreens of conflicting pairs and of greens that clash in yielding pairs, measured in the running program.

    After vehicles, a start counts as seen in sequence unless a stage of other vehicles lay in between: they ended their
    green 5 s or more after the ending group, or started it 10 s or more before the start in question. After walkers,
    whose green often ends long before that of the traffic beside them, the first conflicting starts count (those within
    5 s), but never for more than walkers can need. A green that goes on giving way when the other starts has a time of
    its own (handover). Groups that walkers share with vehicles are measured as vehicles, and get no less than walkers
    would. A program in rings says itself how long it waits after each green.
    """

    def __init__(
        self, groups: Sequence[SignalGroup], pairs: Iterable[Pair], lane_links: Sequence[LaneLink], running: Program
    ) -> None:
        self._durations_ds = step_durations_ds = durations_ds(running)
        self._letters = letters = {group.id: column(running, group.channels[0]) for group in groups}
        self._crossed_m = crossed_m = _crossed_m(groups, lane_links)
        needs_ds = {name: _walking_ds(length_m) for name, length_m in crossed_m.items()}
        on_foot = {group.id for group in groups if group.kind is GroupKind.PEDESTRIAN}
        self._walking_ds = {name: need_ds for name, need_ds in needs_ds.items() if name in on_foot}
        self._cycle_ds = sum(step_durations_ds)
        self._greens = {name: greens(column_, step_durations_ds) for name, column_ in letters.items()}
        self._ends = {
            name: [(green.start_ds + green.duration_ds) % self._cycle_ds for green in found]
            for name, found in self._greens.items()
        }
        yellows_ds = {group.id: group.yellow.value_ds for group in groups}
        self._yellow_ds = {name: time_ds and max(time_ds, YELLOW_FLOOR_DS) for name, time_ds in yellows_ds.items()}
        others = [group.id for group in groups if group.kind is not GroupKind.PEDESTRIAN]
        self._vehicle_ends = sorted({end_ds for name in others for end_ds in self._ends[name]})
        self._vehicle_starts = sorted({green.start_ds for name in others for green in self._greens[name]})
        # also where a yielding green becomes a priority one: the movement it gave way to has been cleared
        step_starts_ds = [0, *accumulate(step_durations_ds)]
        turned_ds = {
            step_starts_ds[i]
            for name in others
            for i, letter in enumerate(letters[name])
            if letter == "G" and letters[name][i - 1] == "g"
        }
        self._gains = sorted(turned_ds.union(self._vehicle_starts))
        self._foes: dict[str, list[str]] = {group.id: [] for group in groups}
        for pair in pairs:
            if pair.kind is PairKind.CONFLICTING:
                self._foes[pair.first].append(pair.second)
                self._foes[pair.second].append(pair.first)
        said_ds = () if running.in_rings is None else running.in_rings.clearance_ds
        self._said_ds = {group.id: said_ds[group.channels[0]] for group in groups if said_ds}
        self._short: list[ShortIntergreen] = []
        self._observed = {name: self._after(name) for name in self._foes}
        self._shared_ds = {name: need_ds for name, need_ds in needs_ds.items() if name not in on_foot}
        self._walked = {name: self._first(self._gaps(name, between=True)) for name in self._shared_ds}

    def short(self) -> tuple[ShortIntergreen, ...]:
        """Starts during the yellow of a conflicting group."""
        return tuple(self._short)

    def completed(self, pair: Pair) -> Pair:
        """The pair with its intergreens, if any of its greens clash."""
        orders = ((pair.first, pair.second), (pair.second, pair.first))
        if not pair.clashes(pair.first):
            return pair
        seen: list[tuple[int | None, int | None]]
        if pair.kind is PairKind.CONFLICTING:
            seen = [(self._observed[ending].get(starting), None) for ending, starting in orders]
        else:
            seen = [self._between(pair, ending, starting) for ending, starting in orders]
        (there, source), (back, source_back) = (
            self._no_less_than_walkers(*order, self._clearance(order[0], seen_ds))
            for order, (seen_ds, _) in zip(orders, seen, strict=True)
        )
        return replace(
            pair,
            intergreen_ds=(there, back),
            intergreen_source=source if source == source_back else f"{source}{SOURCE_BACK}{source_back}",
            handover_ds=(seen[0][1], seen[1][1]),
        )

    def _between(self, pair: Pair, ending: str, starting: str) -> tuple[int | None, int | None]:
        """Shortest times [ds] from an end of a green to the start of one that it clashes with, in a yielding pair:
        where the ending group has ended, and where it goes on giving way."""
        ended: list[int] = []
        going_on: list[int] = []
        walking = ending in self._walking_ds
        for its, others in pair.clashes(ending):
            own = greens(_only(self._letters[ending], its), self._durations_ds)
            for start in greens(_only(self._letters[starting], others), self._durations_ds):
                if not own or any(self._covers(green, start.start_ds) for green in own):
                    continue
                gap_ds, last = min(
                    (((start.start_ds - green.start_ds - green.duration_ds) % self._cycle_ds, green) for green in own),
                    key=itemgetter(0),
                )
                if not walking and self._stage_between(start.start_ds, gap_ds):
                    continue
                gives_way = self._green_all_along(ending, last.steps[-1], start.steps[0])
                floor_ds = self._yellow_ds[ending] if gives_way else last.yellow_ds
                if gap_ds < floor_ds:
                    self._short.append(ShortIntergreen(ending, starting, gap_ds, floor_ds))
                (going_on if gives_way else ended).append(max(gap_ds, floor_ds))
        if walking and ended and self._observed[ending]:
            first_ds = min(self._observed[ending].values())
            ended = [gap_ds for gap_ds in ended if gap_ds < first_ds + SAME_INTERSTAGE_DS]
        return min(ended, default=None), min(going_on, default=None)

    def _green_all_along(self, name: str, after: int, until: int) -> bool:
        """Whether a group is green in every step after one of them and up to another one."""
        count = len(self._durations_ds)
        steps = range(1, (until - after - 1) % count + 2)
        return all(self._letters[name][(after + k) % count] in GREEN_LETTERS for k in steps)

    def _clearance(self, ending: str, seen_ds: int | None) -> tuple[int, str]:
        observed = self._observed[ending]
        found_ds = self._said_ds.get(ending)
        if found_ds is not None:
            source = "running program: clearance of its ring phases"
        elif seen_ds is not None:
            found_ds, source = seen_ds, "running program"
        elif observed:
            found_ds, source = max(observed.values()), f"running program: longest after group {ending}"
        else:
            found_ds, source = self._interstage_ds(ending), "running program: interstage after the ending group"
        if ending in self._walking_ds:
            need_ds = self._walking_ds[ending]
            if found_ds is not None and found_ds <= need_ds:
                return found_ds, source
            numbers = f"{self._crossed_m[ending]:.1f} m / {SLOW_WALK_M_PER_S} m/s + {WALK_BUFFER_S:g} s"
            return need_ds, f"formula: slow walkers clear {numbers} after WALK, up to whole seconds"
        yellow_ds = self._yellow_ds[ending]
        if found_ds is None:
            return yellow_ds, f"own yellow of group {ending}, no clearance in the running program"
        if found_ds < yellow_ds:
            return yellow_ds, f"own yellow of group {ending}, running program gives {found_ds / 10:g} s"
        return found_ds, source

    def _no_less_than_walkers(self, ending: str, starting: str, found: tuple[int, str]) -> tuple[int, str]:
        """The same, or what walkers who share the lamps have today until the first conflicting green."""
        walked = self._walked.get(ending)
        if not walked or starting not in self._foes[ending]:
            return found
        walked_ds = min(walked.get(starting, max(walked.values())), self._shared_ds[ending])
        return max(found, (walked_ds, f"running program: walkers of group {ending}"), key=itemgetter(0))

    def _after(self, ending: str) -> dict[str, int]:
        """Shortest time [ds] from an end of green of `ending` to the start of each group seen in sequence."""
        walking = ending in self._walking_ds
        gaps = self._gaps(ending, between=walking, short=self._short)
        return self._first(gaps) if walking else gaps

    def _first(self, gaps: Mapping[str, int]) -> dict[str, int]:
        """The starts of one interstage with the first one."""
        first_ds = min(gaps.values(), default=0)
        return {name: gap_ds for name, gap_ds in gaps.items() if gap_ds < first_ds + SAME_INTERSTAGE_DS}

    def _gaps(self, ending: str, *, between: bool, short: list[ShortIntergreen] | None = None) -> dict[str, int]:
        """Shortest times [ds] from an end of green to each conflicting start, also with a stage `between` if wanted."""
        own = self._greens[ending]
        observed: dict[str, int] = {}
        for starting in self._foes[ending] if own else ():
            for start in self._greens[starting]:
                if any(self._covers(green, start.start_ds) for green in own):
                    continue
                gaps = [(start.start_ds - end_ds) % self._cycle_ds for end_ds in self._ends[ending]]
                gap_ds = min(gaps)
                if not between and self._stage_between(start.start_ds, gap_ds):
                    continue
                observed[starting] = min(gap_ds, observed.get(starting, gap_ds))
                yellow_ds = own[gaps.index(gap_ds)].yellow_ds
                if gap_ds < yellow_ds and short is not None:
                    short.append(ShortIntergreen(ending, starting, gap_ds, yellow_ds))
        return observed

    def _interstage_ds(self, ending: str) -> int | None:
        """Longest time [ds] from an end of green to the next gain of green after its yellow, if under 10 s."""
        found = [
            gap_ds
            for end_ds, green in zip(self._ends[ending], self._greens[ending], strict=True)
            for gap_ds in [self._next_gain_ds(end_ds, green.yellow_ds)]
            if gap_ds < SAME_STAGE_DS
        ]
        return max(found, default=None)

    def _next_gain_ds(self, end_ds: int, yellow_ds: int) -> int:
        gaps = ((gain_ds - end_ds) % self._cycle_ds for gain_ds in self._gains)
        return min((gap_ds for gap_ds in gaps if gap_ds >= yellow_ds), default=self._cycle_ds)

    def _stage_between(self, start_ds: int, gap_ds: int) -> bool:
        def between(times_ds: Sequence[int], at_least_ds: int, at_most_ds: int) -> bool:
            return any(at_least_ds <= (start_ds - time_ds) % self._cycle_ds <= at_most_ds for time_ds in times_ds)

        return between(self._vehicle_ends, 0, gap_ds - SAME_INTERSTAGE_DS) or between(
            self._vehicle_starts, SAME_STAGE_DS, gap_ds
        )

    def _covers(self, green: Green, time_ds: int) -> bool:
        return (time_ds - green.start_ds) % self._cycle_ds < green.duration_ds


def _only(letters: str, wanted: str) -> str:
    """A column in which no other green letters than the wanted ones are green."""
    return "".join("-" if letter in GREEN_LETTERS and letter not in wanted else letter for letter in letters)


def _crossed_m(groups: Sequence[SignalGroup], lane_links: Sequence[LaneLink]) -> dict[str, float]:
    """Length [m] of the longest crossing of each group that has walkers; 0 where nobody knows it."""
    on_foot = {group.id for group in groups if group.kind is GroupKind.PEDESTRIAN}
    crossed_m = dict.fromkeys(on_foot, 0.0)
    for link in lane_links:
        if link.group_id is not None and (link.turn == "crossing" or link.group_id in on_foot):
            crossed_m[link.group_id] = max(link.via_length_m, crossed_m.get(link.group_id, 0.0))
    return crossed_m


def _walking_ds(length_m: float) -> int:
    """Time [ds, whole seconds] that slow walkers need over a crossing; none where its length is not known."""
    return 10 * math.ceil(length_m / SLOW_WALK_M_PER_S + WALK_BUFFER_S) if length_m > 0 else 0
