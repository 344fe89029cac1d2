"""By which rules a plan that is there is judged: those asked for, else those kept beside it, else its own by digest."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from networks.network import Network
from signals.plan import TimingPlan
from signals.rules import DEFAULT_PROFILE, Rules, RulesChoice, profile_names
from signals.rules.engineer import EngineerFile


class Asked(NamedTuple):
    """Which rules a command was asked for; None: nothing was said."""

    profile: str | None = None
    file: Path | None = None
    pedestrians: str | Path | None = None
    cycle_max_s: float | None = None


def choice_of(asked: Asked, kept: RulesChoice | None) -> RulesChoice:
    """What was asked for, and where nothing was said what was kept beside the plan, else what holds for all."""
    kept = kept or RulesChoice()
    file = asked.file or kept.file
    if asked.profile is not None and asked.profile != kept.profile:
        return RulesChoice(asked.profile, file, asked.pedestrians, asked.cycle_max_s, kept.measured)
    longest_s = kept.cycle_max_s if asked.cycle_max_s is None else asked.cycle_max_s
    return RulesChoice(kept.profile, file, asked.pedestrians or kept.pedestrians, longest_s, kept.measured)


def rules_of_plan(
    plan: TimingPlan, network: Network, asked: Asked, kept: RulesChoice | None, said: EngineerFile | None = None
) -> Rules:
    """The rules asked for or kept; where neither says anything, those of the profile that the plan names by digest."""
    if kept is not None or asked.profile is not None or not plan.rules_digest:
        return choice_of(asked, kept).of(network, said)
    names = sorted(profile_names(), key=lambda name: name != DEFAULT_PROFILE)
    first = None
    for name in names:
        rules = choice_of(asked._replace(profile=name), None).of(network, said)
        first = first or rules
        if rules.digest() == plan.rules_digest:
            return rules
    assert first is not None
    return first
