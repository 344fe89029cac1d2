"""Messages and states as bytes: there and back, and nothing else accepted."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.faults import InputError
from signals.delivery import coordinator
from signals.delivery.keeping import coordination_bytes, coordination_of, documents_of
from signals.delivery.messages import Answer, Report
from signals.delivery.roll_out import Coordination
from signals.delivery.signed import digest_of_document
from signals.delivery.wire import answer_bytes, answer_of, report_bytes, report_of
from tests.signals.delivery.documents import activation, confirmation, plan_document
from tests.signals.delivery.streets import MEMBERS, NOON_DS, offer

numbers, digests = st.integers(0, 10**12), st.text("0123456789abcdef", min_size=64, max_size=64)
names = st.text("abü <\"'", min_size=1, max_size=9)
reports = st.builds(
    Report,
    names,
    numbers,
    numbers,
    st.frozensets(digests, max_size=3),
    st.frozensets(st.tuples(numbers, numbers), max_size=3),
    st.none() | numbers,
    numbers,
    st.lists(st.tuples(digests, names), max_size=2).map(tuple),
    st.booleans(),
)
documents = st.sampled_from([plan_document(), activation(), confirmation()])
answers = st.builds(
    Answer,
    numbers,
    st.none() | documents,
    st.lists(documents, max_size=2).map(tuple),
    st.lists(st.tuples(documents, st.none() | documents), max_size=2).map(tuple),
)


@given(reports)
@settings(max_examples=40)
def test_a_report_comes_back(report: Report) -> None:
    assert report_of(report_bytes(report)) == report


@given(answers)
@settings(max_examples=40)
def test_an_answer_comes_back(answer: Answer) -> None:
    assert answer_of(answer_bytes(answer)) == answer


VALUES = [
    None,
    True,
    -1,
    1.5,
    10**13,
    "x",
    "\ud800",
    [],
    [1],
    ["x"],
    {},
    {"a": 1},
    [{}],
    [{"sequence": "x", "round": 1}],
]


@given(st.sampled_from([report_bytes(Report("north", 1, 1)), answer_bytes(Answer(1))]), st.data())
def test_a_field_of_another_kind_is_refused_or_read_but_nothing_else_happens(
    content: bytes, data: st.DataObject
) -> None:
    raw: dict[str, Any] = json.loads(content)
    raw[data.draw(st.sampled_from([*raw, "other"]))] = data.draw(st.sampled_from(VALUES))
    for reader in (report_of, answer_of):
        with contextlib.suppress(InputError):
            reader(json.dumps(raw).encode())


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b"[" * 10**5, b" " * 10**5, b'{"kind":"report","version":true}']
)
def test_what_is_no_message_is_refused(content: bytes) -> None:
    for reader in (report_of, answer_of, lambda text: coordination_of(text, {}.__getitem__)):
        with pytest.raises(InputError):
            reader(content)


def test_a_report_with_too_much_in_it_is_refused() -> None:
    many = Report("north", 1, 1, orders=frozenset((number, 0) for number in range(300)))
    with pytest.raises(InputError, match="at most 256"):
        report_of(report_bytes(many))


def test_a_state_without_anything_in_it_comes_back() -> None:
    state = Coordination("corridor", ("north",), ring=(3, plan_document()))
    kept = {digest_of_document(document): document for _, _, document in documents_of(state)}
    assert coordination_of(coordination_bytes(state), kept.__getitem__) == state
    with pytest.raises(InputError, match="state of a roll-out"):
        coordination_of(coordination_bytes(state), {}.__getitem__)


def test_a_state_of_a_service_that_knew_no_instants_is_read_as_it_was_meant() -> None:
    state, _ = coordinator.offer(Coordination("corridor", tuple(MEMBERS)), NOON_DS, offer("1" * 64))
    kept = {digest_of_document(document): document for _, _, document in documents_of(state)}
    older = json.loads(coordination_bytes(state))
    del older["pending"]["not_before_ds"]
    assert coordination_of(json.dumps(older).encode(), kept.__getitem__) == state
