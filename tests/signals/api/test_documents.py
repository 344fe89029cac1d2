"""Pages by name: together they are everything, each once, whatever comes and goes between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.api.documents import page_by_name
from signals.client import Client
from signals.release import Role
from signals.store import documents, library
from signals.store.kinds import Kind
from tests.signals.api.conftest import Answering, api

__all__ = ["api"]

on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@given(st.sets(st.text(min_size=1)), st.integers(1, 5))
def test_all_pages_together_are_all_names_in_order(names: set[str], limit: int) -> None:
    found: list[str] = []
    onward: str | None = ""
    while onward is not None:
        page, onward = page_by_name(names, str, onward, limit)
        assert len(page) <= limit
        found += page
    assert found == sorted(names)


@on_a_file
def test_keys_come_in_pages_and_the_client_reads_them_all(api: Answering) -> None:
    ids: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.ask(Role.ADMINISTRATOR, "GET", f"/keys?limit=2&after={after}").json()
        assert len(page["items"]) <= 2
        ids += [kept["id"] for kept in page["items"]]
        after = page["next"]
    with Client(api.url, api.keys[Role.ADMINISTRATOR]) as client:
        known = client.keys()
    assert ids == sorted(kept["id"] for kept in known)
    assert len(ids) == len(Role)
    assert [kept["at"] for kept in known] == sorted(kept["at"] for kept in known)
    refused = api.ask(Role.ADMINISTRATOR, "GET", "/keys?limit=1001")
    assert (refused.status_code, "limit" in refused.text) == (422, True)


@on_a_file
@pytest.mark.parametrize(("path", "name"), [("/networks", "network_digest"), ("/schedules", "digest")])
def test_networks_and_their_schedules_come_in_pages_also_where_two_have_one_name(
    api: Answering, path: str, name: str
) -> None:
    with api.database.writing() as writing:
        digests = [documents.put(writing, Kind.NETWORK, content) for content in (b"north", b"south", b"centre")]
        for digest, called in zip(digests, ("Main St", "Main St", "Avenue"), strict=True):
            library.name_network(writing, digest, called)
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.ask(Role.VIEWER, "GET", f"{path}?limit=2&after={after}").json()
        assert len(page["items"]) <= 2
        found += [row[name] for row in page["items"]]
        after = page["next"]
    assert found == sorted(digests)
    with Client(api.url, api.keys[Role.VIEWER]) as client:
        known = client.networks() if path == "/networks" else client.schedules()
        (one,) = client.schedules(digests[0])
    assert [row[name] for row in known] == [digests[2], *sorted(digests[:2])]
    assert one["digest"] == digests[0]
