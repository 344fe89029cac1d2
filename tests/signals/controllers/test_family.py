"""Families as data: what may stand in a file, and how a time is judged."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from signals.controllers import Family, families, family
from signals.controllers.family import Range

SECONDS = Range(step_ds=10, least_ds=300, most_ds=2550)


def test_the_families_there_are() -> None:
    assert families() == ("gbt-20999", "nema-ts2", "stage-actuated", "stage-fixed", "sumo-any", "type-170")
    assert family("nema-ts2").cycle == SECONDS
    with pytest.raises(KeyError, match=r"'nema'.*nema-ts2"):
        family("nema")


@pytest.mark.parametrize(
    ("value_ds", "found"), [(300, ""), (2550, ""), (290, "29 s"), (2560, "256 s"), (305, "30.5 s")]
)
def test_a_time_is_in_range_and_in_steps(value_ds: int, found: str) -> None:
    faults = [*SECONDS.faults("cycle", "C", value_ds)]
    assert [fault.found for fault in faults] == ([found] if found else [])
    assert [fault.needed for fault in faults] == (["30 to 255 s in whole seconds"] if found else [])


def test_a_range_in_words() -> None:
    assert str(Range(step_ds=1, least_ds=30, most_ds=255)) == "3 to 25.5 s in steps of 0.1 s"
    assert str(Range(step_ds=1, least_ds=0, most_ds=0)) == "none"
    assert [*SECONDS.faults("passage", "C", None)] == []


@pytest.mark.parametrize(
    "values",
    [
        {"stages": None},  # neither body
        {"modes": ()},
        {"offset_references": ()},
        {"speed": 3},
        {"cycle": {"step_ds": 10, "least_ds": 305, "most_ds": 2550}},
        {"cycle": {"step_ds": 10, "least_ds": 2550, "most_ds": 300}},
    ],
)
def test_a_family_that_says_nothing_sensible_is_refused(values: dict[str, object]) -> None:
    whole = family("stage-fixed").model_dump() | values
    with pytest.raises(ValidationError):
        Family.model_validate(whole)
