"""Courses of plans joined to one graph: from picture to common picture, or through red."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from signals.control.ring_service import ENDLESS_DS
from signals.control.successions import Picture, Successions
from signals.control.through_red import Rows, ThroughRed
from signals.control.transition_steps import Shown

_PLACE = "through red"


@dataclass(slots=True)
class BetweenGraph:
    """Pictures and what follows each; plans are put one after the other, then joined."""

    pictures: list[Picture] = field(default_factory=list)
    following: list[list[int]] = field(default_factory=list)

    def put(self, picture: Picture, following: Iterable[int] = ()) -> int:
        self.pictures.append(picture)
        self.following.append([*following])
        return len(self.pictures) - 1

    def put_plan(self, plan: Successions) -> list[int]:
        first = len(self.pictures)
        for picture, following in zip(plan.pictures, plan.following, strict=True):
            self.put(picture, [first + after for after in following])
        return [*range(first, len(self.pictures))]

    def take_over(self, earlier: Sequence[int], later: Sequence[int]) -> list[int]:
        """The common pictures of two plans, entered as the one does and left as the other does: pictures of both."""
        names = {self.pictures[node].displays for node in earlier}
        common = [node for node in later if rests(self.pictures[node]) and self.pictures[node].displays in names]
        found = []
        for node in common:
            displays = self.pictures[node].displays
            plans = {plan for at in (*earlier[:1], node) for plan in self.pictures[at].plans}
            met = self.put(replace(self.pictures[node], plans=tuple(sorted(plans))), self.following[node])
            found.append(met)
            for before in earlier:
                if any(self.pictures[after].displays == displays for after in self.following[before]):
                    self.following[before].append(met)
        return found

    def begin(self, plan: Sequence[int], through: ThroughRed) -> tuple[list[int], list[int]]:
        """Where red leads into a plan in stages, and the pictures that it then begins with."""
        heads, begun = [], []
        for node in [node for node in plan if rests(self.pictures[node])]:
            picture = self.pictures[node]
            least_ds = max(picture.min_ds, through.least_ds(picture.displays))
            begun.append(self.put(replace(picture, min_ds=least_ds, max_ds=ENDLESS_DS), self.following[node]))
            heads.append(self._lead(through.begun(picture.displays), begun[-1]))
        return heads, begun

    def end(self, plan: Sequence[int], through: ThroughRed) -> int:
        """The red for all in which a plan in stages ends: each picture that can be held, long enough for its greens."""
        displays, red_ds = through.red(self.pictures[plan[0]].displays)
        red = self.put(Picture(displays, red_ds, red_ds, None, _PLACE, plans=()))
        for node in [node for node in plan if rests(self.pictures[node])]:
            picture = self.pictures[node]
            least_ds = max(picture.min_ds, through.least_ds(picture.displays))
            last = self.put(replace(picture, min_ds=least_ds, max_ds=max(least_ds, picture.max_ds)))
            self.following[last].append(self._lead(through.ended(picture.displays), red))
            for following in self.following:
                if node in following:
                    following.append(last)
        return red

    def successions(self) -> Successions:
        return Successions(tuple(self.pictures), tuple(tuple(dict.fromkeys(nexts)) for nexts in self.following))

    def _lead(self, rows: Rows, goal: int) -> int:
        """Rows of exact lengths before a picture; where they begin."""
        for displays, duration_ds in reversed(rows):
            goal = self.put(Picture(displays, duration_ds, duration_ds, None, _PLACE, plans=()), [goal])
        return goal


def rests(picture: Picture) -> bool:
    """Whether it can be held: somebody is green and nobody changes."""
    return Shown(picture.displays, 0, picture.max_ds).rests
