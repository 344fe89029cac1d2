"""Who may do what: one table of roles and verbs, for the command line and every other way in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a key lets its holder do. The two-person rule asks for persons, whatever their roles."""

    VIEWER = "viewer"
    ENGINEER = "engineer"
    APPROVER = "approver"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    CONTROLLER = "controller"


class Verb(StrEnum):
    """What can be done, in the words of the audit log."""

    PLAN_READ = "plan.read"
    PLAN_PUT = "plan.put"
    PLAN_CHECK = "plan.check"
    PLAN_VALIDATE = "plan.validate"
    PLAN_COMMENT = "plan.comment"
    PLAN_LABEL = "plan.label"
    PLAN_PROPOSE = "plan.propose"
    PLAN_RETURN = "plan.return"
    PLAN_APPROVE = "plan.approve"
    PLAN_APPROVE_IN_EMERGENCY = "plan.approve in emergency"
    PLAN_REVIEW = "plan.review"
    PLAN_RELEASE = "plan.release"
    PLAN_ACTIVATE = "plan.activate"
    PLAN_SUPERSEDE = "plan.supersede"
    PLAN_ROLL_BACK = "plan.roll back"
    SCHEDULE_READ = "schedule.read"
    SCHEDULE_PUT = "schedule.put"
    SCHEDULE_WITHDRAW = "schedule.withdraw"
    JOB_READ = "job.read"
    JOB_SUBMIT = "job.submit"
    JOB_CANCEL = "job.cancel"
    JOB_RETRY = "job.retry"
    KEY_LIST = "key.list"
    KEY_CREATE = "key.create"
    KEY_REVOKE = "key.revoke"
    AUDIT_READ = "audit.read"
    SIGNING_KEY_CHANGE = "signing key.change"
    FLEET_READ = "fleet.read"
    GROUP_DEFINE = "group.define"
    DELIVERY_STOP = "delivery.stop"
    FILE_READ = "file.read"
    FILE_PUT = "file.put"
    METRICS_READ = "metrics.read"
    DELIVERY_FETCH = "delivery.fetch"
    RECEIPT_PUT = "receipt.put"


_V, _E, _A, _O, _C = Role.VIEWER, Role.ENGINEER, Role.APPROVER, Role.OPERATOR, Role.CONTROLLER
_READERS = (_V, _E, _A, _O)
_OTHERS: dict[Verb, tuple[Role, ...]] = {  # beside administrators, who may all that people may
    Verb.PLAN_READ: _READERS,
    Verb.PLAN_PUT: (_E,),
    Verb.PLAN_CHECK: (_E, _A),
    Verb.PLAN_VALIDATE: (_E,),
    Verb.PLAN_COMMENT: (_E, _A, _O),
    Verb.PLAN_LABEL: (_E, _A, _O),
    Verb.PLAN_PROPOSE: (_E,),
    Verb.PLAN_RETURN: (_E, _A),
    Verb.PLAN_APPROVE: (_A,),
    Verb.PLAN_APPROVE_IN_EMERGENCY: (_E, _A, _O),
    Verb.PLAN_REVIEW: (_A,),
    Verb.PLAN_RELEASE: (_O,),
    Verb.PLAN_ACTIVATE: (_O,),
    Verb.PLAN_SUPERSEDE: (_O,),
    Verb.PLAN_ROLL_BACK: (_A, _O),
    Verb.SCHEDULE_READ: _READERS,
    Verb.SCHEDULE_PUT: (_O,),
    Verb.SCHEDULE_WITHDRAW: (_O,),
    Verb.JOB_READ: _READERS,
    Verb.JOB_SUBMIT: (_E,),
    Verb.JOB_CANCEL: (_E,),
    Verb.JOB_RETRY: (_E,),
    Verb.KEY_LIST: (),
    Verb.KEY_CREATE: (),
    Verb.KEY_REVOKE: (),
    Verb.AUDIT_READ: _READERS,
    Verb.SIGNING_KEY_CHANGE: (),
    Verb.FLEET_READ: _READERS,
    Verb.GROUP_DEFINE: (_O,),
    Verb.DELIVERY_STOP: (_A, _O),
    Verb.FILE_READ: _READERS,
    Verb.FILE_PUT: (_E,),
    Verb.METRICS_READ: _READERS,
}
_CONTROLLERS = (Verb.DELIVERY_FETCH, Verb.RECEIPT_PUT)  # nobody else: what a controller says is said by none but it
MATRIX: Mapping[Verb, frozenset[Role]] = MappingProxyType(
    {verb: frozenset({*roles, Role.ADMINISTRATOR}) for verb, roles in _OTHERS.items()}
    | dict.fromkeys(_CONTROLLERS, frozenset({_C}))
)


def may(role: Role, verb: Verb) -> bool:
    """Whether the table lets this role do that."""
    return role in MATRIX[verb]
