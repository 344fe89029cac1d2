"""A release comes about only where everything is proved, and every reason against it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from networks.faults import InputError
from signals.release import NotReleasable, Release, approve, release_from_json
from signals.release.approval import same_person
from tests.signals.release.proofs import UNSAFE, plan, report_on

AT = "2026-03-02T06:30:00.000000Z"


def _approve(**given: Any) -> Release:
    known: dict[str, Any] = {"by": "J. Doe", "proposed_by": "R. Roe", "at": AT}
    report = given.pop("report", report_on(plan().digest()))
    violations = given.pop("violations", ())
    known |= given
    return approve(plan(), violations, report, known.pop("by"), **known)


def test_a_release_names_plan_proof_and_people() -> None:
    release = _approve(why="queues on Main St")
    assert release.plan_digest == plan().digest()
    assert release.report_digest == report_on(plan().digest()).digest()
    assert (release.proposed_by, release.approved_by, release.stamps) == ("R. Roe", "J. Doe", ())
    assert release_from_json(release.canonical_bytes()) == release


def test_every_reason_is_told_at_once() -> None:
    with pytest.raises(NotReleasable) as refused:
        _approve(by="r.  ROE", violations=(UNSAFE,), report=report_on("9" * 64, "worse"), emergency=True, why="now")
    told = "\n".join(refused.value.reasons)
    for part in ("green together", "on plan 9999", "verdict worse", "two persons", "an emergency needs"):
        assert part in told


def test_a_report_that_was_stopped_lets_nothing_out() -> None:
    with pytest.raises(NotReleasable, match="stopped before"):
        _approve(report=report_on(plan().digest(), "stopped"), or_not_worse=True)


def test_what_is_out_of_the_ordinary_is_stamped() -> None:
    assert _approve(by="R. Roe", single_engineer=True).stamps == ("one person",)
    assert _approve(single_engineer=True).stamps == ()
    assert _approve(emergency=True, why="the bridge is closed").stamps == ("emergency",)


@pytest.mark.parametrize(("one", "other"), [("R. Roe", " r.  roe "), ("Åsa", "A\u030asa"), ("Weiß", "WEISS")])
def test_a_person_is_known_however_the_name_is_written(one: str, other: str) -> None:
    assert same_person(one, other)
    assert not same_person(one, "somebody else")


@pytest.mark.parametrize("change", [{"approved_by": 1}, {"stamps": "one"}, {"more": 1}, {"version": 2}, {"why": None}])
def test_other_bytes_are_no_release(change: dict[str, Any]) -> None:
    raw = json.loads(_approve().canonical_bytes()) | change
    content = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    for wrong in (content, b"{", b"[]", json.dumps(raw).encode()):
        with pytest.raises(InputError, match="canonical bytes"):
            release_from_json(wrong)
