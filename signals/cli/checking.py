"""What is asked of a plan that is there: is it safe, can it run, its timing sheet; and by which rules it is judged."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from networks.faults import Fault, refuse_if_any
from networks.network import Network
from signals.cli import wiring
from signals.control import running_plan
from signals.controllers import NOBODY_SAID, read_controllers
from signals.files import refuse_no_place, write_whole
from signals.plan import TimingPlan
from signals.reports import render_sheets
from signals.rules import DEFAULT_PROFILE, Rules, RulesChoice, profile_names
from signals.rules.engineer import EngineerFile
from signals.safety import check, families_by_intersection, inherited, inherited_digest, unrunnable
from signals.service.account.sheets import sheets_of
from signals.service.folder import (
    controllers_beside,
    kept_beside,
    sheet_beside,
)
from signals.service.request import DONE, NOT_PROVED

_SHOWN = 12
Asked = tuple[str | None, Path | None, str | Path | None, float | None]  # profile, file, crossings, longest cycle [s]


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
    programs, kept = kept_beside(plan_path)
    kept_sheet = None if sheet else sheet_beside(plan_path)
    kept_controllers = None if controllers_path else controllers_beside(plan_path)
    controllers_path = controllers_path or kept_controllers
    beside = tuple(path for path in (kept_sheet, kept_controllers) if path is not None)
    taken = (() if incumbent else programs) + _files_of(asked, kept) + beside
    network = wiring.read_street(network_path, (), incumbent or programs)
    plan = wiring.read_any_plan(plan_path, network)
    rules = rules_of_plan(plan, network, asked, kept, _said_in(sheet or kept_sheet, network))
    running_on = wiring.running_on(plan, plan_path, network)
    chosen = any(value is not None for value in (*asked, sheet))
    _refuse_what_is_not_judged_here(plan, plan_path, network, None if chosen else rules)
    controllers = NOBODY_SAID if controllers_path is None else read_controllers(controllers_path, network)
    violations = check(plan, network, rules, allow_inherited=allow_inherited)
    not_runnable = unrunnable(plan, controllers)
    code = NOT_PROVED if violations or not_runnable else DONE
    runs_on = families_by_intersection(plan, network)
    known = inherited(network, rules)
    if as_json:
        document = {
            "safe": not violations,
            "profile": rules.profile,
            "inputs": [str(path) for path in taken],
            "plan": plan.digest(),
            "network": network.digest,
            "running_on": running_on,
            "violations": [asdict(violation) for violation in violations],
            "runnable": not not_runnable,
            "not_runnable": [asdict(violation) for violation in not_runnable],
            "families": runs_on,
            "inherited": [asdict(violation) for violation in known],
            "inherited_digest": inherited_digest(network, rules),
        }
        print(json.dumps(document, indent=2))
        return code
    for violation in (*violations, *not_runnable):
        print(violation)
    count_of = f"{len(plan.intersections)} intersections, profile {rules.profile}"
    print(f"{'NOT SAFE: ' + str(len(violations)) + ' violations' if violations else 'safe'} ({count_of})")
    if not_runnable:
        print(f"NOT RUNNABLE: {len(not_runnable)} reasons of the controllers in {controllers.source}")
    print(f"controller families that can run it, by intersections: {_counted(runs_on)}")
    if running_on:
        names = ", ".join(running_on[:_SHOWN]) + (", ..." if len(running_on) > _SHOWN else "")
        print(f"the file names {len(plan.intersections) - len(running_on)} signals; as today run on: {names}")
    print(f"plan {plan.digest()}")
    if taken:
        print(f"checked with what was kept beside it: {', '.join(map(str, taken))}")
    if known:
        print(
            f"the running programs have {len(known)} faults of their own (digest {inherited_digest(network, rules)}):"
        )
        for fault in known[:_SHOWN]:
            print(f"  {fault}")
    return code


def _counted(families: dict[str, tuple[str, ...]]) -> str:
    """How many of the intersections each family can run."""
    counts = Counter(name for names in families.values() for name in names)
    return "; ".join(f"{name} ({count} of {len(families)})" for name, count in sorted(counts.items())) or "none"


def write_sheet(plan_path: Path, network_path: Path, out: Path, asked: Asked, incumbent: tuple[Path, ...]) -> int:
    """A plan as a timing sheet with the safety inputs of its rules: a table, or (.html) pages to print and sign."""
    refuse_no_place(out, "--out")
    programs, kept = kept_beside(plan_path)
    network = wiring.read_street(network_path, (), incumbent or programs)
    plan = wiring.read_any_plan(plan_path, network)
    rules = rules_of_plan(plan, network, asked, kept, _said_in(sheet_beside(plan_path), network))
    _refuse_what_is_not_judged_here(
        plan, plan_path, network, None if any(value is not None for value in asked) else rules
    )
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


def choice_of(asked: Asked, kept: RulesChoice | None) -> RulesChoice:
    """What was asked for, and where nothing was said what was kept beside the plan, else what holds for all."""
    kept = kept or RulesChoice()
    profile, file, pedestrians, cycle_max_s = asked
    if profile is not None and profile != kept.profile:
        return RulesChoice(profile, file or kept.file, pedestrians, cycle_max_s)
    longest_s = kept.cycle_max_s if cycle_max_s is None else cycle_max_s
    return RulesChoice(kept.profile, file or kept.file, pedestrians or kept.pedestrians, longest_s)


def _files_of(asked: Asked, kept: RulesChoice | None) -> tuple[Path, ...]:
    """Files of rules that are taken from beside the plan."""
    if kept is None:
        return ()
    files = (None if asked[1] else kept.file, None if asked[2] else kept.pedestrians)
    return tuple(file for file in files if isinstance(file, Path))


def rules_of_plan(
    plan: TimingPlan, network: Network, asked: Asked, kept: RulesChoice | None, said: EngineerFile | None = None
) -> Rules:
    """The rules asked for or kept; where neither says anything, those of the profile that the plan names by digest."""
    if kept is not None or asked[0] is not None or not plan.rules_digest:
        return choice_of(asked, kept).of(network, said)
    names = sorted(profile_names(), key=lambda name: name != DEFAULT_PROFILE)
    first = None
    for name in names:
        rules = choice_of((name, *asked[1:]), None).of(network, said)
        first = first or rules
        if rules.digest() == plan.rules_digest:
            return rules
    assert first is not None
    return first
