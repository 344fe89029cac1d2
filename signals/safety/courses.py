"""What a plan can show, laid out for the judges: the order of pictures, and times for the groups they are exact for."""

from __future__ import annotations

from collections.abc import Sequence

from signals.control import Reach
from signals.safety.spans import Spans


class Courses:
    """The courses of a `Reach` as columns. `order` has no times where rings run on their own; `timed` has them."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.order = Spans(reach.order)
        self.timed = [self.order if t.course is reach.order else Spans(t.course) for t in reach.timed]
        self.single = len(self.timed) == 1 and len(reach.timed[0].exact) == len(self.order.columns)

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
