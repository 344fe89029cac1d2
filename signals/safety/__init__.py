"""Is a plan safe? Judges every display that the control mode can reach, from the street and the rules alone."""

from signals.safety.audit import audit, audit_between
from signals.safety.checking import Checker, check, inherited, inherited_digest
from signals.safety.flags import flags
from signals.safety.runnable import families_at, families_by_intersection, never_runnable, unrunnable
from signals.safety.transitions import check_second_switch, check_transition
from signals.safety.violation import Violation

__all__ = [
    "Checker",
    "Violation",
    "audit",
    "audit_between",
    "check",
    "check_second_switch",
    "check_transition",
    "families_at",
    "families_by_intersection",
    "flags",
    "inherited",
    "inherited_digest",
    "never_runnable",
    "unrunnable",
]
