"""Steps of roll-outs and receipts in the database, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from networks.faults import Fault, InputError
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
from signals.store.failures import DatabaseFailed, NotThere
from signals.store.instants import instant_of
from signals.store.kinds import Kind
from signals.store.office import Office

_KINDS = {
    "plan": Kind.CONTROLLER_PLAN,
    "offer": Kind.OFFER,
    "activation": Kind.ACTIVATION,
    "confirmation": Kind.CONFIRMATION,
}


def keep_steps(database: Database, office: Office, steps: Sequence[Happened]) -> None:
    """Steps of groups, all of them or nothing: documents, state, events, entries, lives. Raises `LostOffice`."""
    with database.writing() as writing:
        office.refuse_lost(writing)
        for happened in steps:
            after = replace(happened.after, heard={})
            if after != replace(happened.before, heard={}):
                _put_documents(writing, happened.before, after)
                delivery.put_state(writing, after.group_id, office.term, coordination_bytes(after))
            consequences.keep(writing, happened)


def keep_receipts(
    database: Database, office: Office, reports: Sequence[tuple[str, Report]], states: Mapping[str, Coordination]
) -> list[Fault]:
    """Keep reports that told something new; what is wrong with those that cannot be kept. Raises `LostOffice`."""
    faults: list[Fault] = []
    with database.writing() as writing:
        office.refuse_lost(writing)
        for group_id, report in reports:
            try:
                digest = _receipt(writing, report, states.get(group_id))
            except DatabaseFailed:
                raise
            except InputError as error:
                faults += error.faults
            else:
                delivery.put_report(writing, ReportRow(report.controller_id, group_id, "", digest))
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


def _put_documents(writing: Writing, before: Coordination, after: Coordination) -> None:
    """Those that the state before had not."""
    known = {digest_of_document(document) for _, _, document in documents_of(before, before)}
    activation = None
    for kind, release, document in documents_of(after, before):
        if kind == "activation":
            activation = digest_of_document(document)
        if kind in _KINDS and digest_of_document(document) not in known:
            made_from = {"activation": activation} if kind == "confirmation" else {"release": release}
            inputs = {role: digest for role, digest in made_from.items() if digest is not None}
            documents.put(writing, _KINDS[kind], document, inputs=inputs)


def _receipt(writing: Writing, report: Report, state: Coordination | None) -> str:
    """The digest of the receipt. One that was kept before stays as it was, whatever runs under its order by now."""
    content = report_bytes(report)
    try:
        inputs = documents.inputs_of(writing, digest_of_document(content))
    except NotThere:
        inputs = _activation_run(report, state)
    return documents.put(writing, Kind.RECEIPT, content, inputs=inputs)


def _activation_run(report: Report, state: Coordination | None) -> dict[str, str]:
    for roll_out in () if state is None else (state.current, state.pending):
        if roll_out is not None and roll_out.activation is not None and roll_out.sequence == report.running:
            return {"activation": digest_of_document(roll_out.activation)}
    return {}
