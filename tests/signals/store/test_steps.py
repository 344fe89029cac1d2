"""Results are kept whole, found by their inputs, and never invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.store.steps import Steps, digest_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=4))
def test_the_digest_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    assert digest_of(value) == digest_of(dict(reversed(value.items())))


def test_a_step_is_computed_once_per_input(tmp_path: Path) -> None:
    calls = []
    steps = Steps(tmp_path)
    for _ in range(2):
        assert steps.once("flows", {"a": 1}, lambda: calls.append(1) or {"n": len(calls)}) == {"n": 1}
    assert steps.once("flows", {"a": 2}, lambda: calls.append(1) or {"n": len(calls)}) == {"n": 2}


def test_a_damaged_file_counts_as_absent(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    steps.keep("run", "d1", [1, 2])
    path = tmp_path / "run" / "d1.json"
    path.write_bytes(path.read_bytes()[:-4])
    assert steps.find("run", "d1") is None


def test_a_file_under_another_name_is_not_taken(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    steps.keep("run", "d1", 1)
    (tmp_path / "run" / "d1.json").rename(tmp_path / "run" / "d2.json")
    assert steps.find("run", "d2") is None


def test_a_number_that_is_not_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Steps(tmp_path).keep("run", "d1", float("nan"))
    assert list(tmp_path.rglob("*.json")) == []
