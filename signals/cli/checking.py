"""What is asked of a plan that is there: is it safe, can it run, its timing sheet; and by which rules it is judged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from networks.faults import Fault, refuse_if_any
from networks.network import Network
from signals.cli import wiring
from signals.control import running_plan
from signals.controllers import NOBODY_SAID, read_controllers
from signals.files import refuse_no_place, write_whole
from signals.plan import TimingPlan
from signals.reports import render_sheets
from signals.rules import Rules, RulesChoice
from signals.rules.engineer import EngineerFile
from signals.safety import Violation, check, families_by_intersection, flags, inherited, inherited_digest, unrunnable
from signals.service.account.sheets import sheets_of
from signals.service.asked import Asked, rules_of_plan
from signals.service.folder import kept_beside
from signals.service.request import DONE, NOT_PROVED

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class _Checked:
    """What there is to say of a plan."""

    plan: TimingPlan
    profile: str
    taken: tuple[Path, ...]
    running_on: tuple[str, ...]
    violations: tuple[Violation, ...]
    not_runnable: tuple[Violation, ...]
    flags: tuple[Violation, ...]
    controllers: str
    families: dict[str, tuple[str, ...]]
    inherited: tuple[Violation, ...]
    inherited_digest: str

    @property
    def good(self) -> bool:
        return not (self.violations or self.not_runnable)

    def document(self) -> dict[str, Any]:
        return {
            "safe": not self.violations,
            "profile": self.profile,
            "inputs": [str(path) for path in self.taken],
            "plan": self.plan.digest(),
            "network": self.plan.network_digest,
            "running_on": self.running_on,
            "violations": [asdict(violation) for violation in self.violations],
            "flags": [asdict(flag) for flag in self.flags],
            "runnable": not self.not_runnable,
            "not_runnable": [asdict(violation) for violation in self.not_runnable],
            "families": self.families,
            "inherited": [asdict(violation) for violation in self.inherited],
            "inherited_digest": self.inherited_digest,
        }

    def lines(self) -> Iterator[str]:
        yield from map(str, (*self.violations, *self.not_runnable))
        count = len(self.plan.intersections)
        verdict = f"NOT SAFE: {len(self.violations)} violations" if self.violations else "safe"
        yield f"{verdict} ({count} intersections, profile {self.profile})"
        yield from (f"to be known: {flag}" for flag in self.flags)
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
            yield f"the running programs have {count_of}:"
            yield from (f"  {fault}" for fault in self.inherited[:_SHOWN])


def check_plan(
    plan_path: Path,
    network_path: Path,
    asked: Asked,
    sheet: Path | None,
    incumbent: tuple[Path, ...],
    controllers_path: Path | None,
    allow_inherited: str | None,
    as_json: bool,
) -> int:
    """Violations of a plan, what controllers cannot run of it, and the faults that the running programs have already.

    What is not given is taken from the inputs that `plan` kept beside the plan that it wrote.
    """
    beside = kept_beside(plan_path)
    network = wiring.read_street(network_path, (), incumbent or beside.programs)
    plan = wiring.read_any_plan(plan_path, network)
    rules = rules_of_plan(plan, network, asked, beside.choice, _said_in(sheet or beside.sheet, network))
    chosen = sheet is not None or asked != Asked()
    _refuse_what_is_not_judged_here(plan, plan_path, network, None if chosen else rules)
    path = controllers_path or beside.controllers
    controllers = NOBODY_SAID if path is None else read_controllers(path, network)
    files = [*_files_of(asked, beside.choice)]
    files += [beside.sheet] if sheet is None and beside.sheet is not None else []
    files += [beside.controllers] if controllers_path is None and beside.controllers is not None else []
    checked = _Checked(
        plan=plan,
        profile=rules.profile,
        taken=(*(() if incumbent else beside.programs), *files),
        running_on=wiring.running_on(plan, plan_path, network),
        violations=check(plan, network, rules, allow_inherited=allow_inherited),
        not_runnable=unrunnable(plan, controllers),
        flags=flags(plan),
        controllers=controllers.source,
        families=families_by_intersection(plan, network),
        inherited=inherited(network, rules),
        inherited_digest=inherited_digest(network, rules),
    )
    print(json.dumps(checked.document(), indent=2) if as_json else "\n".join(checked.lines()))
    return DONE if checked.good else NOT_PROVED


def _counted(families: dict[str, tuple[str, ...]]) -> str:
    """How many of the intersections each family can run."""
    counts = Counter(name for names in families.values() for name in names)
    return "; ".join(f"{name} ({count} of {len(families)})" for name, count in sorted(counts.items())) or "none"


def write_sheet(plan_path: Path, network_path: Path, out: Path, asked: Asked, incumbent: tuple[Path, ...]) -> int:
    """A plan as a timing sheet with the safety inputs of its rules: a table, or (.html) pages to print and sign."""
    refuse_no_place(out, "--out")
    beside = kept_beside(plan_path)
    network = wiring.read_street(network_path, (), incumbent or beside.programs)
    plan = wiring.read_any_plan(plan_path, network)
    rules = rules_of_plan(plan, network, asked, beside.choice, _said_in(beside.sheet, network))
    _refuse_what_is_not_judged_here(plan, plan_path, network, None if asked != Asked() else rules)
    if out.suffix == ".html":
        sheets = sheets_of(network, plan, running_plan(network), rules, untouched=True)
        write_whole(out, render_sheets(sheets, network_path.name).encode())
    else:
        wiring.write_sheet(plan, network, out, rules)
    print(f"sheet {out}\nplan  {plan.digest()}")
    return DONE


def _said_in(sheet: Path | None, network: Network) -> EngineerFile | None:
    return None if sheet is None else wiring.read_sheet(sheet, network)


def _refuse_what_is_not_judged_here(plan: TimingPlan, path: Path, network: Network, rules: Rules | None) -> None:
    """A plan for another street, or one whose `rules` are not at hand, is neither safe nor unsafe."""
    faults = []
    if plan.network_digest != network.digest:
        faults.append(Fault("plan", path.name, f"made for network {plan.network_digest}", f"network {network.digest}"))
    elif rules is not None and plan.rules_digest and plan.rules_digest != rules.digest():
        needed = f"those rules (here are {rules.digest()}): --profile, --rules and --incumbent as when it was made"
        faults.append(Fault("rules", path.name, f"made under rules {plan.rules_digest}", needed))
    refuse_if_any(faults)


def _files_of(asked: Asked, kept: RulesChoice | None) -> tuple[Path, ...]:
    """Files of rules that are taken from beside the plan."""
    if kept is None:
        return ()
    files = (None if asked.file else kept.file, None if asked.pedestrians else kept.pedestrians)
    return tuple(file for file in files if isinstance(file, Path))
