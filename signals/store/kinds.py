"""The kinds of documents that are kept, and which others each is made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a document is; the table of its kind is its plural."""

    NETWORK = "network"
    FLOWS = "flows"
    DEMAND = "demand"
    RULES = "rules"
    PLAN = "plan"
    REPORT = "report"
    RELEASE = "release"
    CONTROLLER_PLAN = "controller_plan"
    OFFER = "offer"
    ACTIVATION = "activation"
    CONFIRMATION = "confirmation"
    RECEIPT = "receipt"
    KEY_RING = "key_ring"
    SCHEDULE = "schedule"

    @property
    def table(self) -> str:
        return self.value if self.value.endswith("s") else f"{self.value}s"


@dataclass(frozen=True, slots=True)
class Role:
    """A document that another one is made from: of which kind, and whether it may be missing."""

    kind: Kind
    required: bool = True


# A schedule is not among them: each name it uses for a plan is a role of its own.
ROLES: dict[Kind, dict[str, Role]] = {
    Kind.NETWORK: {},
    Kind.FLOWS: {},
    Kind.DEMAND: {"network": Role(Kind.NETWORK), "flows": Role(Kind.FLOWS, required=False)},
    Kind.RULES: {},
    Kind.PLAN: {
        "network": Role(Kind.NETWORK),
        "rules": Role(Kind.RULES, required=False),
        "demand": Role(Kind.DEMAND, required=False),
    },
    Kind.REPORT: {"plan": Role(Kind.PLAN), "incumbent": Role(Kind.PLAN, required=False)},
    Kind.RELEASE: {"plan": Role(Kind.PLAN), "report": Role(Kind.REPORT)},
    Kind.CONTROLLER_PLAN: {"release": Role(Kind.RELEASE)},
    Kind.OFFER: {"release": Role(Kind.RELEASE, required=False)},  # without: back to the local schedules
    Kind.ACTIVATION: {"release": Role(Kind.RELEASE, required=False)},
    Kind.CONFIRMATION: {"activation": Role(Kind.ACTIVATION)},
    Kind.RECEIPT: {"activation": Role(Kind.ACTIVATION, required=False)},  # of what it runs, if of anything
    Kind.KEY_RING: {},
}
