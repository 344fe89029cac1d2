"""By which method does an intersection get in step with a plan, and who says so?

The engineer for all, where asked; else the plan that is switched to (rings name a *correction*, stages none); else the
family of the controller that stands there. A family that names several without choosing leaves open which of them it
is, so every one of them has to lead. Of one that chooses, and where nobody says anything, one has to lead, the same
over every change: a controller is set to one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signals.control.transitions import METHODS, Method
from signals.controllers import Family
from signals.plan import IntersectionPlan, RingsBody

NOBODY = "nobody names one"


@dataclass(frozen=True, slots=True)
class Choice:
    """The methods that come into question, what is wished for first, and who named them; all of them have to lead
    (`every`), or one."""

    methods: tuple[Method, ...]
    said_by: str
    every: bool = False


def choice_at(new: IntersectionPlan, able: Family | None, asked: Method | None) -> Choice:
    """How an intersection gets in step with its new timing; `able`: the family that stands there, None: not known."""
    if asked is not None:
        return Choice((asked,), "asked for")
    named = correction_of(new)
    own = methods_of(new, able)
    family = "" if able is None else f"family {able.name}"
    if own and able is not None and able.chooses_correction:
        wish = "" if named is None else f", the plan names {named}"
        return Choice(
            tuple(sorted(own, key=lambda method: method != named)), f"{family} leaves it to the controller{wish}"
        )
    if named is not None:
        return Choice((named,), "named by the plan that follows")
    if own:
        return Choice(own, f"as {family} does", every=True)
    return Choice(METHODS, f"{NOBODY}, {family} neither" if family else NOBODY)


def correction_of(timing: IntersectionPlan) -> Method | None:
    """The method that a timing names."""
    return timing.body.correction if isinstance(timing.body, RingsBody) else None


def methods_of(timing: IntersectionPlan, able: Family | None) -> tuple[Method, ...]:
    """What a family knows for such a timing; nothing where that is not known."""
    kind = None if able is None else able.rings if isinstance(timing.body, RingsBody) else able.stages
    return () if kind is None else kind.corrections


def against(new: IntersectionPlan, able: Family | None, asked: Method | None) -> Iterator[str]:
    """What stands against the method that is asked for: the family that is there has others, the plan names another."""
    own, named = methods_of(new, able), correction_of(new)
    if asked is not None and able is not None and own and asked not in own:
        yield f"{' or '.join(own)} (controller family {able.name})"
    elif asked is not None and named not in (None, asked) and not (able is not None and able.chooses_correction):
        yield f"{named}, which the plan names"
