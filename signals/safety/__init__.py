"""Is a plan safe? Judges every display that the control mode can reach, from the street and the rules alone."""

from signals.safety.audit import audit, audit_between, not_audited
from signals.safety.checking import Checker, check, inherited, inherited_digest, run_on
from signals.safety.claims import CLAIMS, with_claims
from signals.safety.flags import flags
from signals.safety.runnable import crowded, families_at, families_by_intersection, never_runnable, unrunnable
from signals.safety.transitions import check_second_switch, check_transition
from signals.safety.violation import Violation

__all__ = [
    "CLAIMS",
    "Checker",
    "Violation",
    "audit",
    "audit_between",
    "check",
    "check_second_switch",
    "check_transition",
    "crowded",
    "families_at",
    "families_by_intersection",
    "flags",
    "inherited",
    "inherited_digest",
    "never_runnable",
    "not_audited",
    "run_on",
    "unrunnable",
    "with_claims",
]
