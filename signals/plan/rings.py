"""The rings body: ring phases in rings and between barriers, what they drive, overlaps, coordination.

A *ring phase* is a timing slot of a ring. `rings[r][b]` lists the ring phases of ring r between barriers b and b + 1 in
the order in which they are served, so that lead and lag are said by the order: (1, 2) has the left 1 leading, (2, 1)
lagging. What lies between two barriers is a *concurrency group*; all rings enter and leave it together. A ring without
ring phases there, `()`, stands red meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from signals.plan.model import Decisecond, Duration, Id, Model


class RingPhase(Model):
    """A timing slot of a ring and the groups it drives.

    Its split holds, in this order: red-amber, green, yellow, red clearance. `group_ids` show protected green,
    `yielding_group_ids` green that gives way, `pedestrian_group_ids` green for walk and pedestrian clearance together
    (the letters have no flashing don't walk). `pedestrian_buffer_ds` must lie between the end of pedestrian clearance
    and the first conflicting green; yellow and red clearance count towards it. `max_green_ds` and `max_green_2_ds` are
    the controller's max 1 and max 2. An omitted ring phase is never served and has no split.
    """

    number: Annotated[int, Field(ge=1, le=40)]
    group_ids: tuple[Id, ...] = ()
    yielding_group_ids: tuple[Id, ...] = ()
    pedestrian_group_ids: tuple[Id, ...] = ()
    split_ds: Decisecond
    red_amber_ds: Decisecond = 0
    yellow_ds: Decisecond
    red_clearance_ds: Decisecond
    min_green_ds: Duration
    max_green_ds: Decisecond | None = None
    max_green_2_ds: Decisecond | None = None
    walk_ds: Decisecond = 0
    pedestrian_clearance_ds: Decisecond = 0
    pedestrian_buffer_ds: Decisecond = 0
    passage_ds: Decisecond | None = None
    recall: Literal["none", "minimum", "maximum", "soft"] = "none"
    pedestrian_mode: Literal["none", "actuated", "recall", "rest in walk"] = "none"
    dual_entry: bool = False
    omitted: bool = False

    @property
    def vehicle_group_ids(self) -> tuple[str, ...]:
        """The groups it drives that are no groups on foot."""
        return (*self.group_ids, *self.yielding_group_ids)

    @property
    def green_ds(self) -> int:
        """The split less red-amber, yellow and red clearance [ds]; negative where it does not hold them."""
        return self.split_ds - self.red_amber_ds - self.clearance_ds

    @property
    def clearance_ds(self) -> int:
        """Yellow and red clearance [ds]."""
        return self.yellow_ds + self.red_clearance_ds

    @property
    def foot_ds(self) -> int:
        """Walk and pedestrian clearance [ds]: how long groups on foot are green."""
        return self.walk_ds + self.pedestrian_clearance_ds

    @property
    def buffer_ds(self) -> int:
        """The part of the pedestrian buffer that yellow and red clearance do not cover [ds]."""
        return max(0, self.pedestrian_buffer_ds - self.clearance_ds)

    @property
    def pedestrian_need_ds(self) -> int:
        """Green that serving pedestrians takes [ds]: W + PC + max(0, buffer - Y - R)."""
        return self.foot_ds + self.buffer_ds

    @property
    def min_split_ds(self) -> int:
        """The least split that holds minimum green, and pedestrians where they are not served on call alone [ds]."""
        on_foot = self.pedestrian_mode in ("recall", "rest in walk")
        need_ds = max(self.min_green_ds, self.pedestrian_need_ds if on_foot else 0)
        return self.red_amber_ds + need_ds + self.clearance_ds


class Overlap(Model):
    """A group green while any of its parents is, and on through the change from parent to parent.

    *protected* shows priority green, *yielding* green that gives way; *flashing yellow arrow* is a left turn that gives
    way, tied to the opposing through movements, its parents (its protected green comes from ring phases that drive the
    group). While a modifier is green the overlap is not, while one is yellow it shows no yellow ("minus green yellow").
    Without a trailing green it shows the yellow and red clearance of the parent that ends; with one it shows the
    trailing green, yellow and red instead, and they have to fit into the parent's yellow and red clearance.
    """

    group_id: Id
    parents: tuple[int, ...] = Field(min_length=1)
    modifiers: tuple[int, ...] = ()
    kind: Literal["protected", "yielding", "flashing yellow arrow"] = "protected"
    trailing_green_ds: Decisecond = 0
    trailing_yellow_ds: Decisecond = 0
    trailing_red_ds: Decisecond = 0

    @property
    def trailing_ds(self) -> int:
        """All trailing displays together [ds]."""
        return self.trailing_green_ds + self.trailing_yellow_ds + self.trailing_red_ds


class RingsBody(Model):
    """Rings, barriers, sequence; splits, coordination and actuation of the ring phases; overlaps.

    `force_off` *fixed* ends ring phases at their place in the cycle (unused time goes to the next one), *floating*
    after their split (it goes to the coordinated ones). `maximum_mode` says which maximum also holds in coordination.
    `permissive`: one window for all calls after the coordinated ring phases may end, one per concurrency group, or one
    by ring phase.
    """

    kind: Literal["rings"] = "rings"
    rings: tuple[tuple[tuple[int, ...], ...], ...] = Field(min_length=1, max_length=4)
    ring_phases: tuple[RingPhase, ...] = Field(min_length=1)
    overlaps: tuple[Overlap, ...] = ()
    coordinated: tuple[int, ...] = ()
    force_off: Literal["fixed", "floating"] = "floating"
    maximum_mode: Literal["max1", "max2", "inhibit"] = "inhibit"
    permissive: Literal["single", "multiple", "by phase"] = "by phase"
    correction: Literal["dwell", "short way", "add only"] = "short way"

    def phase(self, number: int) -> RingPhase:
        """The ring phase with this number; KeyError if there is none."""
        return self.by_number[number]

    @property
    def by_number(self) -> Mapping[int, RingPhase]:
        return {phase.number: phase for phase in self.ring_phases}

    @property
    def order(self) -> str:
        """Rings and barriers in words: "1, 2 | 3, 4; 5, 6 | 7, 8"."""
        return "; ".join(" | ".join(", ".join(map(str, part)) for part in ring) for ring in self.rings)

    def driven_by(self, phase: RingPhase) -> frozenset[str]:
        """The vehicle groups that are green with a ring phase, the overlaps that it is a parent of included."""
        overlaps = (overlap.group_id for overlap in self.overlaps if phase.number in overlap.parents)
        return frozenset((*phase.vehicle_group_ids, *overlaps))

    @property
    def barrier_count(self) -> int:
        return len(self.rings[0])

    def place_of(self, number: int) -> tuple[int, int]:
        """Ring and concurrency group of a ring phase; KeyError if it stands in none."""
        for r, ring in enumerate(self.rings):
            for b, part in enumerate(ring):
                if number in part:
                    return r, b
        raise KeyError(f"ring phase {number} stands in no ring")

    def served(self, ring: int, group: int) -> tuple[RingPhase, ...]:
        """The ring phases of one ring and concurrency group that are not omitted, in their order."""
        known = self.by_number
        return tuple(known[number] for number in self.rings[ring][group] if not known[number].omitted)

    def part_ds(self, ring: int, group: int) -> int:
        """Sum of the splits of one ring in one concurrency group [ds]."""
        return sum(phase.split_ds for phase in self.served(ring, group))

    def group_ds(self, group: int) -> int:
        """Length of a concurrency group in the cycle [ds]: that of its longest ring."""
        return max(self.part_ds(ring, group) for ring in range(len(self.rings)))

    @property
    def length_ds(self) -> int:
        """Sum of the concurrency groups [ds]: the cycle."""
        return sum(self.group_ds(group) for group in range(self.barrier_count))
