"""Ways between stages that do not follow each other today, by the rules and with no change that drivers do not know."""

from __future__ import annotations

from collections.abc import Collection

from networks.junction import GREENS, Display, Intersection
from signals.plan import Step
from signals.rules import Rules
from signals.safety.today import Today
from signals.timing.changes import as_today
from signals.timing.interstage import UnknownIntergreen, interstage

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_YIELDING, _RED = Display.GREEN_YIELDING.value, Display.RED.value
_SECOND_DS = 10


class Ways:
    """The interstages of one intersection between any two pictures."""

    def __init__(self, intersection: Intersection, rules: Rules, today: Today) -> None:
        self._intersection, self._rules = intersection, rules
        self._changes = [today.changes[group.id] for group in intersection.groups]

    def way(self, before: str, after: str, ending: Collection[int] = ()) -> tuple[Step, ...] | None:
        """The interstage between two pictures. A green that may not change into the other one at once ends first, and
        so do those in the columns `ending`. None where an intergreen is not known, or a green would change as it never
        does today."""
        ends = any(before[at] in _GREEN_LETTERS and after[at] in _GREEN_LETTERS for at in ending)
        first = self._ended_first(before, after, ending)
        for order in (first,) if ends else ((), first):
            try:
                steps = interstage(self._intersection, self._rules, before, after, order)
            except UnknownIntergreen:
                return None
            if steps and as_today([before, *(step.displays for step in steps), after], self._changes):
                return steps
        return None

    def _ended_first(self, before: str, after: str, ending: Collection[int]) -> tuple[Step, ...]:
        letters = []
        for at, (now, then, own) in enumerate(zip(before, after, self._changes, strict=True)):
            lasts = (
                at not in ending
                and now in _GREEN_LETTERS
                and then in _GREEN_LETTERS
                and (now == then or now + then in own)
            )
            shown = (_YIELDING if _YIELDING in (now, then) else now) if lasts else now
            letters.append(shown if lasts or now not in _GREEN_LETTERS else _RED if then in _GREEN_LETTERS else then)
        return (Step(displays="".join(letters), duration_ds=_SECOND_DS),)
