"""Cycles of signals that belong together: C, C/2 or 2C by rule where the engineer says so, told where nobody does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from networks.network import Network
from signals.plan import ControlMode, TimingPlan
from signals.rules import Rules, rules_of
from signals.safety import Checker, Violation, check, flags
from signals.safety.systems import in_one_system
from tests.fakes import corridor
from tests.signals.brute_force import SecondJudge
from tests.signals.judged_streets import judged_street
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import street
from tests.signals.two_judges import Made, judged_alike

STREET = corridor(3)


def _cycles(plan: TimingPlan, *cycles_ds: int) -> TimingPlan:
    """The plan with other cycles, by its first greens."""
    for at, cycle_ds in enumerate(cycles_ds):
        more_ds = cycle_ds - (plan.intersections[at].cycle_ds or 0)

        def longer(fields: dict[str, object], more_ds: int = more_ds) -> None:
            fields["body"]["sequence"][0]["duration_ds"] += more_ds  # type: ignore[index]

        plan = changed(plan, longer, at)
    return plan


def _apart(plan: TimingPlan, network: Network = STREET) -> list[Violation]:
    return [flag for flag in flags(plan, network, rules_of(network)) if flag.rule == "cycles-apart"]


def _ruled(folder: Path, *systems: tuple[str, ...]) -> Rules:
    path = folder / "rules.toml"
    path.write_text("".join(f"[[system]]\nintersections = {json.dumps(names)}\n" for names in systems))
    return rules_of(STREET, engineer_file=path)


@pytest.mark.parametrize(
    ("cycles_ds", "fit"),
    [
        ((), True),
        ((900,), True),
        ((900, 450), True),
        ((900, 1800, 900), True),
        ((450, 900, 1800), True),
        ((450, 1800), True),  # C/2 and 2C of 90 s
        ((450, 700, 1800), False),
        ((600, 750), False),
        ((450, 900, 3600), False),
        ((600, 1800), False),
    ],
)
def test_a_system_has_one_cycle_its_half_and_its_double(cycles_ds: tuple[int, ...], fit: bool) -> None:
    assert in_one_system(cycles_ds) is fit


def test_near_signals_of_other_cycles_are_told() -> None:
    plan = touched(STREET)
    assert _apart(plan) == []
    assert _apart(_cycles(plan, 1600, 800, 800)) == []
    (flag,) = _apart(_cycles(plan, 900, 900, 800))
    assert (flag.where, flag.found) == ("intersections C0, C1, C2", "80 s at 1; 90 s at 2")


def test_who_runs_free_or_far_away_belongs_to_no_system() -> None:
    plan = _cycles(touched(STREET), 900, 900, 800)
    free = plan.intersections[1].model_copy(update={"control_mode": ControlMode.ACTUATED, "cycle_ds": None})
    between = plan.model_copy(update={"intersections": (plan.intersections[0], free, plan.intersections[2])})
    assert _apart(between) == []
    far = replace(STREET, links=tuple(replace(link, length_m=link.length_m * 3) for link in STREET.links))
    assert _apart(plan, far) == []
    untouched = tuple(timing.model_copy(update={"untouched": True}) for timing in plan.intersections)
    assert _apart(plan.model_copy(update={"intersections": untouched})) == []


def test_other_cycles_in_the_engineers_system_break_a_rule(tmp_path: Path) -> None:
    rules = _ruled(tmp_path, ("C0", "C2"), ("C1", "C2"))
    plan = touched(STREET)
    assert check(plan, STREET, rules) == ()
    (found,) = check(_cycles(plan, 900, 800, 800), STREET, rules)
    assert str(found) == "system: system 1: C0, C2: found 80 s at 1; 90 s at 1, needed cycles of C, C/2 or 2C"
    assert check(_cycles(plan, 900, 900, 900), STREET, rules) == ()
    timings = list(_cycles(plan, 900, 800, 800).intersections)
    timings[0] = timings[0].model_copy(update={"untouched": True})
    rest = check(plan.model_copy(update={"intersections": tuple(timings)}), STREET, rules)
    assert "system" not in {violation.rule for violation in rest}


def test_the_second_judge_knows_systems(tmp_path: Path) -> None:
    judged = judged_street("grid")
    names = sorted(judged.today)[:2]
    path = tmp_path / "rules.toml"
    path.write_text(f"[[system]]\nintersections = {json.dumps(names)}\n")
    rules = rules_of(judged.network, engineer_file=path)
    second = SecondJudge(street("grid"), rules.model_dump(mode="json"), judged.network.digest)
    ruled = replace(judged, rules=rules, checker=Checker(judged.network, rules), second=second)
    for more_ds, broken in ((0, set()), (50, {("system", "")})):
        timings = {**judged.untouched, **{name: judged.today[name] for name in names}}
        fields = json.loads(timings[names[0]])
        fields["body"]["sequence"][0]["duration_ds"] += more_ds
        fields["cycle_ds"] += more_ds
        timings[names[0]] = json.dumps(fields)
        assert judged_alike(Made(judged.text_of(timings, judged.network.digest), [], "grid"), ruled) == broken
