"""What signals showed in the runs of a verdict, of both plans, held against each."""

from __future__ import annotations

from dataclasses import replace

from networks.network import Network
from signals.control import running_plan
from signals.service.audits import with_audits
from signals.validation import ValidationReport
from signals.watch import Watch
from tests.fakes import crossroads
from tests.signals.plans import changed, touched
from tests.signals.service.judges import Judge, report

STREET = crossroads()


def _audited(judge: Judge, network: Network = STREET, verdict: ValidationReport | None = None) -> ValidationReport:
    candidate = changed(touched(STREET), lambda fields: fields["body"]["sequence"][0].update(duration_ds=350))
    verdict = verdict or report()
    return with_audits(verdict, candidate, running_plan(network), network, judge, Watch())  # type: ignore[arg-type]


def test_both_plans_are_read_back_in_every_run() -> None:
    verdict = report()
    found = _audited(Judge(40.0), verdict=verdict)
    assert [(one.plan, one.runs, one.faults) for one in found.executed] == [
        ("candidate", len(verdict.pairs), ()),
        ("incumbent", len(verdict.pairs), ()),
    ]
    assert found.misshown == ()


def test_what_either_does_not_show_is_told_once() -> None:
    found = _audited(Judge(40.0, all_red=True))
    assert [len(one.faults) for one in found.executed] == [1, 1]
    assert [fault.split(" not shown")[0] for fault in found.misshown] == ["candidate", "incumbent"]


def test_programs_that_stages_cannot_express_are_named() -> None:
    (old,) = STREET.intersections
    other = replace(STREET, intersections=(replace(old, running=replace(old.running, kind="delay_based")),))
    candidate, incumbent = _audited(Judge(40.0), other).executed
    assert (candidate.not_read, incumbent.not_read) == ((), ("C",))


def test_without_runs_nothing_is_said() -> None:
    none = replace(report(), pairs=())
    assert _audited(Judge(40.0), verdict=none) is none
