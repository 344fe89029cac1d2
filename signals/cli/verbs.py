"""What each command does: calls the verbs with the parts wired in, prints the answer, gives the exit code."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from networks.faults import Fault, InputError, refuse_if_any
from signals.cli import wiring
from signals.control import running_plan
from signals.scenarios.catalogue import ObtainedScenario, list_scenarios, obtain
from signals.scenarios.measuring import measure_flows
from signals.service import job
from signals.service.asked import Asked, choice_of
from signals.service.audits import with_audits
from signals.service.estimate import Street, read_street
from signals.service.folder import (
    STEPS,
    KeptInputs,
    inputs_to_keep,
    kept_beside,
    refuse_results_as_inputs,
    set_aside,
)
from signals.service.request import DONE, NOT_PROVED, Accept, Mode, PlanRequest
from signals.service.results import write_results
from signals.service.step_length import with_step
from signals.simulation.kept_runs import Runner, run_here
from signals.store.steps import Steps
from signals.watch import Watch

_LATEST_S = 1e6


def run_plan(request: PlanRequest, watch: Watch, as_json: bool, runner: Runner = run_here) -> int:
    """The main job with its files; `runner` makes the runs."""
    check_period(request.begin_s, request.end_s)
    refuse_results_as_inputs(request)
    _refuse_additional_of_nothing(request)
    made, read = _make_folder(request.out), False
    kept = KeptInputs()

    def inputs_read(street: Street) -> None:
        nonlocal kept, read
        kept, read = inputs_to_keep(request, street), True
        earlier = set_aside(request.out)
        if earlier is not None:
            print(f"note: what was in {request.out} as results is in {earlier} now", file=sys.stderr)

    try:
        outcome = job.plan(request, wiring.parts_of_sumo(runner), watch, inputs_read=inputs_read)
    except BaseException:
        if not read:
            _unmake(made)
        raise
    watch.report("write report", None)
    summary, text = write_results(outcome, wiring.write_programs(outcome.street.network), kept)
    watch.report("done", 1.0)
    if as_json:
        print(json.dumps(summary, indent=2))
    else:
        print(text)
    return outcome.exit_code


def _refuse_additional_of_nothing(request: PlanRequest) -> None:
    """What the demand needs is of no use without demand; to take no notice of it would be another study."""
    if request.additional and not request.demand and "additional" not in request.of_sumocfg:
        names = ", ".join(path.name for path in request.additional)
        refuse_if_any([Fault("--additional", "command line", names, "--demand, whose vehicles need it")])


def _make_folder(out: Path) -> list[Path]:
    """The folders that were made for it, itself first; none where it was there."""
    try:
        absent = [folder for folder in (out, *out.parents) if not folder.exists()]
        out.mkdir(parents=True, exist_ok=True)
        return absent
    except OSError as error:
        found = f"{out} ({error.strerror})"
        raise InputError([Fault("--out", "command line", found, "a folder that can be made and written to")]) from None


def _unmake(made: Sequence[Path]) -> None:
    """Without the folders that were made for a job whose inputs were not read; nothing in them is worth keeping."""
    if made:
        shutil.rmtree(made[0] / STEPS, ignore_errors=True)
    with suppress(OSError):  # somebody put something there meanwhile
        for folder in made:
            folder.rmdir()


def validate_plan(
    plan_path: Path,
    network_path: Path,
    demand: tuple[Path, ...],
    against: Path | None,
    begin_s: float | None,
    end_s: float | None,
    additional: tuple[Path, ...],
    detectors: tuple[Path, ...],
    pairs: int,
    asked: Asked,
    sheet: Path | None,
    workers: int | None,
    as_json: bool,
    watch: Watch,
) -> int:
    """Candidate against incumbent on jittered realisations of the demand; nothing is kept on disk."""
    from tempfile import TemporaryDirectory

    check_period(begin_s, end_s)
    beside = kept_beside(plan_path)
    sheet = sheet or beside.sheet
    street = read_street(
        network_path,
        detectors or beside.detectors,
        beside.programs,
        choice_of(asked, beside.choice),
        read=wiring.read_street,
        running_plan=running_plan,
        sheet=None if sheet is None else lambda network: wiring.read_sheet(sheet, network),
    )
    incumbent = street.incumbent if against is None else wiring.read_any_plan(against, street.network)
    candidate = wiring.read_any_plan(plan_path, street.network)
    faults = [] if against is None else [*wiring.misfits(incumbent, against, street.network)]
    refuse_if_any([*faults, *wiring.misfits(candidate, plan_path, street.network)])
    with TemporaryDirectory(prefix="greenband-validate-") as folder:
        laboratory = wiring.laboratory_of_routes(
            network_path, demand, additional, street, (begin_s, end_s), Steps(Path(folder)), workers
        )
        if begin_s is None or end_s is None:
            period = laboratory.period
            said = f"period: {period.begin_s:.0f} to {period.end_s:.0f} s after midnight, as far as the routes go"
            print(f"{said} (--begin and --end choose another)", file=sys.stderr)
        compared = with_step(Street(street.network, street.rules, incumbent), (laboratory,), watch)
        report = job.validate(candidate, compared, laboratory, pairs, watch)
        watch.check()
        report = with_audits(report, candidate, incumbent, street.network, laboratory, watch)
        discharge = laboratory.discharge(report.subject.step_s, watch)
    if discharge is not None:
        because = f"; {compared.why_step}" if compared.why_step else ""
        print(f"saturation flows: {discharge}{because}", file=sys.stderr)
    for fault in report.misshown:
        print(fault, file=sys.stderr)
    if as_json:
        print(report.to_json())
    else:
        caveat = street.rules.on_foot_caveat
        guards = " - but a guard is broken" if report.broken_guards else ""
        print(f"verdict: {report.verdict.value}{guards}{'; ' if caveat else ''}{caveat}")
        for reason in report.reasons:
            print(f"  {reason}")
        if report.measures:
            print(f"{'mean per run':22} {'incumbent':>12} {'candidate':>12} {'difference':>12}  95 % interval")
        for row in report.measures:
            said = "" if row.significant else "  no significant difference"
            numbers = f"{row.incumbent:12.6g} {row.candidate:12.6g} {row.difference:+12.6g}"
            print(f"{row.name:22} {numbers}  {row.low:+.6g} to {row.high:+.6g}{said}")
        for line in report.not_shown:
            print(f"not shown: {line}")
        for one in report.executed:
            if not one.faults:
                print(f"every display in {one.runs} runs of the {one.plan} was as written")
            if one.not_read:
                print(f"not read back in runs of the {one.plan}: {', '.join(one.not_read)}")
    return DONE if report.never_worse and not report.misshown else NOT_PROVED


def show_scenarios(as_json: bool) -> int:
    """All scenarios with source and licence."""
    found = list_scenarios()
    if as_json:
        print(json.dumps([info.model_dump(mode="json") for info in found], indent=2))
        return DONE
    for info in found:
        print(f"{info.name:14} {info.licence.id:18} {info.title}")
    return DONE


def obtain_scenario(name: str, accept_licence: bool, as_json: bool) -> int:
    """Files of a scenario (or of all) in the cache, with measured flows."""
    names = [info.name for info in list_scenarios()] if name == "all" else [name]
    rows = []
    for one in names:
        obtained, flows_path = _obtained(one, accept_licence)
        rows.append(
            {
                "name": one,
                "network": str(obtained.network_path),
                "demand": [str(path) for path in obtained.route_paths],
                "detectors": str(obtained.detectors_path),
                "flows": str(flows_path),
                "begin_s": obtained.begin_s,
                "end_s": obtained.end_s,
                "licence": obtained.licence.id,
                "notes": list(obtained.notes),
            }
        )
    if as_json:
        print(json.dumps(rows, indent=2))
        return DONE
    for row in rows:
        for key, value in row.items():
            print(f"{key:10} {', '.join(value) if isinstance(value, list) else value}")
    return DONE


def demo_request(
    name: str,
    out: Path,
    accept_licence: bool,
    effort: int,
    pairs: int,
    mode: str,
    workers: int | None,
    accept: str = Accept.BETTER,
) -> PlanRequest:
    """The request that plans for a scenario from its detector flows and judges on its true demand."""
    obtained, flows_path = _obtained(name, accept_licence)
    for note in obtained.notes:
        print(f"note: {note}", file=sys.stderr)
    return PlanRequest(
        network=obtained.network_path,
        flows=flows_path,
        out=out,
        detectors=(obtained.detectors_path,),
        incumbent=() if obtained.incumbent_path is None else (obtained.incumbent_path,),
        demand=obtained.route_paths,
        begin_s=obtained.begin_s,
        end_s=obtained.end_s,
        mode=Mode(mode),
        accept=Accept(accept),
        profile="literature",  # what its scenarios are compared under
        effort=effort,
        pairs=pairs,
        workers=workers,
        title=name,
        notes=obtained.notes,
    )


def check_period(begin_s: float | None, end_s: float | None) -> None:
    """Refuse what can be no period, before anything is read."""
    given = [moment for moment in (begin_s, end_s) if moment is not None]
    if not all(0 <= moment <= _LATEST_S for moment in given) or (len(given) == 2 and not given[0] < given[1]):
        found = f"--begin {begin_s} --end {end_s}"
        needed = f"begin before end, both from 0 to {_LATEST_S:.0f} s"
        raise InputError([Fault("period", "command line", found, needed)])
    if not all(float(moment).is_integer() for moment in given):  # plans and runs go by a clock of whole seconds
        raise InputError([Fault("period", "command line", f"--begin {begin_s} --end {end_s}", "whole seconds")])


def _obtained(name: str, accept_licence: bool) -> tuple[ObtainedScenario, Path]:
    def tell(doing: str) -> None:
        print(doing, file=sys.stderr)

    obtained = obtain(name, accept_licence=accept_licence, report=tell)
    return obtained, measure_flows(obtained, report=tell)
