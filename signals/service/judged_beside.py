"""What a plan is judged by, of the files that were kept beside it and of what is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from networks.network import Network
from signals.controllers import NOBODY_SAID, read_controllers
from signals.plan import TimingPlan
from signals.rules.engineer import EngineerFile
from signals.service.asked import Asked, rules_of_plan
from signals.service.folder import Beside
from signals.service.judged_by import JudgedBy


def judged_beside(
    plan: TimingPlan,
    network: Network,
    beside: Beside,
    read_sheet: Callable[[Path, Network], EngineerFile],
    asked: Asked | None = None,
) -> JudgedBy:
    """Rules and controllers for a plan on its street. Raises `InputError` for files that cannot be read."""
    said = None if beside.sheet is None else read_sheet(beside.sheet, network)
    rules = rules_of_plan(plan, network, asked or Asked(), beside.choice, said)
    families = NOBODY_SAID if beside.controllers is None else read_controllers(beside.controllers, network)
    return JudgedBy(network, rules, families)
