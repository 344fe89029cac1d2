"""What the plan of a job was made for, as documents: the flows that were counted, and the demand that was made of them.

Files that were handed in are named by their digests, under which they are kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from signals.service.job_request import JobRequest
from signals.store import documents
from signals.store.database import Writing
from signals.store.kinds import Kind
from signals.store.steps import canonical_bytes

FLOWS_FORMAT, DEMAND_FORMAT, VERSION = "greenband-flows-of-job", "greenband-demand-of-job", 1
_COUNTED, _GIVEN = ("flows", "detectors"), ("demand", "holidays")
_OPTIONS = ("begin_s", "end_s", "zone", "days", "holidays", "percentile", "growth", "design", "route_engine", "seed")


@dataclass(frozen=True, slots=True)
class Origin:
    """`flows` None: the routes were handed in."""

    flows: bytes | None
    demand: bytes

    def keep(self, writing: Writing, network: str) -> str:
        """Keep both; the digest of the demand."""
        inputs = {"network": network}
        if self.flows is not None:
            inputs["flows"] = documents.put(writing, Kind.FLOWS, self.flows)
        return documents.put(writing, Kind.DEMAND, self.demand, inputs=inputs)


def origin_of(request: JobRequest, network: str, found: Any) -> Origin:
    """Of a job; `found`: what its report says of the demand."""
    flows = None
    if request.of_role("flows"):
        flows = canonical_bytes({"format": FLOWS_FORMAT, "version": VERSION, "files": _files(request, _COUNTED)})
    options = {name: value for name, value in asdict(request.options).items() if name in _OPTIONS}
    demand = {
        "format": DEMAND_FORMAT,
        "version": VERSION,
        "network": network,
        "flows": None if flows is None else hashlib.sha256(flows).hexdigest(),
        "files": _files(request, _GIVEN),
        "options": options,
        "found": found,
    }
    return Origin(flows, canonical_bytes(demand))


def _files(request: JobRequest, roles: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"role": role, **asdict(file)} for role in roles for file in request.of_role(role)]
