"""The plan library: which plans of which network there are, in which version and state, with files and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, insert, or_, select

from networks.faults import Fault, InputError
from signals.store.database import Reading, Writing
from signals.store.documents import checked_page
from signals.store.failures import NotThere
from signals.store.instants import instant_text
from signals.store.numbers import next_number
from signals.store.tables import documents, library_files, library_networks, library_plans, plan_events, plan_notes

LABEL, UNLABEL, COMMENT = "label", "unlabel", "comment"
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class LibraryPlan:
    """A plan of the library; `number` orders all of them, `version` those of one network."""

    number: int
    plan_digest: str
    network_digest: str
    network_name: str
    version: int
    name: str
    made_for: str
    at: str
    who: str
    state: str
    stamps: str


@dataclass(frozen=True, slots=True)
class Note:
    """A comment on a plan, or a label given or taken away."""

    number: int
    kind: str
    text: str
    at: str
    who: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for; all that is given has to hold. `text`: part of name, purpose, note, person or digest."""

    network_digest: str | None = None
    text: str | None = None
    state: str | None = None
    label: str | None = None


def name_network(writing: Writing, network_digest: str, name: str) -> None:
    """Take a network into the library under the name of its file; the first name stays."""
    known = select(library_networks.c.name).where(library_networks.c.network_digest == network_digest)
    if writing.connection.execute(known).first() is None:
        row = {"network_digest": network_digest, "name": name, "at": instant_text(writing.at)}
        writing.connection.execute(insert(library_networks), row)


def list_networks(reading: Reading) -> dict[str, str]:
    """The networks of the library: digest to name, by name."""
    rows = select(library_networks.c.network_digest, library_networks.c.name)
    ordered = rows.order_by(library_networks.c.name, library_networks.c.network_digest)
    return {row.network_digest: row.name for row in reading.connection.execute(ordered)}


def add_plan(writing: Writing, plan_digest: str, network_digest: str, *, name: str, made_for: str, who: str) -> int:
    """Take a plan that is kept into the library of its network; its version, counted from 1."""
    highest = select(func.coalesce(func.max(library_plans.c.version), 0))
    of_network = highest.where(library_plans.c.network_digest == network_digest)
    version = int(writing.connection.execute(of_network).scalar_one()) + 1
    row = {"plan_digest": plan_digest, "network_digest": network_digest, "version": version, "name": name}
    row |= {"made_for": made_for, "at": instant_text(writing.at), "who": who}
    writing.connection.execute(insert(library_plans), row)
    return version


def find_plan(reading: Reading, plan_digest: str) -> LibraryPlan | None:
    """The plan of this digest, None where the library has none."""
    row = reading.connection.execute(_plans().where(library_plans.c.plan_digest == plan_digest)).first()
    return None if row is None else _plan_of(row)


def plans_beginning(reading: Reading, digest_begin: str, *, limit: int = 10) -> list[LibraryPlan]:
    """Plans whose digest begins so."""
    page = _plans().where(library_plans.c.plan_digest.startswith(digest_begin, autoescape=True))
    return [_plan_of(row) for row in reading.connection.execute(page.order_by(documents.c.number).limit(limit))]


def plans_of_version(reading: Reading, version: int, network_digest: str | None) -> list[LibraryPlan]:
    """Plans of this version: one of each network, or of one network."""
    page = _plans().where(library_plans.c.version == version)
    if network_digest is not None:
        page = page.where(library_plans.c.network_digest == network_digest)
    return [_plan_of(row) for row in reading.connection.execute(page.order_by(documents.c.number).limit(10))]


def search(reading: Reading, wanted: Wanted, *, after: int = 0, limit: int = 100) -> list[LibraryPlan]:
    """The plans that are wanted, in the order in which they came, with numbers above `after`, at most `limit`.

    Raises `InputError` for a limit out of range and a text that is too long.
    """
    checked_page(after, limit)
    for name, text in (("text", wanted.text), ("label", wanted.label)):
        if text is not None and len(text) > _LONGEST_TEXT:
            raise InputError([Fault(name, "search", f"{len(text)} letters", f"at most {_LONGEST_TEXT}")])
    page = _plans().where(documents.c.number > after, *_conditions(wanted)).order_by(documents.c.number).limit(limit)
    return [_plan_of(row) for row in reading.connection.execute(page)]


def in_states(reading: Reading, network_digest: str, states: Sequence[str]) -> list[LibraryPlan]:
    """All plans of a network in one of these states, in the order in which they came."""
    page = _plans().where(library_plans.c.network_digest == network_digest, plan_events.c.state.in_(states))
    return [_plan_of(row) for row in reading.connection.execute(page.order_by(documents.c.number))]


def add_file(writing: Writing, plan_digest: str, name: str, document_digest: str) -> None:
    """Name a document as a file of a plan; of one name the last holds. The same again is no second row."""
    if files_of(writing, plan_digest).get(name) != document_digest:
        row = {"number": next_number(writing, library_files), "plan_digest": plan_digest, "name": name}
        row |= {"document_digest": document_digest, "at": instant_text(writing.at)}
        writing.connection.execute(insert(library_files), row)


