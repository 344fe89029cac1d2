"""The raised running plan: what the rules ask for beyond what runs, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.importers import sumo_net
from networks.junction import ProgramStep
from networks.network import Network
from networks.running import with_running
from signals.control import program_of
from signals.measures import Measures
from signals.plan import Actuation, ControlMode, StagesBody, TimingPlan
from signals.programs.sumo import running_plan
from signals.rules import Margins, rules_of
from signals.safety import check
from signals.service.estimate import Street
from signals.service.raised import against_raised, raised, raised_or_faulty
from signals.timing.plans import actuated, coordinated
from signals.trials import Trial
from signals.validation import FIRST_REALISATION, Pair, Subject, decide
from signals.watch import Watch
from tests.fakes import crossroads
from tests.fakes_measures import measures
from tests.signals import sumo_streets as streets
from tests.signals.plans import touched
from tests.signals.rules.test_field import with_tight_pairs


def street(network: Network, profile: str = "field") -> Street:
    return Street(network, rules_of(network, profile, pedestrians="none"), running_plan(network))


class Judge:
    """A laboratory that gives the raised plan 50 s and counts what it was asked."""

    digest = "scenario"

    def __init__(self) -> None:
        self.trials: list[Trial] = []

    def run(self, trials: list[Trial], watch: Watch, doing: str) -> list[Measures]:
        self.trials += trials
        return [measures(50.0 + trial.realisation % 2) for trial in trials]


def test_without_anything_to_raise_there_is_none() -> None:
    assert raised(street(crossroads(), "literature")) is None


def test_the_raised_plan_keeps_the_rules_that_the_running_one_breaks() -> None:
    own = street(with_tight_pairs(crossroads(green_s=(40, 30))))
    plan = raised(own)
    assert plan is not None
    assert check(plan, own.network, own.rules) == ()
    assert plan.intersections[0].cycle_ds == own.incumbent.intersections[0].cycle_ds  # stages gave the time
    short = street(with_tight_pairs(crossroads(green_s=(20, 6))))
    longer = raised(short)
    assert longer is not None
    assert check(longer, short.network, short.rules) == ()
    assert longer.intersections[0].cycle_ds == 600


def test_a_program_in_tenths_is_raised_to_whole_seconds_in_nearly_its_cycle() -> None:
    own = street(_in_tenths(with_tight_pairs(crossroads(green_s=(40, 30)))))
    plan = raised(own)
    assert plan is not None
    assert check(plan, own.network, own.rules) == ()
    (timing,), (before,) = plan.intersections, own.incumbent.intersections
    assert (before.cycle_ds, timing.cycle_ds) == (816, 820)


def _in_tenths(network: Network) -> Network:
    (old,) = network.intersections
    steps = tuple(
        step if "y" in step.state else replace(step, duration_ds=step.duration_ds + 4)  # greens, and the reds between
        for step in old.running.steps
    )
    return replace(network, intersections=(replace(old, running=replace(old.running, steps=steps)),))


def test_it_runs_on_the_realisations_of_the_verdict() -> None:
    own = street(with_tight_pairs(crossroads()))

    def pairs(numbers: range) -> list[Pair]:
        return [Pair(n, n, measures(40.0 - n % 2), measures(45.0 + n % 3)) for n in numbers]

    report = decide(pairs, Subject("c", "i", "s"), Margins(), max_pairs=6)
    judge = Judge()
    found = against_raised(own, report, judge, Watch())  # type: ignore[arg-type]
    assert found is not None
    assert [trial.realisation for trial in judge.trials] == [row.realisation for row in report.pairs]
    assert judge.trials[0].realisation == FIRST_REALISATION
    assert found.candidate_s_per_veh < found.raised_s_per_veh
    assert found.high_s_per_veh < 0
    assert "not part of the verdict" in str(found)
    assert "no significant" not in str(found)
    assert against_raised(own, replace(report, stopped=True), judge, Watch()) is None  # type: ignore[arg-type]


def test_what_runs_free_is_not_made_a_fixed_plan() -> None:
    own = _run_free(street(with_tight_pairs(crossroads())))
    longer = raised(own)
    assert longer is not None
    (timing,) = longer.intersections
    assert (timing.control_mode, timing.cycle_ds) == (ControlMode.ACTUATED, None)
    assert check(longer, own.network, own.rules) == ()


@pytest.mark.parametrize("mode", ControlMode)
def test_a_yellow_of_two_seconds_is_mended_by_raising(mode: ControlMode) -> None:
    """The running program is at fault, so that no candidate times it anew; raised it is safe, in its own control."""
    path = streets.street("lefts")
    network = sumo_net.read(path, [streets.loops_of(path)])
    form = {ControlMode.COORDINATED: coordinated, ControlMode.ACTUATED: actuated}.get(mode)
    plan = touched(network) if form is None else form(touched(network), network, rules_of(network))
    (timing,) = plan.intersections
    program = program_of(timing.model_copy(update={"loops_ahead_ds": None}), network.intersections[0])
    short = replace(program, steps=_with_short_yellows(program.steps))
    own = street(with_running(network, [short]))
    (at_fault,) = own.network.intersections
    assert {fault.rule for fault in at_fault.inherited_faults} >= {"short-yellow"}
    longer = raised(own)
    assert longer is not None
    (found,) = longer.intersections
    assert (found.control_mode, found.untouched) == (mode, False)
    assert check(longer, own.network, own.rules) == ()


def _with_short_yellows(steps: tuple[ProgramStep, ...]) -> tuple[ProgramStep, ...]:
    """All yellows but the last 1 s shorter, and what follows them longer, so that no other end moves."""
    found = list(steps)
    for at, step in enumerate(steps[:-2]):
        if "y" in step.state:
            found[at] = replace(found[at], duration_ds=20)
            found[at + 1] = replace(found[at + 1], duration_ds=found[at + 1].duration_ds + 10)
    return tuple(found)


def test_detectors_that_nobody_named_are_nothing_to_raise() -> None:
    own = _run_free(street(crossroads()))
    assert "detectors" in {one.rule for one in check(own.incumbent, own.network, own.rules)}
    assert raised_or_faulty(own) is None


def _run_free(own: Street) -> Street:
    (fixed,) = own.incumbent.intersections
    assert isinstance(fixed.body, StagesBody)
    sequence = tuple(
        stage.model_copy(update={"actuation": Actuation(min_ds=70, max_ds=400, gap_ds=30)})
        for stage in fixed.body.sequence
    )
    free = fixed.model_copy(
        update={
            "control_mode": ControlMode.ACTUATED,
            "cycle_ds": None,
            "body": StagesBody(sequence=sequence),
            "program_id": "free",
            "untouched": False,
        }
    )
    incumbent = TimingPlan(network_digest=own.network.digest, intersections=(free,))
    return replace(own, incumbent=incumbent)
