"""The rules a plan has to keep: safety inputs with sources, policies and margins, from profile and engineer's file."""

from signals.rules.choice import DEFAULT_PROFILE, RulesChoice
from signals.rules.filled import filled_in
from signals.rules.findings import short
from signals.rules.inputs import inputs_of
from signals.rules.making import rules_of
from signals.rules.measured import MeasuredFlow
from signals.rules.on_foot import cleared_in_red
from signals.rules.over_leg import OverLeg, over_leg, walked_over
from signals.rules.profile import profile_names
from signals.rules.stricter import stricter
from signals.rules.types import (
    Calls,
    Coordinated,
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
    "Calls",
    "Coordinated",
    "Crossing",
    "GroupRules",
    "Intergreen",
    "IntersectionRules",
    "LaneGroup",
    "Margins",
    "MeasuredFlow",
    "OverLeg",
    "Policy",
    "Rules",
    "RulesChoice",
    "Sourced",
    "cleared_in_red",
    "filled_in",
    "inputs_of",
    "over_leg",
    "profile_names",
    "rules_of",
    "short",
    "stricter",
    "walked_over",
]
