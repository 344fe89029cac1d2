"""The table of roles and verbs is whole, and gives no role more than it needs."""

from __future__ import annotations

import pytest

from signals.release import MATRIX, MOVES, Role, Verb, may

WRITES = {verb for verb in Verb if verb.split(".")[1] not in ("read", "list", "fetch")}


def test_every_verb_and_every_move_stands_in_the_table() -> None:
    assert set(MATRIX) == set(Verb)
    assert all(MATRIX.values())
    assert {rule.verb for rule in MOVES.values()} <= set(MATRIX)


@pytest.mark.parametrize(
    ("role", "writes"),
    [
        (Role.VIEWER, set()),
        (Role.CONTROLLER, {Verb.RECEIPT_PUT}),
        (Role.ADMINISTRATOR, WRITES - {Verb.RECEIPT_PUT}),
    ],
)
def test_what_a_role_may_change(role: Role, writes: set[Verb]) -> None:
    assert {verb for verb in WRITES if may(role, verb)} == writes


def test_each_step_to_the_street_is_another_roles() -> None:
    steps = (Verb.PLAN_PROPOSE, Verb.PLAN_APPROVE, Verb.PLAN_RELEASE)
    for role in (Role.ENGINEER, Role.APPROVER, Role.OPERATOR):
        assert sum(may(role, step) for step in steps) == 1


def test_only_administrators_give_keys() -> None:
    for verb in (Verb.KEY_CREATE, Verb.KEY_LIST, Verb.KEY_REVOKE):
        assert MATRIX[verb] == {Role.ADMINISTRATOR}
