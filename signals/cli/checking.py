"""What is asked of a plan that is there: is it safe, can it run, its timing sheet; and by which rules it is judged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from networks.faults import refuse_if_any
from networks.network import Network
from signals.cli import wiring
from signals.cli.counts import CountsAsked, counted_of
from signals.cli.kept import Given, PlanReader
from signals.control import running_plan
from signals.files import refuse_no_place, write_whole
from signals.plan import TimingPlan
from signals.reports import render_sheets
from signals.rules import Rules, short
from signals.safety import (
    Violation,
    check,
    families_by_intersection,
    flags,
    inherited,
    inherited_digest,
    run_on,
    unrunnable,
)
from signals.service.account.sheets import sheets_of
from signals.service.estimate import estimate_demand
from signals.service.recovery import recovery_known
from signals.service.request import DONE, NOT_PROVED
from signals.service.to_be_known import Known, traffic_known, without_flows
from signals.watch import Watch

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class _Checked:
    """What there is to say of a plan."""

    plan: TimingPlan
    rules: Rules
    taken: tuple[Path, ...]
    running_on: tuple[str, ...]
    violations: tuple[Violation, ...]
    not_runnable: tuple[Violation, ...]
    flags: tuple[Violation, ...]
    recovery: tuple[Violation, ...]
    not_shown: tuple[str, ...]
    controllers: str
    families: dict[str, tuple[str, ...]]
    run_on: tuple[Violation, ...]
    inherited: tuple[Violation, ...]
    inherited_digest: str

    @property
    def good(self) -> bool:
        return not (self.violations or self.not_runnable)

    def document(self) -> dict[str, Any]:
        return {
            "safe": not self.violations,
            "profile": self.rules.profile,
            "pedestrians": self.rules.pedestrians,
            "caveat": self.rules.on_foot_caveat,
            "raised": self.rules.raised,
            "noted": self.rules.notes,
            "inputs": [str(path) for path in self.taken],
            "plan": self.plan.digest(),
            "network": self.plan.network_digest,
            "running_on": self.running_on,
            "violations": [asdict(violation) for violation in self.violations],
            "flags": [asdict(flag) for flag in self.flags],
            "recovery": [asdict(bound) for bound in self.recovery],
            "not_shown": self.not_shown,
            "runnable": not self.not_runnable,
            "not_runnable": [asdict(violation) for violation in self.not_runnable],
            "families": self.families,
            "run_on": [asdict(violation) for violation in self.run_on],
            "inherited": [asdict(violation) for violation in self.inherited],
            "inherited_digest": self.inherited_digest,
        }

    def lines(self) -> Iterator[str]:
        yield from map(str, (*self.violations, *self.not_runnable))
        count = len(self.plan.intersections)
        verdict = f"NOT SAFE: {len(self.violations)} violations" if self.violations else "safe"
        if self.run_on:
            verdict += f", but for {len(self.run_on)} faults of programs that run on as today"
        caveat = self.rules.on_foot_caveat
        yield f"{verdict} ({count} intersections, profile {self.rules.profile}){'; ' if caveat else ''}{caveat}"
        yield from _first([f"runs on: {fault}" for fault in self.run_on])
        yield from findings(self.rules)
        yield from (f"to be known: {flag}" for flag in self.flags)
        yield from map(str, self.recovery)
        yield from (f"not shown: {line}" for line in self.not_shown)
        if self.not_runnable:
            yield f"NOT RUNNABLE: {len(self.not_runnable)} reasons of the controllers in {self.controllers}"
        yield f"controller families that can run it, by intersections: {_counted(self.families)}"
        if self.running_on:
            names = ", ".join(self.running_on[:_SHOWN]) + (", ..." if len(self.running_on) > _SHOWN else "")
            yield f"the file names {count - len(self.running_on)} signals; as today run on: {names}"
        yield f"plan {self.plan.digest()}"
        if self.taken:
            yield f"checked with what was kept beside it: {', '.join(map(str, self.taken))}"
        if self.inherited:
            count_of = f"{len(self.inherited)} faults of their own (digest {self.inherited_digest})"
            told = set(self.inherited) == set(self.run_on)
            yield f"the running programs have {count_of}{': those above' if told else ':'}"
            yield from _first(() if told else [f"  {fault}" for fault in self.inherited])


def check_plan(plan_path: Path, given: Given, counts: CountsAsked, allow_inherited: str | None, as_json: bool) -> int:
    """Violations of a plan, what controllers cannot run of it, and the faults that the running programs have already;
    what is to be known of it, of traffic where counts are given.

    What is not given is taken from the inputs that `plan` kept beside the plan that it wrote.
    """
    read = PlanReader(given).read(plan_path)
    refuse_if_any(read.faults)
    plan, network, rules, controllers = read.plan, read.by.network, read.by.rules, read.by.controllers
    traffic, recovery = _of_traffic(plan, network, rules, counts), recovery_known(plan, rules, controllers)
    checked = _Checked(
        plan=plan,
        rules=rules,
        taken=read.taken,
        running_on=wiring.running_on(plan, plan_path, network),
        violations=check(plan, network, rules, allow_inherited=allow_inherited),
        not_runnable=unrunnable(plan, controllers),
        flags=(*flags(plan, network, rules), *traffic.flags),
        recovery=recovery.flags,
        not_shown=(*traffic.not_shown, *recovery.not_shown),
        controllers=controllers.source,
        families=families_by_intersection(plan, network),
        run_on=run_on(plan, network, rules),
        inherited=inherited(network, rules),
        inherited_digest=inherited_digest(network, rules),
    )
    print(json.dumps(checked.document(), indent=2) if as_json else "\n".join(checked.lines()))
    return DONE if checked.good else NOT_PROVED


def _of_traffic(plan: TimingPlan, network: Network, rules: Rules, counts: CountsAsked) -> Known:
    if counts.flows is None:
        return without_flows()
    watch = Watch()
    demand = estimate_demand(network, counted_of(counts, network, watch), watch).whole
    return traffic_known(plan, network, rules, demand)


def _first(lines: Sequence[str]) -> Iterator[str]:
    """As many as are read, and how many more there are."""
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  {len(lines) - _SHOWN} more (--json names all)"


def findings(rules: Rules) -> Iterator[str]:
    """What was below a floor, in a program or a sheet, and what else is to be known of the values of the rules."""
    for title, lines in (("below a floor", rules.raised), ("noted", rules.notes)):
        yield from (f"{title}: {short(line)}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"{title}: {len(lines) - _SHOWN} more (greenband rules names all)"


def _counted(families: dict[str, tuple[str, ...]]) -> str:
    """How many of the intersections each family can run."""
    counts = Counter(name for names in families.values() for name in names)
    return "; ".join(f"{name} ({count} of {len(families)})" for name, count in sorted(counts.items())) or "none"


def write_sheet(plan_path: Path, given: Given, out: Path) -> int:
    """A plan as a timing sheet with the safety inputs of its rules, in terms of the controllers where their families
    are known: a table, or (.html) pages to print and sign."""
    refuse_no_place(out, "--out")
    read = PlanReader(given).read(plan_path)
    refuse_if_any(read.faults)
    plan, network, rules, controllers = read.plan, read.by.network, read.by.rules, read.by.controllers
    if out.suffix == ".html":
        sheets = sheets_of(network, plan, running_plan(network), rules, untouched=True, controllers=controllers)
        write_whole(out, render_sheets(sheets, given.network.name).encode())
    else:
        wiring.write_sheet(plan, network, out, rules, controllers)
    print(f"sheet {out}\nplan  {plan.digest()}")
    return DONE
