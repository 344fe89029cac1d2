"""Under `field` only detectors that are there call and end greens: stages and ring phases."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from signals.plan import IntersectionPlan, TimingPlan
from signals.safety import Violation
from tests.signals.judged_streets import judged_street
from tests.signals.ring_mutations import fitted, safe_start
from tests.signals.ring_plans import Fields, phase

Change = Callable[[Fields], None]


def _found(mode: str, *changes: Change) -> tuple[Violation, ...]:
    """Violations of rings on loops under `field`, changed."""
    street, fields = judged_street("lefts field"), json.loads(safe_start("lefts field")) | {"control_mode": mode}
    for change in changes:
        change(fields)
    fitted(fields)
    timing = IntersectionPlan.model_validate_json(json.dumps(fields))
    return street.checker.check(TimingPlan(network_digest=street.network.digest, intersections=(timing,)))


def _without(*targets: int) -> Change:
    gone = {*map(str, targets)}

    def change(fields: Fields) -> None:
        fields["detectors"] = [use for use in fields["detectors"] if use["target"] not in gone]

    return change


def _of(number: int, **values: object) -> Change:
    def change(fields: Fields) -> None:
        for use in fields["detectors"]:
            if use["target"] == str(number):
                use.update(values)

    return change


def _phase(number: int, **values: object) -> Change:
    return lambda fields: phase(fields, number).update(values)


COORDINATED, FREE, FIXED = "coordinated actuated", "actuated", "fixed"
# mode, changes, and what is found at which ring phase or detector
CASES: dict[str, tuple[str, tuple[Change, ...], dict[str, str]]] = {
    "every ring phase on its loops": (COORDINATED, (), {}),
    "likewise free": (FREE, (), {}),
    "none": (COORDINATED, (_without(4),), {"ring phase 4": "no detector on its lanes calls or extends it"}),
    "none, on the clock": (COORDINATED, (_without(2, 6),), {}),
    "none, nothing on the clock": (FREE, (_without(2),), {"ring phase 2": "calls or extends"}),
    "none, in fixed control": (FIXED, (_without(4),), {}),
    "none, maximum recall": (COORDINATED, (_without(4), _phase(4, recall="maximum")), {}),
    "none, minimum recall": (FREE, (_without(4), _phase(4, recall="minimum")), {}),
    "none, soft recall": (FREE, (_without(4), _phase(4, recall="soft")), {"ring phase 4": "recall 'soft'"}),
    "none, never served": (FREE, (_without(3), _phase(3, omitted=True, split_ds=0)), {}),
    "calls alone": (FREE, (_of(4, extends=False),), {"ring phase 4": "no detector on its lanes extends it"}),
    "extends alone": (FREE, (_of(4, calls=False),), {"ring phase 4": "no detector on its lanes calls it"}),
    "of another leg": (FREE, (_of(3, target="1"),), {"ring phase 3": "calls or extends"}),
    "unknown": (
        FREE,
        (_of(3, detector_id="loop:9"),),
        {"detector 'loop:9'": "not in the net", "ring phase 3": "calls"},
    ),
}


@pytest.mark.parametrize(("mode", "changes", "needed"), CASES.values(), ids=CASES)
def test_ring_phases_need_a_detector_or_a_recall(
    mode: str, changes: tuple[Change, ...], needed: dict[str, str]
) -> None:
    found = [violation for violation in _found(mode, *changes) if violation.rule == "detectors"]
    assert [violation.where.rpartition(", ")[2] for violation in found] == sorted(needed)
    for violation in found:
        assert needed[violation.where.rpartition(", ")[2]] in violation.found
