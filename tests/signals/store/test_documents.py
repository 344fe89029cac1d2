"""Documents on every kind of database: in once, out byte for byte, never changed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from networks.faults import InputError
from signals.store import audit, documents
from signals.store.database import Database
from signals.store.kinds import Kind
from signals.store.place import Place
from signals.store.tables import metadata, of_kind
from tests.databases import DAWN, behind_the_back
from tests.signals.store.street_documents import put_all

NOWHERE = "0" * 64


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.binary(max_size=200))
def test_what_is_put_in_comes_out_byte_for_byte(database: Database, content: bytes) -> None:
    with database.writing() as writing:
        digest = documents.put(writing, Kind.RULES, content)
    assert digest == hashlib.sha256(content).hexdigest()
    with database.reading() as reading:
        assert documents.get(reading, digest) == content


def test_a_large_document_comes_out_byte_for_byte(database: Database) -> None:
    content = bytes(range(256)) * 2**14
    with database.writing() as writing:
        digest = documents.put(writing, Kind.NETWORK, content)
    with database.reading() as reading:
        assert documents.get(reading, digest) == content
        assert documents.get_listed(reading, digest).size_bytes == 2**22


def test_every_kind_is_kept_with_what_it_is_made_from(database: Database) -> None:
    with database.writing() as writing:
        kept = put_all(writing)
    with database.reading() as reading:
        listed = documents.list_documents(reading)
        assert [entry.digest for entry in listed] == list(kept.values())
        assert {entry.kind for entry in listed} == set(Kind)
        assert {entry.kept_at for entry in listed} == {DAWN}
        assert documents.inputs_of(reading, kept["plan"]) == {
            "network": kept["network"], "rules": kept["rules"], "demand": kept["demand"],
        }  # fmt: skip
        assert documents.inputs_of(reading, kept["incumbent"]) == {"network": kept["network"]}
        assert documents.inputs_of(reading, kept["schedule"]) == {"day": kept["plan"], "night": kept["incumbent"]}
        assert documents.inputs_of(reading, kept["flows"]) == {}


def test_the_same_document_twice_is_one_row(database: Database) -> None:
    with database.writing() as writing:
        first = put_all(writing)
    with database.writing() as writing:
        assert put_all(writing) == first
    with database.reading() as reading:
        assert len(documents.list_documents(reading)) == len(first)


def test_the_same_bytes_as_another_kind_or_with_other_inputs_are_refused(database: Database) -> None:
    with database.writing() as writing:
        kept = put_all(writing)
    with database.writing() as writing, pytest.raises(InputError, match="kind: found rules, needed flows"):
        documents.put(writing, Kind.RULES, b"flows \x00\xff")
    with database.writing() as writing, pytest.raises(InputError, match="inputs: found network "):
        documents.put(writing, Kind.PLAN, b"plan \x00\xff", inputs={"network": kept["network"]})


def test_a_digest_that_is_not_that_of_the_content_is_refused(database: Database) -> None:
    right = hashlib.sha256(b"plan").hexdigest()
    with pytest.raises(InputError, match=f"digest: found {right}"), database.writing() as writing:
        documents.put(writing, Kind.RULES, b"plan", digest=NOWHERE)
    with database.writing() as writing:
        assert documents.list_documents(writing) == []
        assert documents.put(writing, Kind.RULES, b"plan", digest=right) == right


def test_what_is_too_large_is_refused(database: Database) -> None:
    with pytest.raises(InputError, match="at most 67108864 bytes"), database.writing() as writing:
        documents.put(writing, Kind.NETWORK, bytes(documents.LARGEST_BYTES + 1))


def test_all_faults_of_the_inputs_are_told_at_once(database: Database) -> None:
    with database.writing() as writing:
        kept = put_all(writing)
        inputs = {"rules": kept["flows"], "demand": NOWHERE, "weather": kept["flows"]}
        with pytest.raises(InputError) as refused:
            documents.put(writing, Kind.PLAN, b"another plan", inputs=inputs)
    assert [(fault.what, fault.needed) for fault in refused.value.faults] == [
        ("input network", "a network"),
        ("input demand", "a demand that is kept"),
        ("input rules", "a rules that is kept"),
        ("input weather", "network, rules, demand"),
    ]


def test_a_schedule_without_a_plan_is_refused(database: Database) -> None:
    with database.writing() as writing, pytest.raises(InputError, match="needed a plan"):
        documents.put(writing, Kind.SCHEDULE, b"never")


def test_a_plan_is_not_released_on_the_report_of_another(database: Database, place: Place) -> None:
    """Refused by the store, and by the database where somebody goes past it."""
    with database.writing() as writing:
        kept = put_all(writing)
        inputs = {"plan": kept["plan"], "report": kept["report on the incumbent"]}
        with pytest.raises(InputError, match="needed one on the plan that is released"):
            documents.put(writing, Kind.RELEASE, b"bold", inputs=inputs)
        other = documents.put(writing, Kind.RULES, b"bold")
    row = {"digest": other, "plan_digest": inputs["plan"], "report_digest": inputs["report"]}
    with pytest.raises(IntegrityError), database.writing() as writing:
        writing.connection.execute(insert(of_kind[Kind.RELEASE]), row)


def test_documents_are_listed_page_by_page(database: Database) -> None:
    for content in (b"a", b"b", b"c", b"d", b"e"):
        with database.writing() as writing:
            documents.put(writing, Kind.RULES, content)
    with database.writing() as writing:
        documents.put(writing, Kind.FLOWS, b"f")
    with database.reading() as reading:
        pages, after = [], 0
        while page := documents.list_documents(reading, Kind.RULES, after=after, limit=2):
            pages.append([entry.number for entry in page])
            after = page[-1].number
        assert pages == [[1, 2], [3, 4], [5]]
        assert [entry.kind for entry in documents.list_documents(reading, after=4)] == [Kind.RULES, Kind.FLOWS]
        assert documents.list_documents(reading, after=4)[-1].kept_at == DAWN + timedelta(seconds=5)


def test_a_page_out_of_range_is_refused(database: Database) -> None:
    with database.reading() as reading:
        for after, limit in ((0, 0), (0, 1001), (-1, 10)):
            with pytest.raises(InputError, match="1 to 1000 after 0"):
                documents.list_documents(reading, after=after, limit=limit)


def test_what_is_not_kept_is_told(database: Database) -> None:
    with database.reading() as reading:
        for ask in (documents.get, documents.get_listed, documents.inputs_of):
            with pytest.raises(InputError, match="none of this digest"):
                ask(reading, NOWHERE)


def test_a_transaction_that_fails_keeps_nothing(database: Database) -> None:
    def put_and_fail() -> None:
        with database.writing() as writing:
            put_all(writing)
            raise KeyError("a fault of the caller")

    with pytest.raises(KeyError):
        put_and_fail()
    with database.reading() as reading:
        assert documents.list_documents(reading) == []


@pytest.mark.parametrize("change", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_the_database_itself_refuses_to_change_a_row(database: Database, place: Place, change: str) -> None:
    with database.writing() as writing:
        put_all(writing)
        audit.append(writing, who="me", what="put", why="test")
    for name, table in metadata.tables.items():
        statement = text(change.format(name, table.columns[0].name))
        with (
            pytest.raises(IntegrityError, match=f"append-only: .* of {name} "),
            behind_the_back(place, guarded=True) as it,
        ):
            it.execute(statement)


def test_the_database_itself_refuses_to_replace_or_empty(database: Database, place: Place) -> None:
    with database.writing() as writing:
        put_all(writing)
    if place.file:
        same = "SELECT number + 100, digest, kind, size_bytes, kept_at, content FROM documents"
        statements = [
            f"INSERT OR REPLACE INTO documents {same} WHERE number = 2",
            "REPLACE INTO flows SELECT * FROM flows",
        ]
        statements.append("REPLACE INTO schedule_plans SELECT * FROM schedule_plans")
    else:
        again = "INSERT INTO rules SELECT * FROM rules ON CONFLICT (digest) DO UPDATE SET digest = EXCLUDED.digest"
        statements = ["TRUNCATE documents CASCADE", again]
    for statement in statements:
        with pytest.raises(IntegrityError, match="append-only"), behind_the_back(place, guarded=True) as connection:
            connection.execute(text(statement))


def test_a_document_altered_behind_our_back_is_not_given_out(database: Database, place: Place) -> None:
    with database.writing() as writing:
        kept = put_all(writing)
    with behind_the_back(place) as connection:
        flipped = {"content": b"flaws \x00\xff", "digest": kept["flows"]}
        connection.execute(text("UPDATE documents SET content = :content WHERE digest = :digest"), flipped)
    with database.reading() as reading:
        with pytest.raises(InputError, match="needed what was put in"):
            documents.get(reading, kept["flows"])
        assert [fault.where for fault in documents.damaged(reading)] == [f"document {kept['flows']}"]
