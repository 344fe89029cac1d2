"""How long signals take to be back in step after something put them out of it: a change of plan, a preemption."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from signals.control.lengths import longest_ds
from signals.control.named_methods import NOBODY, choice_at
from signals.control.transitions import Method, NotTransferable
from signals.controllers import Controllers, family
from signals.plan import IntersectionPlan, TimingPlan, seconds
from signals.rules import Rules
from signals.safety import Violation
from signals.service.to_be_known import Known

_SHOWN = 5


def recovery_known(plan: TimingPlan, rules: Rules, controllers: Controllers) -> Known:
    """One flag (`recovery`) for all signals that get in step by the same methods, with the longest time of any of them.

    The bound is that of a switch from the plan to itself, whatever is shown at that moment, how far out of step the
    signal is, and what traffic does (`control.lengths`). What is left untouched runs as it does today, and what runs
    free has no step. Where nobody names a method, that is not shown.
    """
    by_methods: defaultdict[tuple[tuple[Method, ...], str], list[IntersectionPlan]] = defaultdict(list)
    unnamed = []
    for timing in plan.intersections:
        if timing.untouched or timing.cycle_ds is None:
            continue
        name = controllers.name_at(timing.intersection_id)
        choice = choice_at(timing, None if name is None else family(name), None)
        if choice.said_by.startswith(NOBODY):
            unnamed.append(timing.intersection_id)
        else:
            by_methods[choice.methods, choice.said_by].append(timing)
    flags, not_shown = [], []
    for (methods, said_by), timings in by_methods.items():
        found, lost = _longest(timings, methods, rules)
        if found is not None:
            longest, at = found
            names = _listed(timing.intersection_id for timing in timings)
            cycles = f"{longest / (at.cycle_ds or 1):.1f} cycles"
            told = f"at most {seconds(longest)} out of step, {cycles} (at {at.intersection_id!r})"
            needed = f"to be known after a change of plan or a preemption; by {' or '.join(methods)}, {said_by}"
            flags.append(Violation("recovery", f"intersections {names}", told, needed))
        if lost:
            not_shown.append(f"recovery at {_listed(lost)}: no bound holds, as traffic has it")
    if unnamed:
        needed = "give the controllers (--controllers), whose families name the method that gets them back in step"
        not_shown.append(f"recovery after a change of plan or a preemption at {_listed(unnamed)}: {needed}")
    return Known(tuple(flags), tuple(not_shown))


def _longest(
    timings: Iterable[IntersectionPlan], methods: Iterable[Method], rules: Rules
) -> tuple[tuple[int, IntersectionPlan] | None, list[str]]:
    """The longest bound by any of the methods [ds] and where; where there is none."""
    found: tuple[int, IntersectionPlan] | None = None
    lost = []
    for timing in timings:
        bounds = [_bound_ds(timing, method, rules) for method in methods]
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds):
            lost.append(timing.intersection_id)
        elif found is None or max(known) > found[0]:
            found = max(known), timing
    return found, lost


def _bound_ds(timing: IntersectionPlan, method: Method, rules: Rules) -> int | None:
    try:
        return longest_ds(timing, timing, method, rules)
    except NotTransferable:
        return None


def _listed(names: Iterable[str]) -> str:
    known = [*names]
    return ", ".join(known[:_SHOWN]) + (f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else "")
