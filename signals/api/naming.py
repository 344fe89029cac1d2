"""Words of a path or query that name something in the library, looked up before the operation begins."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query

from signals.api.service import DatabaseOf
from signals.api.texts import Word
from signals.service.library import finding
from signals.store.library import LibraryPlan

NetworkWord = Annotated[Word | None, Query(description="Name of a network, or the begin of its digest.")]
PlanWord = Annotated[Word, Path(description="A version (v3), the begin of a digest, or a label that one plan has.")]


def _network(database: DatabaseOf, network: NetworkWord = None) -> str | None:
    if network is None:
        return None
    with database.reading() as reading:
        return finding.network_named(reading, network)


NetworkOf = Annotated[str | None, Depends(_network)]


def _plan(database: DatabaseOf, plan: PlanWord, network: NetworkOf) -> LibraryPlan:
    with database.reading() as reading:
        return finding.plan_named(reading, plan, network)


PlanOf = Annotated[LibraryPlan, Depends(_plan)]
