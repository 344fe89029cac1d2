"""Steps of roll-outs and receipts in the database, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from networks.faults import Fault
from signals.delivery.beat import ds_of
from signals.delivery.keeping import coordination_bytes, coordination_of, documents_of
from signals.delivery.messages import Report
from signals.delivery.roll_out import Coordination, Heard
from signals.delivery.signed import digest_of_document
from signals.delivery.wire import report_bytes, report_of
from signals.service.delivery import consequences
from signals.service.delivery.consequences import Happened
from signals.store import delivery, documents
from signals.store.database import Database, Reading, Writing
from signals.store.delivery import ReportRow
from signals.store.instants import instant_of
from signals.store.kinds import Kind
from signals.store.many_documents import kinds_of, put_all
from signals.store.office import Office

_KINDS = {
    "plan": Kind.CONTROLLER_PLAN,
    "offer": Kind.OFFER,
    "activation": Kind.ACTIVATION,
    "confirmation": Kind.CONFIRMATION,
}


def keep_steps(database: Database, office: Office, steps: Sequence[Happened]) -> None:
    """Steps of groups, all of them or nothing: documents, state, events, entries, lives. Raises `LostOffice`."""
    changed = [step for step in steps if replace(step.after, heard={}) != replace(step.before, heard={})]
    with database.writing() as writing:
        office.refuse_lost(writing)
        _put_documents(writing, changed)
        states = {step.after.group_id: coordination_bytes(replace(step.after, heard={})) for step in changed}
        delivery.put_states(writing, office.term, states)
        for step in steps:
            consequences.keep(writing, step)


def keep_receipts(
    database: Database, office: Office, reports: Sequence[tuple[str, Report]], states: Mapping[str, Coordination]
) -> list[Fault]:
    """Keep reports that told something new; what is wrong with those that cannot be kept. Raises `LostOffice`."""
    faults, rows, new = list[Fault](), list[ReportRow](), dict[str, tuple[bytes, dict[str, str]]]()
    with database.writing() as writing:
        office.refuse_lost(writing)
        contents = [report_bytes(report) for _, report in reports]
        known = kinds_of(writing, map(digest_of_document, contents))
        for (group_id, report), content in zip(reports, contents, strict=True):
            digest = digest_of_document(content)
            kind = known.get(digest, Kind.RECEIPT)
            if kind is not Kind.RECEIPT:
                faults.append(Fault("kind", f"document {digest}", "receipt", f"{kind}, as which it is kept"))
                continue
            if digest not in known:  # one that was kept before stays as it was, whatever runs under its order by now
                new.setdefault(digest, (content, _activation_run(report, states.get(group_id))))
            rows.append(ReportRow(report.controller_id, group_id, "", digest))
        put_all(writing, Kind.RECEIPT, [*new.values()])
        delivery.put_reports(writing, rows)
    return faults


def known_states(reading: Reading) -> dict[str, Coordination]:
    """How each group stands."""
    return {
        name: coordination_of(content, lambda digest: documents.get(reading, digest))
        for name, content in delivery.latest_states(reading).items()
    }


def known_reports(reading: Reading) -> dict[str, Heard]:
    """The last report of each controller that told something new, and when."""
    return {
        row.controller_id: Heard(report_of(documents.get(reading, row.receipt_digest)), ds_of(instant_of(row.at)))
        for row in delivery.latest_reports(reading)
    }


def _put_documents(writing: Writing, steps: Sequence[Happened]) -> None:
    """Those that the states before had not."""
    new: dict[Kind, list[tuple[bytes, dict[str, str]]]] = {kind: [] for kind in _KINDS.values()}
    for step in steps:
        known = {digest_of_document(document) for _, _, document in documents_of(step.before, step.before)}
        activation = None
        for kind, release, document in documents_of(step.after, step.before):
            if kind == "activation":
                activation = digest_of_document(document)
            if kind in _KINDS and digest_of_document(document) not in known:
                made_from = {"activation": activation} if kind == "confirmation" else {"release": release}
                inputs = {role: digest for role, digest in made_from.items() if digest is not None}
                new[_KINDS[kind]].append((document, inputs))
    for of_kind, given in new.items():  # in this order: confirmations are made from activations
        put_all(writing, of_kind, given)


def _activation_run(report: Report, state: Coordination | None) -> dict[str, str]:
    for roll_out in () if state is None else (state.current, state.pending):
        if roll_out is not None and roll_out.activation is not None and roll_out.sequence == report.running:
            return {"activation": digest_of_document(roll_out.activation)}
    return {}
