"""Where on the common clock the greens of coordinated rings may end, whatever traffic does.

Unused time goes to the coordinated ring phases or to the next one (force-offs floating or fixed); the clock holds all
the same:

- A coordinated green never ends before its force-off. It may begin sooner than planned (early return to green).
- It ends there for a call across the barrier that is served at once, else for the first call that still fits, at the
  latest when no permissive period is open any more. SUMO serves a call only when who is sequenced before it no longer
  fits, which is a moment of the clock too. A ring phase with a recall always calls.
- A ring may go back from it to one that is sequenced before it on its side of the barrier (SUMO's has no backup
  prevention), once nobody across the barrier can be served any more in this ring, for as long as that one fits.
- Every other green ends between the first force-off of the coordinated ones and its own, or that of its side of the
  barrier where nobody calls who comes after it there.
"""

from __future__ import annotations

from dataclasses import dataclass

from signals.control.ring_service import Service
from signals.intervals import reference_ds
from signals.plan import IntersectionPlan, RingPhase, RingsBody, positions_ds
from signals.safety.executed_arcs import Arc


@dataclass(frozen=True, slots=True)
class RingClock:
    """Of coordinated control. Moments inside are counted from the first force-off of a coordinated ring phase [ds]."""

    timing: IntersectionPlan
    body: RingsBody
    step_ds: int

    @property
    def held(self) -> list[RingPhase]:
        """The coordinated ring phases, and those that are over when theirs of the same ring begin.

        Who comes after a coordinated one on its side of the barrier, or beside it in a ring without one, goes on with
        it while nobody calls.
        """
        return [phase for phase in self._served if self._coordinated(phase) or self._before_it(phase)]

    def end(self, phase: RingPhase) -> Arc:
        """Where the green of a ring phase that the clock holds may end."""
        if not self._coordinated(phase):
            return self._arc(phase.min_green_ds, self._left_ds(phase) + self._over_ds())
        first_ds = self._end_ds(phase)
        return self._arc(min([first_ds, *self._at_barrier_ds(phase)]), max(first_ds, self._latest_ds()))

    def too_late(self, phase: RingPhase, start_local_ds: int) -> bool:
        """Whether a green begun there leaves no room for its minimum before the force-off: after another one in its
        ring, or as far beyond as a last minimum with its clearances has pushed it."""
        start_ds = (start_local_ds + reference_ds(self.timing) - self._opens_ds) % self.body.length_ds
        room_ds = self._end_ds(phase) - phase.min_green_ds - start_ds
        pushed_ds = max(other.min_green_ds + 2 * other.clearance_ds for other in self._served)
        return not self._coordinated(phase) and -phase.min_green_ds - pushed_ds <= room_ds < 0

    def served_at(self, phase: RingPhase) -> tuple[Arc, ...]:
        """When a coordinated green ends for calls that wait: at its force-off, for the barrier with the last of them,
        and as soon as who is sequenced before the caller no longer fits."""
        forced_ds = max([self._end_ds(phase), *self._at_barrier_ds(phase)])
        arcs = [self._arc(forced_ds, forced_ds)]
        for other in self._others:
            before = self._before(other)
            left_ds = self._no_longer_ds(before)
            if not self._coordinated(before) and left_ds > forced_ds:
                arcs.append(self._arc(left_ds, left_ds + self.step_ds))
        return tuple(arcs)

    def goes_back_at(self, following: RingPhase) -> Arc | None:
        """When a coordinated green may end for one that comes before it on its side of the barrier, the other side left
        out; None where nobody is served there."""
        before = self._before(following)
        if self.body.place_of(before.number)[1] == self._main_group:
            return None
        first_ds, latest_ds = self._no_longer_ds(before), self._no_longer_ds(following) + self._over_ds()
        return self._arc(first_ds, max(first_ds, latest_ds))

    def _arc(self, first_ds: int, latest_ds: int) -> Arc:
        cycle_ds, opens_ds = self.body.length_ds, self._opens_ds - reference_ds(self.timing)
        return Arc(opens_ds + first_ds, min(latest_ds - first_ds, cycle_ds), cycle_ds, self.step_ds)

    def _before_it(self, phase: RingPhase) -> bool:
        ring, group = self.body.place_of(phase.number)
        if group != self._main_group:
            return True
        part = self.body.rings[ring][group]
        own = [number for number in part if number in self.body.coordinated]
        return bool(own) and part.index(phase.number) < part.index(own[0])

    def _latest_ds(self) -> int:
        """The last moment at which a coordinated green can end for a call; sooner where somebody always calls."""
        service, forced_ds = Service(self.timing, self.body), max(self._end_ds(phase) for phase in self._main)
        open_ds = [self._end_ds(phase) - phase.min_green_ds for phase in self._others]
        latest_ds = max(open_ds, default=forced_ds) + self._over_ds()
        for phase in self._others:
            before = self._before(phase)
            begins_ds = forced_ds + max(main.clearance_ds for main in self._main) + phase.red_amber_ds
            across = self.body.place_of(phase.number)[1] != self._main_group
            if across and service.always(phase) and begins_ds + phase.min_green_ds <= self._end_ds(phase):
                served_ds = forced_ds if self._coordinated(before) else self._no_longer_ds(before) + self.step_ds
                latest_ds = min(latest_ds, max(forced_ds, served_ds))
        return latest_ds

    def _left_ds(self, phase: RingPhase) -> int:
        """When the clock takes the green from a ring phase: at its force-off for who always calls after it on its side
        of the barrier, else when all have to cross."""
        ring, group = self.body.place_of(phase.number)
        part, service = self.body.served(ring, group), Service(self.timing, self.body)
        if any(service.always(following) for following in part[part.index(phase) + 1 :]):
            return self._end_ds(phase)
        return max(self._lasts_ds(group))

    def _over_ds(self) -> int:
        """How much later than its force-off a green can end for people on foot, who need more than the split."""
        over_ds = [p.pedestrian_need_ds - p.green_ds for p in self._others if p.pedestrian_mode == "actuated"]
        return max(over_ds, default=0) if any(one > 0 for one in over_ds) else 0

    def _no_longer_ds(self, phase: RingPhase) -> int:
        """From when on a ring phase does not fit any more before its force-off, if the coordinated green ended then."""
        ring = self.body.place_of(phase.number)[0]
        clearances_ds = [main.clearance_ds for main in self._main if self.body.place_of(main.number)[0] == ring]
        return self._end_ds(phase) - phase.min_green_ds - max(clearances_ds, default=0)

    def _at_barrier_ds(self, phase: RingPhase) -> list[int]:
        """The force-offs with which a coordinated green can end: the barrier is crossed together."""
        lasts_ds = self._lasts_ds(self._main_group)
        return lasts_ds if self._end_ds(phase) in lasts_ds else []

    def _lasts_ds(self, group: int) -> list[int]:
        """The force-offs before a barrier, one a ring: they are apart where clearances differ."""
        parts = (self.body.served(ring, group) for ring in range(len(self.body.rings)))
        return [self._end_ds(part[-1]) for part in parts if part]

    def _before(self, phase: RingPhase) -> RingPhase:
        """The ring phase before it in its ring."""
        ring = self.body.place_of(phase.number)[0]
        order = [one for group in range(self.body.barrier_count) for one in self.body.served(ring, group)]
        return order[order.index(phase) - 1]

    def _end_ds(self, phase: RingPhase) -> int:
        """Its force-off in the cycle after the first of the coordinated ones; at its end where others have the same."""
        after_ds = (self._force_off_ds(phase) - self._opens_ds) % self.body.length_ds
        return after_ds if after_ds or self._coordinated(phase) else self.body.length_ds

    def _force_off_ds(self, phase: RingPhase) -> int:
        return positions_ds(self.body, "green end", [str(phase.number)])[0]

    def _coordinated(self, phase: RingPhase) -> bool:
        return phase.number in self.body.coordinated

    @property
    def _served(self) -> list[RingPhase]:
        return [phase for phase in self.body.ring_phases if not phase.omitted]

    @property
    def _main(self) -> list[RingPhase]:
        return [phase for phase in self._served if self._coordinated(phase)]

    @property
    def _others(self) -> list[RingPhase]:
        return [phase for phase in self._served if not self._coordinated(phase)]

    @property
    def _main_group(self) -> int:
        return self.body.place_of(self.body.coordinated[0])[1]

    @property
    def _opens_ds(self) -> int:
        return min(self._force_off_ds(phase) for phase in self._main)
