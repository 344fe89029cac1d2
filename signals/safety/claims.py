"""What a plan says of itself, held against rules and controllers: values and sources, families that can run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from networks.network import Network
from signals.controllers import families
from signals.plan import Input, InputsAt, RunnableBy, TimingPlan
from signals.rules import Rules, inputs_of
from signals.safety.runnable import families_at
from signals.safety.violation import Violation

CLAIMS = frozenset({"families", "inputs"})  # the rules that speak of what a plan claims


def with_claims(plan: TimingPlan, network: Network, rules: Rules) -> TimingPlan:
    """The plan with the families that can run it, and where it was made under these rules their values."""
    named = tuple(
        RunnableBy(intersection_id=t.intersection_id, families=families_at(t, network.intersection(t.intersection_id)))
        for t in plan.intersections
    )
    inputs = inputs_of(rules) if plan.rules_digest == rules.digest() else ()
    return plan.claiming(named, inputs)


def false_claims(plan: TimingPlan, network: Network, inputs: tuple[InputsAt, ...]) -> Iterator[Violation]:
    """Families that cannot run what they are said to run; values or sources that are not those of the rules."""
    for where, said, able in _families(plan, network):
        if wrong := sorted({*said} - {*able}):
            what = [name if name in families() else f"{name} (unknown)" for name in wrong]
            yield Violation("families", where, f"said to be run by {', '.join(what)}", _able(able))
    if plan.inputs:
        yield from _false_inputs(plan.inputs, inputs)


def _false_inputs(said: Iterable[InputsAt], needed: Iterable[InputsAt]) -> Iterator[Violation]:
    told, held = ({one.intersection_id: one.inputs for one in all_} for all_ in (said, needed))
    for name in sorted(told.keys() | held.keys()):
        mine, rules = told.get(name, ()), held.get(name, ())
        if mine != rules:
            wrong = next((one for one in mine if one not in rules), None)
            missing = next((one for one in rules if one not in mine), None)
            found = "another order" if wrong is None else _in_words(wrong)
            found = found if wrong or missing is None else f"no {missing.name}"
            needed_words = "the values of the rules" if missing is None else _in_words(missing)
            yield Violation("inputs", f"intersection {name!r}", found, needed_words)


def families_left_out(plan: TimingPlan, network: Network) -> Iterator[Violation]:
    """Flags: families that can run a timing, where others are named; not wrong, but less than there is."""
    for where, said, able in _families(plan, network):
        if more := sorted({*able} - {*said}):
            yield Violation("families", where, f"named are {', '.join(said) or 'none'}", f"also {', '.join(more)}")


def _families(plan: TimingPlan, network: Network) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Per intersection that is spoken of: the place, families said and families that can."""
    timings = {timing.intersection_id: timing for timing in plan.intersections}
    street = {intersection.id: intersection for intersection in network.intersections}
    for one in plan.families:
        name = one.intersection_id
        able = families_at(timings[name], street[name]) if name in street and name in timings else ()
        yield f"intersection {name!r}", one.families, able


def _in_words(one: Input) -> str:
    return f"{one.name} = {one.value} from {one.source}"


def _able(able: tuple[str, ...]) -> str:
    return f"families that can run it: {', '.join(able) or 'none'}"
