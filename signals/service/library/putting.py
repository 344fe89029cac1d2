"""A job's results put into the library: the plan with its network, inputs, report and history, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from networks.faults import Fault, InputError, refuse_if_any
from networks.network import Network
from signals.files import content_of
from signals.plan import TimingPlan, plan_text
from signals.release import Actor, Evidence, Life, Move, NotReleasable, Verb, permit, unaccepted
from signals.safety import CLAIMS, Violation
from signals.service.folder import PLAN, REPORT, SUMMARY, VALIDATION, kept_beside
from signals.service.library.bundle import Bundle, bundle_of, unpacked
from signals.service.library.judges import Judges
from signals.service.library.judging import INPUTS_FILE, NETWORK_FILE, Kept, Readers
from signals.service.library.lives import known_life, move_on
from signals.service.library.origin import Origin
from signals.store import documents, library
from signals.store.database import Database, Reading, Writing
from signals.store.documents import LARGEST_BYTES
from signals.store.failures import NotThere
from signals.store.kinds import Kind
from signals.validation import ValidationReport, report_from_json

DEMAND = "demand.json"
_REPORTS = (VALIDATION, SUMMARY, REPORT)  # of a job's results, the first one the proof


class KnownPlan(InputError):
    """The plan is in the library already."""


@dataclass(frozen=True, slots=True)
class Put:
    """What came of it: the plan in the library, and why it did not come further."""

    life: Life
    version: int
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Results:
    """What was read from a job's folder."""

    plan: TimingPlan
    network: bytes
    bundle: Bundle
    reports: dict[str, bytes]
    report: ValidationReport | None
    incumbent: TimingPlan | None


def put_plan(
    database: Database,
    readers: Readers,
    by: Actor,
    path: Path,
    network_path: Path,
    *,
    judges: Judges,
    why: str,
    or_not_worse: bool = False,
    origin: Origin | None = None,
    also: Callable[[Writing, Put], None] = lambda writing, put: None,
) -> Put:
    """Put a plan in: a folder of a job's results, or a file with a plan. It is checked, and comes as far as its proof.

    With a clean check it is *checked*, with an accepted report on it (`or_not_worse`: *not worse* suffices)
    *validated*. Raises `NotAllowed`, `KnownPlan`, and `InputError` for files that do not belong together; then nothing
    is kept. `origin`: what it was made for. `also` is called at the end of the transaction.
    """
    permit(by, Verb.PLAN_PUT, str(path))
    read = _read(path, network_path, readers)
    plan, digest = read.plan, read.plan.digest()
    with database.reading() as reading:
        _refuse_known(reading, digest)
    violations = _checked(read, judges)
    if any(violation.rule in CLAIMS for violation in violations):
        read.reports.pop(PLAN, None)  # what it claims is not so, and must not come out again
    evidence = Evidence(plan, violations, read.report, or_not_worse)
    open_reasons = [*map(str, violations), *_not_proved(read.report, digest, or_not_worse)]
    with database.writing() as writing:
        _refuse_known(writing, digest)
        version = _keep(writing, read, by, origin)
        life = Life(digest)
        for move in (Move.PUT, Move.CHECK, Move.VALIDATE):
            try:
                life = move_on(writing, life, move, by, why, evidence)
            except NotReleasable:
                break  # told by `open`
        put = Put(life, version, tuple(open_reasons))
        also(writing, put)
    return put


def _checked(read: _Results, judges: Judges) -> tuple[Violation, ...]:
    inputs = read.bundle.content()
    digests = read.plan.digest(), read.plan.network_digest, hashlib.sha256(inputs).hexdigest()
    return judges.violations(Kept(digests, read.plan.model_dump_json().encode(), read.network, inputs))


def _read(path: Path, network_path: Path, readers: Readers) -> _Results:
    file = path / PLAN if path.is_dir() else path
    of_job = file.name == PLAN
    folder = file.parent
    network_content = unpacked(network_path, "network")
    beside = kept_beside(file)
    network = readers.read_street(network_path, beside.detectors, beside.programs)
    plan = readers.read_plan(file, network)
    if plan.network_digest != network.digest:
        found = f"made for network {plan.network_digest}"
        raise InputError([Fault("plan", str(file), found, f"network {network.digest} ({network_path.name})")])
    present = [name for name in _REPORTS if of_job and (folder / name).is_file()]
    reports = {name: content_of(folder / name, LARGEST_BYTES, "report") for name in present}
    report = None if VALIDATION not in reports else report_from(reports[VALIDATION])
    if report is not None:
        reports[VALIDATION] = report.to_json().encode()  # whatever its spaces, the bytes of its digest
    if report is not None and report.subject.plan_digest != plan.digest():
        report = None  # of a candidate that was not taken: the plan is the one that runs
        del reports[VALIDATION]
    if plan.families or plan.inputs:  # which its document has no part in
        reports[PLAN] = plan_text(plan).encode()
    name = network_path.name.removesuffix(".gz")
    bundle = bundle_of(name, folder) if of_job else Bundle(name)
    return _Results(plan, network_content, bundle, reports, report, _incumbent(report, network, readers))


