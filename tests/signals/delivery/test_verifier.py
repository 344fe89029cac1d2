"""The door to a controller: each reason to refuse, all of them told, and what it needs to be imported."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from signals.delivery.refusal import Refused
from signals.delivery.verifier import Verifier
from tests.signals.delivery.documents import activation, confirmation, plan_document
from tests.signals.delivery.streets import DAY_DS, KEY, NOON_DS, OTHER_KEY, RING

VERIFIER = Verifier("north", RING)


def _refused(call: Any, *about: Any, **options: Any) -> frozenset[str]:
    with pytest.raises(Refused) as caught:
        call(*about, **options)
    return caught.value.reasons


def test_a_plan_is_for_one_controller_and_not_past_its_validity() -> None:
    assert VERIFIER.plan(plan_document(), NOON_DS + DAY_DS - 1).content["name"] == "größer"
    assert _refused(VERIFIER.plan, plan_document(), NOON_DS + DAY_DS) == {"validity"}
    assert _refused(VERIFIER.plan, plan_document(controller_id="south"), NOON_DS) == {"controller"}
    assert _refused(VERIFIER.plan, plan_document(controller_id="south"), NOON_DS + DAY_DS) == {"controller", "validity"}
    assert _refused(VERIFIER.plan, plan_document(OTHER_KEY), NOON_DS) == {"key"}
    assert _refused(VERIFIER.plan, activation(), NOON_DS) == {"kind"}


def test_an_activation_is_newer_than_all_before_and_for_a_group_of_the_controller() -> None:
    assert VERIFIER.order(activation(), None, NOON_DS, 6).sequence == 7
    for newest in (7, 8, 10**9):
        assert _refused(VERIFIER.order, activation(), None, NOON_DS, newest) == {"sequence"}
    stranger = Verifier("elsewhere", RING)
    assert _refused(stranger.order, activation(), None, NOON_DS, 7) == {"controller", "sequence"}


def test_an_activation_past_its_confirm_by_counts_only_with_a_confirmation_that_says_longer() -> None:
    late_ds = NOON_DS + 6_600
    assert _refused(VERIFIER.order, activation(), None, late_ds, 0) == {"validity"}
    assert VERIFIER.order(activation(), confirmation(), late_ds, 0).confirm_by_ds == NOON_DS + 9_600
    assert _refused(VERIFIER.order, activation(), confirmation(), NOON_DS + 9_600, 0) == {"validity"}


def test_a_confirmation_is_of_this_activation_and_of_a_later_round() -> None:
    order = VERIFIER.order(activation(), None, NOON_DS, 0)
    first = VERIFIER.confirmed(order, confirmation(), NOON_DS)
    assert (first.round, first.confirm_by_ds, first.documents) == (1, NOON_DS + 9_600, (activation(), confirmation()))
    assert _refused(VERIFIER.confirmed, first, confirmation(), NOON_DS) == {"sequence", "validity"}
    assert _refused(VERIFIER.confirmed, first, confirmation(round=2, confirm_by_ds=NOON_DS + 9_600), NOON_DS) == {
        "validity"
    }
    other = activation(effective_at_ds=NOON_DS + 601)
    assert _refused(VERIFIER.confirmed, order, confirmation(of=other), NOON_DS) == {"confirmation"}
    assert _refused(VERIFIER.confirmed, order, confirmation(sequence=8), NOON_DS) == {"confirmation"}


@pytest.mark.parametrize(
    "fields",
    [
        {"sequence": 0},
        {"effective_at_ds": NOON_DS - 1},
        {"confirm_by_ds": NOON_DS + 600},
        {"members": {}},
        {"members": {"north": None}},
        {"members": {"north": "no digest"}},
        {"release": None},
        {"release": "2"},
        {"sequence": True},
        {"sequence": 1.5},
        {"group_id": ""},
        {"issued_at_ds": -1},
    ],
)
def test_a_signed_activation_that_contradicts_itself_is_refused(fields: dict[str, Any]) -> None:
    assert _refused(VERIFIER.order, activation(**fields), None, NOON_DS, 0) == {"form"}


def test_fields_that_nobody_knows_are_refused_as_are_missing_ones() -> None:
    payload = {"kind": "confirmation", "version": 1, "group_id": "corridor", "later": 1}
    with pytest.raises(Refused) as caught:
        VERIFIER.confirmed(VERIFIER.order(activation(), None, NOON_DS, 0), KEY.sign(payload), NOON_DS)
    assert len(caught.value.faults) == 5  # four missing, one too many
    assert "'later'" in str(caught.value)


def test_without_a_release_the_local_schedule_is_ordered() -> None:
    order = VERIFIER.order(activation(release=None, members={"north": None}), None, NOON_DS, 0)
    assert order.plan_digest is None


def test_it_needs_the_standard_library_and_the_signatures_alone() -> None:
    code = """
import sys
before = set(sys.modules)
import signals.delivery.verifier, signals.delivery.member, signals.delivery.wire
print("\\n".join(sorted({name for name in set(sys.modules) - before})))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = run.stdout.split()
    others = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert others <= {"signals", "networks", "cryptography", "cffi", "_cffi_backend", "_openssl", "typing_extensions"}
    ours = {name for name in names if name.startswith(("signals.", "networks."))}
    assert {name for name in ours if not name.startswith("signals.delivery")} == {
        "networks.faults",
        "signals.files",
        "signals.store",
        "signals.store.steps",
    }
