"""The rules a plan has to keep: safety inputs with sources, policies and margins, from profile and engineer's file."""

from signals.rules.making import profile_names, rules_of
from signals.rules.types import GroupRules, Intergreen, IntersectionRules, Margins, Rules, Sourced

__all__ = [
    "GroupRules",
    "Intergreen",
    "IntersectionRules",
    "Margins",
    "Rules",
    "Sourced",
    "profile_names",
    "rules_of",
]
