"""Plans that groups of controllers run: for these the roll-outs decide, and nobody says otherwise by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator

from networks.faults import Fault
from signals.release import Life, WrongState
from signals.store import delivery, documents
from signals.store.database import Reading


def refuse_on_the_street(reading: Reading, life: Life) -> None:
    """Raises `WrongState` where a group runs a plan's release, or is to: only another order takes it away there."""
    groups = [name for name, release in _releases(reading) if release is not None and release == life.release_digest]
    if groups:
        found = f"run by group {', '.join(sorted(set(groups)))}"
        needed = "`greenband fleet roll-back`, `stop` or `deliver`, which lead the plan on as well"
        raise WrongState([Fault("plan in use", f"plan {life.plan_digest[:12]}", found, needed)])


def _releases(reading: Reading) -> Iterator[tuple[str, str | None]]:
    """Groups, each with the releases that it runs or is to run."""
    for name, content in delivery.latest_states(reading).items():
        state = json.loads(content)
        for roll_out in filter(None, (state["current"], state["pending"])):
            yield name, json.loads(documents.get(reading, roll_out["offer"]))["release"]
