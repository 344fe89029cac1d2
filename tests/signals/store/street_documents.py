"""Documents of every kind that belong together, as small as can be."""

from __future__ import annotations

from signals.store import documents
from signals.store.database import Writing
from signals.store.kinds import Kind


def put_all(writing: Writing) -> dict[str, str]:
    """Keep one document of every kind, and a second plan with a report; name to digest."""
    kept: dict[str, str] = {}

    def put(name: str, kind: Kind, **inputs: str) -> None:
        digests = {role: kept[of] for role, of in inputs.items()}
        kept[name] = documents.put(writing, kind, f"{name} \x00\xff".encode("latin-1"), inputs=digests)

    put("network", Kind.NETWORK)
    put("flows", Kind.FLOWS)
    put("demand", Kind.DEMAND, network="network", flows="flows")
    put("rules", Kind.RULES)
    put("incumbent", Kind.PLAN, network="network")
    put("plan", Kind.PLAN, network="network", rules="rules", demand="demand")
    put("report", Kind.REPORT, plan="plan", incumbent="incumbent")
    put("report on the incumbent", Kind.REPORT, plan="incumbent")
    put("release", Kind.RELEASE, plan="plan", report="report")
    put("activation", Kind.ACTIVATION, release="release")
    put("receipt", Kind.RECEIPT, activation="activation")
    put("schedule", Kind.SCHEDULE, day="plan", night="incumbent")
    return kept
