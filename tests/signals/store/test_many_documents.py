"""Documents put in together are kept as if one by one, and what is wrong with one of them is told as alone."""

from __future__ import annotations

import hashlib

import pytest

from networks.faults import InputError
from signals.store import documents
from signals.store.database import Database
from signals.store.kinds import Kind
from signals.store.many_documents import kinds_of, put_all
from tests.signals.store import street_documents

NOWHERE = "0" * 64


def test_they_are_kept_in_their_order_with_what_they_are_made_from(database: Database) -> None:
    with database.writing() as writing:
        kept = street_documents.put_all(writing)
        activation = {"activation": kept["activation"]}
        given = [(b"receipt %d" % number, activation if number % 2 else {}) for number in range(700)]
        before = documents.list_documents(writing, limit=1000)[-1].number
        # twice the same, and one that was kept before
        digests = put_all(writing, Kind.RECEIPT, [*given, given[3], (b"receipt \x00\xff", activation)])
    assert digests[:700] == [hashlib.sha256(content).hexdigest() for content, _ in given]
    assert digests[700:] == [digests[3], kept["receipt"]]
    with database.reading() as reading:
        listed = documents.list_documents(reading, after=before, limit=1000)
        assert [one.digest for one in listed] == digests[:700]
        assert [one.number for one in listed] == [*range(before + 1, before + 701)]
        assert documents.get(reading, digests[699]) == b"receipt 699"
        assert [documents.inputs_of(reading, one) for one in digests[:2]] == [{}, activation]
        assert kinds_of(reading, [digests[0], kept["plan"], NOWHERE]) == {
            digests[0]: Kind.RECEIPT, kept["plan"]: Kind.PLAN,
        }  # fmt: skip
        assert [*documents.damaged(reading)] == []


@pytest.mark.parametrize(
    ("kind", "name", "inputs", "told"),
    [
        (Kind.RECEIPT, "new", {"activation": "plan"}, "needed a activation that is kept"),
        (Kind.RECEIPT, "new", {"activation": NOWHERE}, "not kept"),
        (Kind.RECEIPT, "new", {"plan": "plan"}, "an unknown role"),
        (Kind.CONFIRMATION, "new", {}, "input activation"),
        (Kind.RECEIPT, "receipt", {}, "with which it is kept"),
        (Kind.RECEIPT, "plan", {}, "plan, as which it is kept"),
    ],
)
def test_what_is_wrong_with_one_is_told_and_none_is_kept(
    database: Database, kind: Kind, name: str, inputs: dict[str, str], told: str
) -> None:
    with database.writing() as writing:
        kept = street_documents.put_all(writing)
    good = b"good", {"activation": kept["activation"]}
    bad = f"{name} \x00\xff".encode("latin-1"), {role: kept.get(of, of) for role, of in inputs.items()}
    with pytest.raises(InputError, match=told), database.writing() as writing:
        put_all(writing, kind, [good, bad])
    with database.reading() as reading:
        assert kinds_of(reading, [hashlib.sha256(b"good").hexdigest()]) == {}
