"""The safety check, made again: before plans are signed, before they are activated, and after they were read back.

A check takes seconds, so it is made beside the roll-outs; who needs one that is not made yet is told so, asks again.

Each check reads the documents from the database anew and hashes them, so that what was altered is refused, and compares
them with what is signed. What is remembered is only that the judge found nothing in documents of exactly these three
digests (plan, network, and inputs: rules, sheet, controllers). That cannot lie: he is handed these bytes and nothing
else, no clock, no database, no file beside them, so the same bytes lead him to the same verdict. It is forgotten with
this process, for another one may have another judge; and what he refused is not remembered at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from networks.faults import InputError
from signals.delivery.documents import PlanDocument
from signals.delivery.key_ring import KeyRing
from signals.delivery.signed import opened
from signals.plan import TimingPlan
from signals.service.library.judges import Judges
from signals.service.library.judging import Kept, kept_for, plan_from
from signals.store.database import Database
from signals.store.failures import DatabaseFailed
from signals.store.steps import canonical_bytes

Judged = tuple[TimingPlan | None, tuple[str, ...]]  # a plan, and why it may not go out
_MOST_REMEMBERED = 256


class NotChecked(Exception):
    """The check that is needed is not made yet; ask again."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan, and why it may not go out now; none where it may."""

    plan: TimingPlan | None
    reasons: tuple[str, ...]


class Checks:
    """Checks under way and done, each need answered once by a check that began after it arose.

    Needs that wait for the same plan share one. `when_made` is called after each, in another thread.
    """

    def __init__(self, database: Database, judges: Judges, when_made: Callable[[], None] = lambda: None) -> None:
        self._database, self._judges, self._when_made = database, judges, when_made
        self._clean: dict[tuple[str, str, str], TimingPlan] = {}
        self._made: dict[tuple[object, ...], Future[Judged]] = {}
        self._latest: dict[str, Future[Judged]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="greenband-check")
        self._pool.submit(judges.prepare)

    def of(
        self, purpose: tuple[object, ...], plan_digest: str, signed: Mapping[str, bytes], keys: KeyRing | None
    ) -> Checked:
        """The check of a plan as the library has it now, and that `signed` says the same. Raises `NotChecked`."""
        made = self._made.get(purpose)
        if made is None:
            made = self._made[purpose] = self._begun(plan_digest)
        if not made.done():
            raise NotChecked
        del self._made[purpose]
        try:
            plan, reasons = made.result()
        except DatabaseFailed:  # it says nothing about the plan
            raise NotChecked from None
        return Checked(plan, (*reasons, *([] if plan is None else _differing(plan, signed, keys))))

    def close(self) -> None:
        """End, without waiting for what is under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._judges.close()

    def _begun(self, plan_digest: str) -> Future[Judged]:
        latest = self._latest.get(plan_digest)
        if latest is None or latest.running() or latest.done():
            latest = self._latest[plan_digest] = self._pool.submit(self._check, plan_digest)
            latest.add_done_callback(lambda _: self._when_made())
        return latest

    def _check(self, plan_digest: str) -> Judged:
        try:
            with self._database.reading() as reading:
                kept = kept_for(reading, plan_digest)
            return self._judged(kept)
        except DatabaseFailed:
            raise
        except InputError as error:
            return None, tuple(map(str, error.faults))
        except Exception as error:  # a check that was not made is none, whatever the reason
            return None, (f"the check failed: {type(error).__name__}: {error}",)

    def _judged(self, kept: Kept) -> Judged:
        known = self._clean.get(kept.digests)
        if known is not None:
            return known, ()
        plan = plan_from(kept.plan)
        if reasons := tuple(map(str, self._judges.violations(kept))):
            return plan, reasons
        if len(self._clean) >= _MOST_REMEMBERED:
            del self._clean[next(iter(self._clean))]
        self._clean[kept.digests] = plan
        return plan, ()


def _differing(plan: TimingPlan, signed: Mapping[str, bytes], keys: KeyRing | None) -> list[str]:
    """Signed documents that are not of the plan that was checked."""
    digest, wrong = plan.digest(), list[str]()
    timings = {timing.intersection_id: timing for timing in plan.intersections}
    for controller_id, document in signed.items():
        assert keys is not None
        found = PlanDocument.of(opened(document, keys, None))
        own = TimingPlan.model_validate_json(canonical_bytes(found.content))
        equal = all(timings.get(timing.intersection_id) == timing for timing in own.intersections)
        if found.plan != digest or not equal:
            wrong.append(f"signed plan of {controller_id}: not the plan that was checked")
    return wrong
