"""The safety statement: what was checked by which rules, where the safety inputs come from, what was inherited."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from networks.network import Network
from signals.plan import TimingPlan
from signals.reports import InheritedFaultRow, Safety
from signals.rules import Margins, Rules
from signals.safety import Violation, inherited
from signals.validation import Executed, ValidationReport

_PLACE = re.compile(r"intersection '([^']*)'")
_PARTICULARS = re.compile(r"[:;('0-9]")
_CROSSING = re.compile(r"(.*?crossing) over ")  # then the names of its links

# Every rule that the check of a plan knows, by the name its violations carry.
RULES = {
    "conflict": "conflicting groups are never green together",
    "intergreen": "intergreen of every conflicting pair, also over the cycle's end and with repeated green",
    "intergreen-unknown": "no change that needs an intergreen nobody knows",
    "yielding": "a group that gives way shows it",
    "crossing": "where people walk beside a green, nobody drives over their leg who does not yield",
    "min-green": "minimum green of vehicles",
    "pedestrian-green": "walk and clearance on foot",
    "max-green": "maximum green",
    "yellow": "yellow exactly as given",
    "red-amber": "red-amber exactly as given",
    "display": "only displays of a signal",
    "change": "only changes of display that a signal may make",
    "protection": "protected greens stay protected",
    "service": "every group green today is green in each cycle",
    "cycle": "cycle within its bounds",
    "resolution": "cycle, offset, splits and stages in whole seconds, or as the engineer says, where the profile asks",
    "system": "cycles of C, C/2 or 2C in each system that the engineer names",
    "coordination": "a coordinated stage ends when planned in every cycle, whatever traffic does",
    "waiting": "whoever can be passed over can call, and is served within a limit of calls",
    "stages": "no more stages than allowed",
    "stages-as-today": "the running stages in their order but for lefts, where the profile asks for it",
    "right-on-red": "right turn on red as it runs, where the profile asks for it",
    "rings-as-today": "rings as they run but for times and the order of lefts, where the profile asks for it",
    "detectors": "no green called or ended by traffic without a detector that is there, where the profile asks for it",
    "green-flash": "the end of a green that flashes is known so long before",
    "left-turn-mode": "lefts served as today, where the profile asks for it",
    "preempted": "who is preempted runs on as today",
    "untouched": "what is left untouched is exactly what runs today",
    "signal-groups": "all signal groups of the street",
    "intersections": "a timing for every intersection",
    "control": "every display that the control mode can reach is known",
    "yellow-trap": "no left that gives way ends on yellow while the oncoming through stays green",
    "walk": "walk of groups on foot that ring phases drive",
    "pedestrian-clearance": "pedestrian clearance of groups on foot that ring phases drive",
    "network": "made for this network",
    "rules": "made under these rules",
    "families": "named controller families can run it",
    "inputs": "named values and sources are those of the rules",
    "plan": "does not contradict itself",
}


def statement_of(
    plan: TimingPlan,
    violations: tuple[Violation, ...],
    rules: Rules,
    validation: ValidationReport | None,
    *,
    running: bool,
) -> Safety:
    """The statement on the plan that was written; `running`: it is the one that runs today."""
    untouched = [timing.intersection_id for timing in plan.intersections if timing.untouched]
    return Safety(
        passed=not violations,
        rules_checked=tuple(f"{words} [{name}]" for name, words in RULES.items()),
        violations=tuple(str(violation) for violation in violations),
        inputs_from=(
            *inputs_of(rules),
            ("intersections left exactly as they run", ", ".join(untouched) or "none"),
        ),
        running_plan=running,
        executed=() if validation is None else tuple(_shown(one) for one in validation.executed),
    )


def _shown(one: Executed) -> str:
    """What was read back of the runs of one plan, in a sentence."""
    name = {"candidate": "the candidate", "incumbent": "the running plan"}[one.plan]
    told = "every display in all of them is what it says" if not one.faults else "; ".join(one.faults)
    left_out = (
        f"; not read: {', '.join(one.not_read)}, whose programs neither stages nor rings can express"
        if one.not_read
        else ""
    )
    return f"{one.runs} runs of {name}: {told}{left_out}"


def inputs_of(rules: Rules) -> tuple[tuple[str, str], ...]:
    """Per safety input where its values come from, and how many from where."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in ("step_s", *Margins.model_fields):
        found["longest step of simulations" if name == "step_s" else "margins of guards"][
            _kind(rules.source_of(name))
        ] += 1
    for intersection in rules.intersections:
        found["shortest cycle"][_kind(intersection.cycle_min.source)] += 1
        found["longest cycle"][_kind(intersection.cycle_max.source)] += 1
        found["most stages"][_kind(intersection.max_stages_source)] += 1
        if intersection.resolution is not None:
            found["resolution of chosen times"][_kind(intersection.resolution.source)] += 1
        if intersection.walking_speed is not None:
            found["walking speed"][_kind(intersection.walking_speed.source)] += 1
        for group in intersection.groups:
            values = {
                "minimum green": group.min_green,
                "maximum green": group.max_green,
                "yellow": group.yellow,
                "red-amber": group.red_amber,
                "green flash": group.green_flash,
                "walk": group.walk,
                "clearance on foot": group.pedestrian_clearance,
            }
            for name, value in values.items():
                if value is not None:
                    found[name][_kind(value.source)] += 1
        for entry in intersection.intergreens:
            source = "unknown (a plan that needs it is refused)" if entry.time is None else _kind(entry.time.source)
            found["intergreen of conflicting groups, either way"][source] += 1
    return tuple(
        (name, "; ".join(f"{source} ({_values(count)})" for source, count in counts.most_common()))
        for name, counts in found.items()
    )


def inherited_of(
    network: Network, rules: Rules, plan: TimingPlan, *, recommended: bool
) -> tuple[InheritedFaultRow, ...]:
    """Faults of the running programs, by the street and by the rules, and what became of them in the plan written."""
    untouched = {timing.intersection_id for timing in plan.intersections if timing.untouched}

    def consequence(intersection_id: str) -> str:
        if not recommended:
            return "runs on in the plan that is kept"
        return "junction left untouched" if intersection_id in untouched else "repaired"

    of_street = [
        InheritedFaultRow(f.rule, f.intersection_id, f.where, f.found, f.needed, consequence(f.intersection_id))
        for intersection in network.intersections
        for f in intersection.inherited_faults
    ]
    of_rules = []
    for violation in inherited(network, rules):
        place = _PLACE.match(violation.where)
        name = place.group(1) if place else ""
        where = violation.where[place.end() :].lstrip(", ") if place else violation.where
        where = f"{where} {violation.place}".strip() or "the whole program"
        of_rules.append(
            InheritedFaultRow(violation.rule, name, where, violation.found, violation.needed, consequence(name))
        )
    return (*of_street, *of_rules)


def _values(count: int) -> str:
    return f"{count} value{'' if count == 1 else 's'}"


def _kind(source: str) -> str:
    """A source without its particulars, so that alike ones count together."""
    if "inherited" in source:
        return "running program, less than the profile asks for"
    crossing = _CROSSING.match(source)
    if crossing:
        return f"{crossing[1]}, walk and clearance"
    return _PARTICULARS.split(source)[0].strip()
