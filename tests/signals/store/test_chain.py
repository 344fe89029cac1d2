"""The chain: no change of a log goes unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.faults import InputError
from signals.store.chain import BEFORE_THE_FIRST, Entry, Head, head_of, verify_chain
from signals.store.steps import canonical_bytes

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
digests = st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex)
contents = st.tuples(texts, texts, texts, digests, digests)
logs = st.lists(contents, min_size=2, max_size=8)


def chained(log: list[tuple[str, str, str, str | None, str | None]]) -> list[Entry]:
    """The log as entries, a second apart."""
    entries: list[Entry] = []
    for number, content in enumerate(log, start=1):
        previous = entries[-1].hash if entries else BEFORE_THE_FIRST
        entry = Entry(number, f"2026-03-02T06:30:{number:02}.000000Z", *content, previous)
        entries.append(replace(entry, hash=entry.hash_needed()))
    return entries


@given(logs)
def test_an_honest_log_has_no_fault_and_ends_at_its_head(log: list) -> None:
    entries = chained(log)
    head = Head(len(log), entries[-1].hash)
    assert verify_chain(entries, head).faults == ()
    assert verify_chain(entries).head == head
    assert head_of(str(head)) == head


@given(logs, st.data())
def test_an_altered_text_is_found_where_it_stands(log: list, data: st.DataObject) -> None:
    entries = chained(log)
    at = data.draw(st.integers(0, len(log) - 1))
    field = data.draw(st.sampled_from(["at", "who", "what", "why", "before_digest", "after_digest"]))
    entries[at] = replace(entries[at], **{field: (getattr(entries[at], field) or "") + "x"})
    assert [fault.where for fault in verify_chain(entries).faults] == [f"audit entry {at + 1}"]


@given(logs, st.data())
def test_who_computes_the_hash_of_an_altered_entry_anew_is_found_at_the_next(log: list, data: st.DataObject) -> None:
    entries = chained(log)
    at = data.draw(st.integers(0, len(log) - 2))
    altered = replace(entries[at], why=entries[at].why + "x")
    entries[at] = replace(altered, hash=altered.hash_needed())
    assert [fault.where for fault in verify_chain(entries).faults] == [f"audit entry {at + 2}"]


@given(logs, st.data())
def test_who_computes_everything_anew_is_found_by_a_recorded_head(log: list, data: st.DataObject) -> None:
    recorded = Head(len(log), chained(log)[-1].hash)
    at = data.draw(st.integers(0, len(log) - 1))
    forged = chained([*log[:at], (log[at][0] + "x", *log[at][1:]), *log[at + 1 :]])
    assert verify_chain(forged).faults == ()
    assert [fault.what for fault in verify_chain(forged, recorded).faults] == ["recorded head"]


@given(logs, st.data())
def test_a_missing_entry_is_found(log: list, data: st.DataObject) -> None:
    entries = chained(log)
    at = data.draw(st.integers(0, len(log) - 2))
    del entries[at]
    faults = verify_chain(entries).faults
    assert [(fault.where, fault.found) for fault in faults] == [(f"audit entry {at + 2}", f"no entry {at + 1}")]


@given(logs)
def test_a_cut_end_is_found_by_a_recorded_head(log: list) -> None:
    entries = chained(log)
    recorded = Head(len(log), entries.pop().hash)
    assert verify_chain(entries).faults == ()
    assert [fault.what for fault in verify_chain(entries, recorded).faults] == ["end of the log"]


@given(logs, st.data())
def test_swapped_entries_are_found(log: list, data: st.DataObject) -> None:
    entries = chained(log)
    one, other = data.draw(st.lists(st.integers(0, len(log) - 1), min_size=2, max_size=2, unique=True))
    first, second = entries[one], entries[other]
    entries[one], entries[other] = replace(second, number=first.number), replace(first, number=second.number)
    assert {f"audit entry {one + 1}", f"audit entry {other + 1}"} <= {f.where for f in verify_chain(entries).faults}


@given(logs, contents, st.data())
def test_an_inserted_entry_is_found(log: list, more: tuple, data: st.DataObject) -> None:
    entries = chained(log)
    at = data.draw(st.integers(1, len(log) - 1))
    inserted = Entry(at + 1, "2026-03-02T06:30:00.000000Z", *more, entries[at - 1].hash)
    inserted = replace(inserted, hash=inserted.hash_needed())
    moved = [replace(entry, number=entry.number + 1) for entry in entries[at:]]
    assert verify_chain([*entries[:at], inserted, *moved]).faults


def test_an_entry_that_holds_no_texts_is_a_fault_and_no_crash() -> None:
    (entry,) = chained([("me", "a", "b", None, None)])
    for strange in (b"bytes", float("nan"), "\ud800"):
        assert verify_chain([replace(entry, who=strange)]).faults  # type: ignore[arg-type]


def test_an_older_head_holds_while_the_log_grows() -> None:
    entries = chained([("me", "a", "b", None, None)] * 3)
    assert verify_chain(entries, Head(2, entries[1].hash)).faults == ()
    assert verify_chain([], Head()).faults == ()
    assert verify_chain(entries, Head(0, "f" * 64)).faults


@pytest.mark.parametrize("text", ["", "3", "3:abc", f"-1:{'0' * 64}", f"x:{'0' * 64}", f"1:{'0' * 65}"])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="NUMBER:HASH"):
        head_of(text)


@given(contents, contents)
def test_other_content_has_another_hash(one: tuple, other: tuple) -> None:
    """No two entries share their canonical bytes, however their texts are cut."""
    same = chained([one])[0].hash == chained([other])[0].hash
    assert same == (one == other)
    assert canonical_bytes(list(one)) == canonical_bytes(list(one))
