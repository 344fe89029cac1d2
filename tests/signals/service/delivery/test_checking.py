"""A check is asked for at each step; the judge is asked again only about documents that he has not found clean."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from signals.service.delivery.checking import Checked, Checks, NotChecked
from signals.service.library.judging import Kept
from signals.store.database import Database
from signals.store.place import Place
from tests.databases import behind_the_back
from tests.signals.service.delivery.corridors import released

pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@dataclass
class Judge:
    """Says what it is told to say, and remembers what it was asked about."""

    says: tuple[str, ...] = ()
    asked: list[Kept] = field(default_factory=list)

    def prepare(self) -> None: ...

    def violations(self, kept: Kept) -> tuple[str, ...]:
        self.asked.append(kept)
        return self.says

    def close(self) -> None: ...


def _of(checks: Checks, purpose: str, plan: str) -> Checked:
    with pytest.raises(NotChecked):
        checks.of((purpose,), plan, {}, None)
    checks._made[(purpose,)].result()
    return checks.of((purpose,), plan, {}, None)


def test_each_step_reads_the_documents_anew_and_the_judge_sees_the_same_ones_once(
    database: Database, place: Place, tmp_path: Path
) -> None:
    plan, other = (released(database, tmp_path / f"{more}", more) for more in (1, 4))
    judge = Judge()
    checks = Checks(database, judge)
    for purpose in ("signing", "before delivery", "after read-back"):
        assert _of(checks, purpose, plan).reasons == ()
    assert _of(checks, "signing another", other).reasons == ()
    assert [kept.digests[0] for kept in judge.asked] == [plan, other]
    with behind_the_back(place) as connection:
        change = "content = CAST(content || ' ' AS BLOB), size_bytes = size_bytes + 1"
        connection.execute(text(f"UPDATE documents SET {change} WHERE kind = 'network'"))
    (reason,) = _of(checks, "again", plan).reasons  # although it was found clean
    assert "what was put in" in reason
    checks.close()


def test_what_was_refused_is_judged_again(database: Database, tmp_path: Path) -> None:
    plan = released(database, tmp_path / "a")
    judge = Judge(("min-green: too short",))
    checks = Checks(database, judge)
    assert _of(checks, "one", plan).reasons == judge.says
    judge.says = ()
    assert _of(checks, "two", plan).reasons == ()
    assert len(judge.asked) == 2
    checks.close()
