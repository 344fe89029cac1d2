"""Folders as a job leaves them, for tests of the library: made of a street of one junction, in no time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from networks.importers import sumo_net
from signals.control import running_plan
from signals.plan import TimingPlan, write_plan
from signals.rules import Margins, RulesChoice
from signals.safety import with_claims
from signals.validation import Pair, Subject, ValidationReport, decide
from tests.fakes_measures import measures
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import street

STREET = street("crossings")


@dataclass(frozen=True, slots=True)
class Results:
    """A job's folder and what lies in it."""

    folder: Path
    network: Path
    plan: TimingPlan
    report: ValidationReport


def results(
    folder: Path,
    *,
    more_s: int = 1,
    green_s: int | None = None,
    name: str = "",
    better: bool = True,
    path: Path = STREET,
    cycle_max_s: float | None = None,
    family: str = "",
) -> Results:
    """A plan whose first stages are longer by `more_s` (or last `green_s`: too short is not safe), with a report; for
    controllers of a `family`, where one is said."""
    network = sumo_net.read(path)
    rules = RulesChoice("literature", cycle_max_s=cycle_max_s).of(network)

    def other(fields: dict[str, Any]) -> None:
        stage = fields["body"]["sequence"][0]
        stage["duration_ds"] = stage["duration_ds"] + 10 * more_s if green_s is None else 10 * green_s

    plan = touched(network, rules_digest=rules.digest(), name=name)
    for at in range(len(plan.intersections)):
        plan = changed(plan, other, at)
    report = _report(plan.digest(), running_plan(network).digest(), better)
    (folder / "inputs").mkdir(parents=True)
    write_plan(with_claims(plan, network, rules), folder / "plan.json")
    (folder / "validation.json").write_text(report.to_json() + ("" if better else "\n"))
    (folder / "report.html").write_text(f"<!doctype html><title>{name} {plan.digest()}</title>")
    choice = {"profile": "literature", "pedestrians": None, "cycle_max_s": cycle_max_s}
    (folder / "inputs" / "rules-choice.json").write_text(json.dumps(choice))
    if family:
        (folder / "inputs" / "controllers").mkdir()
        (folder / "inputs" / "controllers" / "ours.toml").write_text(f'[all]\nfamily = "{family}"\n')
    return Results(folder, path, plan, report)


def _report(plan_digest: str, incumbent_digest: str, better: bool) -> ValidationReport:
    after_s, before_s = (50.0, 90.0) if better else (90.0, 50.0)

    def next_pairs(numbers: range) -> list[Pair]:
        return [Pair(n, n, measures(after_s + n % 3), measures(before_s + n % 4)) for n in numbers]

    return decide(next_pairs, Subject(plan_digest, incumbent_digest, "2" * 64), Margins())
