"""How a junction gets from one stage to another: yellow, red clearance and red-amber, group by group."""

from __future__ import annotations

from itertools import pairwise

from networks.junction import GREENS, Display, Intersection, PairKind
from signals.plan import Step

_GREEN_LETTERS = frozenset(display.value for display in GREENS)


class UnknownIntergreen(ValueError):
    """A change of stages needs an intergreen that nobody has given."""


def interstage(intersection: Intersection, before: str, after: str) -> tuple[Step, ...]:
    """Steps that lead from picture `before` to picture `after` (one letter per group of `intersection`, in its order).

    Ending groups show their own yellow, then what `after` shows; starting groups wait until the intergreen to every
    ending group that conflicts with them has run, with their red-amber at its end. Groups green in both pictures stay
    green, giving way already where they will have to. Raises `UnknownIntergreen` where a needed number is missing.
    """
    groups = intersection.groups
    ending = [i for i in range(len(groups)) if before[i] in _GREEN_LETTERS and after[i] not in _GREEN_LETTERS]
    starting = [i for i in range(len(groups)) if before[i] not in _GREEN_LETTERS and after[i] in _GREEN_LETTERS]
    length_ds = max((groups[i].yellow.value_ds for i in ending), default=0)
    for i in ending:
        for j in starting:
            pair = intersection.pair(groups[i].id, groups[j].id)
            if pair.kind is not PairKind.CONFLICTING:
                continue
            clearance_ds = pair.clearance_ds(groups[i].id, groups[j].id)
            if clearance_ds is None:
                order = f"from group {groups[i].id!r} to {groups[j].id!r}"
                raise UnknownIntergreen(f"intersection {intersection.id!r}: unknown intergreen {order}")
            length_ds = max(length_ds, clearance_ds)
    red_amber_ds = {j: amber.value_ds for j in starting if (amber := groups[j].red_amber) is not None}
    length_ds = max([length_ds, *red_amber_ds.values()])
    if length_ds == 0:
        return ()
    changes_ds = {groups[i].yellow.value_ds for i in ending} | {length_ds - lead for lead in red_amber_ds.values()}
    edges_ds = sorted({0, length_ds} | {t for t in changes_ds if 0 < t < length_ds})

    def shown(i: int, at_ds: int) -> str:
        if i in ending:
            return Display.YELLOW.value if at_ds < groups[i].yellow.value_ds else after[i]
        if i in starting:
            return Display.RED_AMBER.value if i in red_amber_ds and at_ds >= length_ds - red_amber_ds[i] else before[i]
        if before[i] in _GREEN_LETTERS:
            return Display.GREEN_YIELDING.value if Display.GREEN_YIELDING.value in (before[i], after[i]) else before[i]
        return before[i]

    return tuple(
        Step(displays="".join(shown(i, start) for i in range(len(groups))), duration_ds=end - start)
        for start, end in pairwise(edges_ds)
    )
