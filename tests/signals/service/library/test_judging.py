"""The documents of plans, read from the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.cli.desk_here import JUDGES, READERS
from signals.service.library import putting
from signals.service.library.judging import kept_for, kept_for_all
from signals.store import documents
from signals.store.database import Database, Reading
from tests.signals.service.delivery.releasing import ENGINEER
from tests.signals.service.library.job_results import results

pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def test_what_several_plans_are_made_from_is_read_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    for number in (4, 5):
        made = results(tmp_path / str(number), more_s=number)
        putting.put_plan(database, READERS, ENGINEER, made.folder, made.network, judges=JUDGES, why="")
        plans.append(made.plan.digest())
    asked, get = list[str](), documents.get

    def getting(reading: Reading, digest: str) -> bytes:
        asked.append(digest)
        return get(reading, digest)

    monkeypatch.setattr(documents, "get", getting)
    with database.reading() as reading:
        first, second, again = kept_for_all(reading, [*plans, plans[0]])
        assert len(asked) == len(set(asked)) == len({*first.digests, *second.digests})
        assert first.network is second.network
        assert (again.digests, again.plan) == (first.digests, first.plan) != (second.digests, second.plan)
        assert kept_for(reading, plans[1]).digests == second.digests
        with pytest.raises(InputError, match="no network or inputs"):
            kept_for_all(reading, [plans[0], "0" * 64])
