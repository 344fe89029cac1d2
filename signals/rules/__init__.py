"""The rules a plan has to keep: safety inputs with sources, policies and margins, from profile and engineer's file."""

from signals.rules.choice import DEFAULT_PROFILE, RulesChoice
from signals.rules.filled import filled_in
from signals.rules.making import rules_of
from signals.rules.measured import MeasuredFlow
from signals.rules.profile import profile_names
from signals.rules.types import (
    Crossing,
    GroupRules,
    Intergreen,
    IntersectionRules,
    LaneGroup,
    Margins,
    Policy,
    Rules,
    Sourced,
)

__all__ = [
    "DEFAULT_PROFILE",
    "Crossing",
    "GroupRules",
    "Intergreen",
    "IntersectionRules",
    "LaneGroup",
    "Margins",
    "MeasuredFlow",
    "Policy",
    "Rules",
    "RulesChoice",
    "Sourced",
    "filled_in",
    "profile_names",
    "rules_of",
]
