"""What a ring controller may do: which ring phases can follow which, how long their greens can be.

The rules that everything reachable follows from:

- All rings enter a concurrency group together and leave it together: the last greens end at once, or, where clearances
  differ, so much apart that the clearances end at once. Red holds until the slowest ring is through.
- In between each ring serves at least one of its ring phases there, in its order, on its own. Ring phases with a recall
  are not skipped, coordinated ones in coordination neither; the others may be. But any green may be the last one, for a
  ring can be taken over the barrier by another before it has served all (SUMO does so even against a recall). A ring in
  which no ring phase has a recall may stay red, unless one has dual entry. A concurrency group without any recall may
  be left out.
- A ring phase that is the only one of its ring between two barriers is green until the other rings have served one.
- A green lasts at least its minimum, and walk, clearance and buffer where pedestrians are served. It ends at its
  maximum (in coordination, its split or the cycle) where something else has a recall; without, it can rest for ever.
- No ring goes back within a concurrency group while another stays in it (*backup prevention*). Controllers without it,
  as SUMO's, go back from a coordinated green where nobody calls across the barrier and somebody does who comes before
  it on its side: the side street is left out in this ring alone, and the other coordinated green stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product

from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody

ENDLESS_DS = 10**9
TO_RED = -1  # beside the concurrency groups: no ring serves anything, red for all
Entry = RingPhase | None  # None: the ring stays red


class Service:
    """Orders and lengths for one timing in rings, under actuated control.

    `to_red`: over any barrier the rings may also end, red for all, from which they begin with any concurrency group.
    `goes_back`: no backup prevention.
    """

    def __init__(
        self, timing: IntersectionPlan, body: RingsBody, *, to_red: bool = False, goes_back: bool = False
    ) -> None:
        self.body, self.to_red, self._goes_back = body, to_red, goes_back
        self.rings = range(len(body.rings))
        self.groups = range(body.barrier_count)
        self._mode = timing.control_mode
        self._cycle_ds = timing.cycle_ds
        self._place = {p.number: body.place_of(p.number) for p in body.ring_phases}
        self._parts = {(ring, group): body.served(ring, group) for ring in self.rings for group in self.groups}

    def part(self, ring: int, group: int) -> tuple[RingPhase, ...]:
        """Ring phases of a ring in a concurrency group that are not omitted."""
        return self._parts[ring, group]

    def place(self, number: int) -> tuple[int, int]:
        """Ring and concurrency group of a ring phase."""
        return self._place[number]

    def always(self, phase: RingPhase) -> bool:
        """Whether a ring phase is never skipped."""
        return (
            self._coordinated(phase)
            or phase.recall in ("minimum", "maximum")
            or phase.pedestrian_mode in ("recall", "rest in walk")
        )

    def _coordinated(self, phase: RingPhase) -> bool:
        return self._mode is ControlMode.COORDINATED and phase.number in self.body.coordinated

    def walks(self, phase: RingPhase) -> tuple[bool, ...]:
        """Whether pedestrians are served with a ring phase: with their call and without it."""
        return {"none": (False,), "actuated": (True, False)}.get(phase.pedestrian_mode, (True,))

    def after(self, phase: RingPhase) -> tuple[RingPhase, ...]:
        """Ring phases of the same ring and concurrency group that can follow directly."""
        part = self.part(*self._place[phase.number])
        return (*self._up_to_always(part[part.index(phase) + 1 :]), *self._back(phase))

    def _back(self, phase: RingPhase) -> tuple[RingPhase, ...]:
        """Those to which a ring can go back: only where nobody always calls across the barrier."""
        if not (self._goes_back and self._coordinated(phase)):
            return ()
        ring, group = self._place[phase.number]
        part = self.part(ring, group)
        return self._up_to_always(part[: part.index(phase)]) if group in self.next_groups(group) else ()

    def entries(self, ring: int, group: int) -> tuple[Entry, ...]:
        """With which ring phases a ring can enter a concurrency group."""
        part = self.part(ring, group)
        first: tuple[Entry, ...] = self._up_to_always(part)
        may_rest = not any(self.always(phase) or phase.dual_entry for phase in part)
        return (*first, None) if may_rest else first

    def next_groups(self, group: int) -> tuple[int, ...]:
        """Concurrency groups that can follow one: the next ones, past those in which nothing needs to be served."""
        found = []
        for step in range(1, len(self.groups) + 1):
            following = (group + step) % len(self.groups)
            found.append(following)
            if any(self.always(phase) for ring in self.rings for phase in self.part(ring, following)):
                break
        return tuple(found)

    def joint_entries(self, group: int) -> Iterator[tuple[Entry, ...]]:
        """With which ring phases all rings together can enter a concurrency group; at least one is served."""
        for entry in product(*(self.entries(ring, group) for ring in self.rings)):
            if any(phase is not None for phase in entry):
                yield entry

    def green_bounds_ds(self, phase: RingPhase, *, walked: bool) -> tuple[int, int]:
        """Shortest and longest green of a ring phase [ds]; after walk and clearance, what is left of it."""
        low, high = phase.min_green_ds, self._longest_ds(phase)
        group = self._place[phase.number][1]
        if sum(bool(self.part(r, group)) for r in self.rings) > 1:
            high = max(high, self._group_longest_ds[group] - phase.red_amber_ds - phase.clearance_ds)
        if walked:
            low, high = max(low - phase.foot_ds, phase.buffer_ds), high - phase.foot_ds
        return low, max(low, high)

    def wait_ds(self, phase: RingPhase, *, walked: bool) -> int:
        """How much longer than it needs its green lasts at least where its ring serves nothing else between two
        barriers: each other ring that cannot stay red serves a ring phase, and all leave together [ds]."""
        ring, group = self._place[phase.number]
        own_ds = phase.red_amber_ds + self._needed_ds(phase, walked=walked)
        ends_ds = [
            min(
                p.red_amber_ds + min(self._needed_ds(p, walked=w) for w in self.walks(p)) + over
                for p in self._up_to_always(self.part(other, group))
                for over in (0, p.clearance_ds - phase.clearance_ds)  # the greens end at once, or the clearances
            )
            for other in self.rings
            if other != ring and self.part(other, group) and None not in self.entries(other, group)
        ]
        return max(0, max(ends_ds, default=0) - own_ds)

    def _needed_ds(self, phase: RingPhase, *, walked: bool) -> int:
        return max(phase.min_green_ds, phase.pedestrian_need_ds) if walked else phase.min_green_ds

    def rest_bounds_ds(self, ring: int, group: int) -> tuple[int, int]:
        """How long a ring that serves nothing stays red in a concurrency group [ds]."""
        shortest = [self._shortest_ds(r, group) for r in self.rings if r != ring and self.part(r, group)]
        return min(shortest, default=0), self._group_longest_ds[group]

    def _up_to_always(self, phases: tuple[RingPhase, ...]) -> tuple[RingPhase, ...]:
        for at, phase in enumerate(phases):
            if self.always(phase):
                return phases[: at + 1]
        return phases

    def _shortest_ds(self, ring: int, group: int) -> int:
        return min(p.red_amber_ds + p.min_green_ds + p.clearance_ds for p in self.part(ring, group))

    def _longest_ds(self, phase: RingPhase) -> int:
        """Longest green before dwelling for another ring; endless where nothing else has a recall."""
        ring, group = self._place[phase.number]
        others = [p for p in self.body.ring_phases if not p.omitted and p is not phase]
        wanted = [p for p in others if self._place[p.number][0] == ring or self._place[p.number][1] != group]
        if not any(self.always(p) for p in wanted):
            return ENDLESS_DS
        served_ds = max(phase.min_green_ds, phase.pedestrian_need_ds if phase.pedestrian_mode != "none" else 0)
        if self._mode is ControlMode.COORDINATED and self._cycle_ds is not None:
            floating = self.body.force_off == "floating" and phase.number not in self.body.coordinated
            return max(served_ds, phase.green_ds if floating else self._cycle_ds - phase.clearance_ds)
        longest = phase.max_green_2_ds if self.body.maximum_mode == "max2" else phase.max_green_ds
        return ENDLESS_DS if longest is None else max(served_ds, longest)

    @cached_property
    def _group_longest_ds(self) -> tuple[int, ...]:
        def total(ring: int, group: int) -> int:
            part = self.part(ring, group)
            return sum(p.red_amber_ds + self._longest_ds(p) + p.clearance_ds for p in part)

        return tuple(min(ENDLESS_DS, max(total(ring, group) for ring in self.rings)) for group in self.groups)