def files_of(reading: Reading, plan_digest: str) -> dict[str, str]:
    """The files of a plan: name to the digest of the document."""
    rows = select(library_files.c.name, library_files.c.document_digest).order_by(library_files.c.number)
    found = reading.connection.execute(rows.where(library_files.c.plan_digest == plan_digest))
    return {row.name: row.document_digest for row in found}


def add_note(writing: Writing, plan_digest: str, kind: str, text: str, who: str) -> None:
    """Keep a comment, or that a label was given or taken away."""
    row = {"number": next_number(writing, plan_notes), "plan_digest": plan_digest, "kind": kind, "text": text}
    writing.connection.execute(insert(plan_notes), row | {"at": instant_text(writing.at), "who": who})


def notes_of(reading: Reading, plan_digest: str) -> list[Note]:
    """All notes on a plan in their order."""
    columns = [plan_notes.c[name] for name in ("number", "kind", "text", "at", "who")]
    rows = select(*columns).where(plan_notes.c.plan_digest == plan_digest).order_by(plan_notes.c.number)
    return [Note(*row) for row in reading.connection.execute(rows)]


def labels_of(reading: Reading, plan_digests: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The labels that each of these plans has now, in alphabetical order."""
    columns = (plan_notes.c.plan_digest, plan_notes.c.kind, plan_notes.c.text)
    rows = select(*columns).where(plan_notes.c.plan_digest.in_(plan_digests), plan_notes.c.kind != COMMENT)
    found: dict[str, set[str]] = {digest: set() for digest in plan_digests}
    for row in reading.connection.execute(rows.order_by(plan_notes.c.number)):
        (found[row.plan_digest].add if row.kind == LABEL else found[row.plan_digest].discard)(row.text)
    return {digest: tuple(sorted(labels)) for digest, labels in found.items()}


def refuse_not_in_library(reading: Reading, plan_digests: Sequence[str]) -> None:
    """Raise `InputError` for every plan that the library does not have."""
    known = select(library_plans.c.plan_digest).where(library_plans.c.plan_digest.in_(plan_digests))
    missing = set(plan_digests) - set(reading.connection.execute(known).scalars())
    if missing:
        found = "none of this digest in the library"
        raise NotThere(Fault("plan", digest, found, "one of it") for digest in sorted(missing))


def _plans() -> Select[Any]:
    last = (
        select(plan_events.c.plan_digest, func.max(plan_events.c.position).label("position"))
        .group_by(plan_events.c.plan_digest)
        .subquery()
    )
    approval = plan_events.alias()
    of_plan = (approval.c.plan_digest == library_plans.c.plan_digest, approval.c.move == "approve")
    stamps = select(approval.c.stamps).where(*of_plan).order_by(approval.c.position.desc()).limit(1)
    return (
        select(
            documents.c.number,
            library_plans.c.plan_digest,
            library_plans.c.network_digest,
            library_networks.c.name.label("network_name"),
            *(library_plans.c[name] for name in ("version", "name", "made_for", "at", "who")),
            plan_events.c.state,
            func.coalesce(stamps.scalar_subquery(), "").label("stamps"),
        )
        .join(documents, documents.c.digest == library_plans.c.plan_digest)
        .join(library_networks, library_networks.c.network_digest == library_plans.c.network_digest)
        .join(last, last.c.plan_digest == library_plans.c.plan_digest)
        .join(
            plan_events,
            and_(plan_events.c.plan_digest == last.c.plan_digest, plan_events.c.position == last.c.position),
        )
    )


def _plan_of(row: Row[Any]) -> LibraryPlan:
    return LibraryPlan(**row._mapping)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.network_digest is not None:
        found.append(library_plans.c.network_digest == wanted.network_digest)
    if wanted.state is not None:
        found.append(plan_events.c.state == wanted.state)
    if wanted.label is not None:
        found.append(_labelled(wanted.label))
    if wanted.text is not None:
        found.append(_says(wanted.text))
    return found


def _labelled(label: str) -> ColumnElement[bool]:
    later = plan_notes.alias()
    of_plan = later.c.plan_digest == library_plans.c.plan_digest
    kinds = select(later.c.kind).where(of_plan, later.c.text == label, later.c.kind != COMMENT)
    return kinds.order_by(later.c.number.desc()).limit(1).scalar_subquery() == LABEL


def _says(text: str) -> ColumnElement[bool]:
    part = text.lower()
    columns = (library_plans.c.name, library_plans.c.made_for, library_plans.c.who, library_networks.c.name)
    noted = exists().where(
        plan_notes.c.plan_digest == library_plans.c.plan_digest,
        func.lower(plan_notes.c.text).contains(part, autoescape=True),
    )
    return or_(
        *(func.lower(column).contains(part, autoescape=True) for column in columns),
        library_plans.c.plan_digest.startswith(part, autoescape=True),
        noted,
    )
