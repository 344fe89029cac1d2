"""Through red: the way between two plans that share no picture, whatever their bodies and modes of control.

A controller that leaves its plan so lets every green that stands have its minimum, walk and clearance, ends all greens
at once by their own yellows (rings: as they cross a barrier), and shows red for all until the longest intergreen of the
intersection has passed since. Then the new plan begins: by the red-amber of its greens, in a picture that it can hold
(rings: with any concurrency group), which stands until each of its greens has had its minimum, walk and clearance.

Why nothing is cut, whatever the traffic and the moment: greens last their minimum before and after; each ends in its
whole yellow; all of them are red before one begins; and from any end of green to any later start lies the longest of
all intergreens. All of it comes from the safety inputs, none of it from the plans; `signals.safety` judges it all the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from signals.plan import IntersectionPlan, RingsBody
from signals.rules import Rules

_GREEN = frozenset("gG")
RED_LEAST_DS = 10  # between the last yellow and the first red-amber or green
Rows = tuple[tuple[str, int], ...]  # displays with their durations [ds]


class ThroughRed:
    """How an intersection ends all greens and begins any, by its rules.

    Groups that are green alike in all of the `pictures` have no lamp that changes, and stay as they are.
    """

    def __init__(self, timing: IntersectionPlan, pictures: Sequence[str], rules: Rules) -> None:
        groups = [rules.group(timing.intersection_id, name) for name in timing.group_ids]
        self._need_ds = [
            max(rule.min_green_ds, (rule.walk_ds or 0) + (rule.pedestrian_clearance_ds or 0)) for rule in groups
        ]
        self._yellow_ds = [rule.yellow_ds for rule in groups]
        self._amber_ds = [rule.red_amber_ds or 0 for rule in groups]
        self._stays = [{*shown} in ({"g"}, {"G"}) for shown in zip(*pictures, strict=True)]
        entries = rules.intersection(timing.intersection_id).intergreens
        self._longest_ds = max((entry.time.value_ds for entry in entries if entry.time), default=0)

    @property
    def _change_ds(self) -> int:
        """From the end of the greens until all have had their yellow."""
        return max(self._yellow_ds)

    def least_ds(self, displays: str) -> int:
        """How long a picture stands at least, so that each of its greens has had its minimum, walk and clearance."""
        return max((self._need_ds[group] for group in self._ending(displays)), default=0)

    def ended(self, displays: str) -> Rows:
        """From the end of a picture until all of its greens have had their yellow."""
        moments = sorted({0, *(self._yellow_ds[group] for group in self._ending(displays)), self._change_ds})
        return tuple((self._after_ds(displays, start), end - start) for start, end in pairwise(moments))

    def red(self, displays: str) -> tuple[str, int]:
        """Red for all, after `ended`."""
        return self._after_ds(displays, self._change_ds), max(RED_LEAST_DS, self._longest_ds - self._change_ds)

    def red_after_rings_ds(self, body: RingsBody) -> int:
        """How long red for all stands when rings have crossed a barrier, each by its own clearance [ds]."""
        shortest_ds = min(phase.clearance_ds for phase in body.ring_phases if not phase.omitted)
        trailing_ds = max((overlap.trailing_green_ds for overlap in body.overlaps), default=0)
        return max(RED_LEAST_DS, self._longest_ds - max(0, shortest_ds - trailing_ds))

    def begun(self, displays: str) -> Rows:
        """From red until a picture stands: the red-amber of its greens, which start together."""
        ambers = {group: self._amber_ds[group] for group in self._ending(displays)}
        longest_ds = max(ambers.values(), default=0)
        moments = sorted({0, *(longest_ds - amber_ds for amber_ds in ambers.values())} | {longest_ds})
        return tuple((self._before_ds(displays, longest_ds - start), end - start) for start, end in pairwise(moments))

    @property
    def longest_ended_ds(self) -> int:
        """From the end of any picture until the red for all is over [ds]."""
        return self._change_ds + max(RED_LEAST_DS, self._longest_ds - self._change_ds)

    @property
    def longest_begun_ds(self) -> int:
        """From red for all until any picture stands [ds]."""
        return max(self._amber_ds)

    def _ending(self, displays: str) -> list[int]:
        return [at for at, letter in enumerate(displays) if letter in _GREEN and not self._stays[at]]

    def _after_ds(self, displays: str, since_ds: int) -> str:
        """What is shown so long after all greens have ended."""
        ending = {group for group in self._ending(displays) if self._yellow_ds[group] > since_ds}
        return self._picture(displays, ending, "y")

    def _before_ds(self, displays: str, left_ds: int) -> str:
        """What is shown so long before all greens start."""
        starting = {group for group in self._ending(displays) if self._amber_ds[group] >= left_ds}
        return self._picture(displays, starting, "u")

    def _picture(self, displays: str, changing: set[int], letter: str) -> str:
        return "".join(
            displays[at] if stays else letter if at in changing else "r" for at, stays in enumerate(self._stays)
        )
