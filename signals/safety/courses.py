"""What can be shown, laid out for the judges: the order of pictures, and times for the groups they are exact for.

On the way between plans each picture tells of which of them it is (`Picture.plans`), and what each plan shows by itself
was judged by its own rules. So what begins and ends in pictures of one plan has to be no longer than that plan has it
by itself. What lies between two plans, or in no plan at all, has all that is needed, unless every plan has less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signals.control import Reach
from signals.safety.spans import Meeting, Spans, Start, soonest_starts
from signals.safety.violation import Violation

_GREEN = "gG"
Own = Callable[["Courses"], int | None]


class Courses:
    """The courses of a `Reach` as columns. `order` has no times where rings run on their own; `timed` has them.

    `alone`: on the way between plans, by their numbers, what each of them shows by itself and breaks there.
    """

    def __init__(self, reach: Reach, alone: Sequence[tuple[Courses, frozenset[Violation]]] = ()) -> None:
        self.reach, self._alone = reach, alone
        self.order = Spans(reach.order)
        self.timed = [self.order if t.course is reach.order else Spans(t.course) for t in reach.timed]
        self.single = len(self.timed) == 1 and len(reach.timed[0].exact) == len(self.order.columns)
        self._known: dict[object, int | None] = {}

    def is_own(self, violation: Violation, plans: Sequence[int]) -> bool:
        """Whether one of these plans breaks the same rule by itself."""
        return bool(self._alone) and any(violation in self._alone[plan][1] for plan in plans)

    def asked_ds(self, needed_ds: int, meeting: Meeting, key: object, own: Own, *, in_turn: bool = False) -> int:
        """What is asked of a time between two moments [ds]; `own` tells the shortest in one plan, `key` names it.

        Where both moments are of several plans, that which asks for more of them. `in_turn`: the least, for each of
        these plans keeps to its own, unless a later one asks for less: that may end what an earlier one began.
        """
        if not self._alone:
            return needed_ds
        shared = [plan for plan in meeting.begun if plan in meeting.ended]
        own_ds = [self._alone[plan][0]._once(key, own) for plan in shared or range(len(self._alone))]
        times = [needed_ds if ds is None else min(ds, needed_ds) for ds in own_ds]
        return min(times) if in_turn and shared and times == sorted(times) else max(times)

    def _once(self, key: object, own: Own) -> int | None:
        if key not in self._known:
            self._known[key] = own(self)
        return self._known[key]

    def exact_for(self, *positions: int) -> Spans | None:
        """The first course that is exact for these groups together; None: no single one is."""
        for spans, timed in zip(self.timed, self.reach.timed, strict=True):
            if timed.exact.issuperset(positions):
                return spans
        return None

    def times_of(self, *positions: int) -> Sequence[Spans]:
        """The courses that tell the times of these groups together: the exact one, else all."""
        exact = self.exact_for(*positions)
        return self.timed if exact is None else (exact,)

    def soonest(
        self, ending: int, starting: int, lot: tuple[str, str], *, lit: bool, most_ds: int
    ) -> dict[Start, tuple[int, str]]:
        """The shortest times [ds] below `most_ds` from the end of some green letters to the start of others, and where.
        `lit`: see `soonest_starts`."""
        its, others = lot
        reached: dict[Start, tuple[int, str]] = {}
        for spans in self.times_of(ending, starting):
            found = soonest_starts(
                spans.course,
                [letter in its for letter in spans.columns[ending]],
                [letter in _GREEN for letter in spans.columns[ending]],
                [letter in others for letter in spans.columns[starting]],
                lit=lit,
                most_ds=most_ds,
            )
            for start, (ds, at) in found.items():
                reached[start] = min((ds, spans.course.pictures[at].place), reached.get(start, (ds + 1, "")))
        return reached

    @property
    def all_plans(self) -> range:
        """The numbers of all plans on the way."""
        return range(max(1, len(self._alone)))