def report_from(content: bytes) -> ValidationReport:
    """The report of a document. Raises `InputError`."""
    try:
        return report_from_json(content.decode())
    except UnicodeDecodeError as error:
        raise InputError([Fault("report", VALIDATION, "bytes that are no text", "JSON in UTF-8")]) from error


def _incumbent(report: ValidationReport | None, network: Network, readers: Readers) -> TimingPlan | None:
    """The plan that ran, where it is the one that the report compares with."""
    if report is None:
        return None
    running = readers.running_plan(network)
    return running if running.digest() == report.subject.incumbent_digest else None


def _not_proved(report: ValidationReport | None, digest: str, or_not_worse: bool) -> Iterator[str]:
    if report is None:
        yield "no report on this plan (a job that keeps the running plan gives none)"
    else:
        yield from unaccepted(report, digest, or_not_worse=or_not_worse)


def _refuse_known(reading: Reading, digest: str) -> None:
    known = library.find_plan(reading, digest)
    if known is not None:
        found = f"version {known.version} of {known.network_name} already, {known.state}"
        needed = "a plan that is new; `greenband library check` and `validate` lead this one on"
        raise KnownPlan([Fault("plan", digest[:12], found, needed)])


def _keep(writing: Writing, read: _Results, by: Actor, origin: Origin | None) -> int:
    plan, digest = read.plan, read.plan.digest()
    network = documents.put(writing, Kind.NETWORK, read.network, digest=plan.network_digest)
    inputs = documents.put(writing, Kind.RULES, read.bundle.content())
    made_for = {} if origin is None else {"demand": origin.keep(writing, network)}
    _put_document(writing, plan, {"network": network, "rules": inputs, **made_for})
    library.name_network(writing, network, read.bundle.network_name.removesuffix(".xml").removesuffix(".net"))
    version = library.add_plan(writing, digest, network, name=plan.name, made_for=plan.made_for, who=str(by))
    library.add_file(writing, digest, NETWORK_FILE, network)
    library.add_file(writing, digest, INPUTS_FILE, inputs)
    for demand in made_for.values():
        library.add_file(writing, digest, DEMAND, demand)
    made_from = {"plan": digest}
    if read.incumbent is not None:
        made_from["incumbent"] = _put_document(writing, read.incumbent, {"network": network})
    for name, content in read.reports.items():
        kept = documents.put(writing, Kind.REPORT, content, inputs=made_from)
        library.add_file(writing, digest, name, kept)
    return version


def _put_document(writing: Writing, plan: TimingPlan, inputs: dict[str, str]) -> str:
    """Keep a plan's document; where it is kept already, with the inputs that it has there."""
    digest = plan.digest()
    with suppress(InputError):
        inputs = documents.inputs_of(writing, digest)
    return documents.put(writing, Kind.PLAN, plan.canonical_bytes(), digest=digest, inputs=inputs)


def attach_report(
    database: Database, by: Actor, plan_digest: str, report_path: Path, *, why: str, or_not_worse: bool = False
) -> Life:
    """Take a report on a plan of the library (what `greenband validate --json` prints): it is *validated* then."""
    content = content_of(report_path, LARGEST_BYTES, "report")
    return attach(database, by, plan_digest, content, why=why, or_not_worse=or_not_worse)


def attach(
    database: Database, by: Actor, plan_digest: str, content: bytes, *, why: str, or_not_worse: bool = False
) -> Life:
    """The same, of the report's bytes.

    Raises `NotReleasable` with the reasons where it is not accepted; then the report is not kept either.
    """
    report = report_from(content)
    canonical = report.to_json().encode()
    with database.reading() as reading:
        life = known_life(reading, plan_digest)
    life.refuse(Move.VALIDATE, by, why)
    with database.writing() as writing:
        refuse_if_any(_of_another(report, plan_digest))
        kept = _put_report(writing, canonical, plan_digest)
        library.add_file(writing, plan_digest, VALIDATION, kept)
        return move_on(writing, life, Move.VALIDATE, by, why, Evidence(report=report, or_not_worse=or_not_worse))


def _put_report(writing: Writing, content: bytes, plan_digest: str) -> str:
    """Keep a report; where it is kept already (it was not good enough then), with the inputs that it has there."""
    inputs = {"plan": plan_digest}
    with suppress(NotThere):
        inputs = documents.inputs_of(writing, hashlib.sha256(content).hexdigest())
    return documents.put(writing, Kind.REPORT, content, inputs=inputs)


def _of_another(report: ValidationReport, plan_digest: str) -> Iterator[Fault]:
    about = report.subject.plan_digest
    if about != plan_digest:
        yield Fault("report", "library", f"on plan {about}", f"one on plan {plan_digest}")
