"""Plans in the library: counted per network, found by what is known of them, page by page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.faults import InputError
from signals.store import documents, library
from signals.store.database import Database, Writing
from signals.store.events import MovedMeanwhile, PlanEvent, append_event, events_of
from signals.store.kinds import Kind
from signals.store.library import COMMENT, LABEL, UNLABEL, Wanted

DRAFT = PlanEvent("put", "draft", "2026-03-02T06:30:00.000000Z", "R. Roe", "engineer", "stated", "", None, None, "")


def put_plan(writing: Writing, network: str, name: str) -> str:
    """A plan of the library as a draft; its digest."""
    street = documents.put(writing, Kind.NETWORK, network.encode())
    library.name_network(writing, street, network)
    digest = documents.put(writing, Kind.PLAN, f"{network} {name}".encode(), inputs={"network": street})
    library.add_plan(writing, digest, street, name=name, made_for="16:00 to 17:00", who="R. Roe (stated)")
    append_event(writing, digest, 0, DRAFT)
    return digest


def test_versions_are_counted_per_network(database: Database) -> None:
    with database.writing() as writing:
        for network, name in (("Main St", "a"), ("Main St", "b"), ("Ring", "c")):
            put_plan(writing, network, name)
    with database.reading() as reading:
        found = [(plan.network_name, plan.version, plan.state) for plan in library.search(reading, Wanted())]
    assert found == [("Main St", 1, "draft"), ("Main St", 2, "draft"), ("Ring", 1, "draft")]


def test_a_search_holds_all_that_is_asked(database: Database) -> None:
    with database.writing() as writing:
        first = put_plan(writing, "Main St", "Morning 100 %")
        second = put_plan(writing, "Ring", "Evening")
        library.add_note(writing, first, COMMENT, "Schools open at EIGHT", "J. Doe")
        for digest, kind in ((first, LABEL), (second, LABEL), (first, UNLABEL)):
            library.add_note(writing, digest, kind, "holidays", "J. Doe")
        append_event(writing, second, 1, replace(DRAFT, move="approve", state="approved", stamps="one person"))
    with database.reading() as reading:

        def found(**asked: str) -> list[str]:
            return [plan.name.split()[0] for plan in library.search(reading, Wanted(**asked))]

        assert found() == ["Morning", "Evening"]
        assert found(text="0 %") == found(text="open at eight") == found(text="main st") == ["Morning"]
        assert found(text=first[:10]) == ["Morning"]
        assert found(text="_") == found(text="J. Doe") == found(label="holiday") == []
        assert found(label="holidays") == found(state="approved") == ["Evening"]
        assert found(state="draft", text="evening") == []
        assert library.labels_of(reading, [first, second]) == {first: (), second: ("holidays",)}
        (page,) = library.search(reading, Wanted(), limit=1)
        assert [plan.stamps for plan in library.search(reading, Wanted(), after=page.number)] == ["one person"]
        with pytest.raises(InputError, match="at most 200"):
            found(text="x" * 201)


def test_who_looked_at_an_older_state_does_not_move(database: Database) -> None:
    with database.writing() as writing:
        digest = put_plan(writing, "Main St", "a")
    with database.writing() as writing, pytest.raises(MovedMeanwhile, match=r"found draft since .*, by R\. Roe"):
        append_event(writing, digest, 0, DRAFT)
    with database.reading() as reading:
        assert events_of(reading, digest) == [DRAFT]


def test_the_last_file_of_a_name_holds(database: Database) -> None:
    with database.writing() as writing:
        digest = put_plan(writing, "Main St", "a")
        old, new = (documents.put(writing, Kind.RULES, content) for content in (b"old", b"new"))
        for content in (old, new, new):
            library.add_file(writing, digest, "rules", content)
        assert library.files_of(writing, digest) == {"rules": new}
