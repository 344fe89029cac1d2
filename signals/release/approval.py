"""A release: a plan with its proof and a name under it. The only way to one is `approve`."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from networks.faults import Fault, InputError
from signals.plan import TimingPlan
from signals.safety import Violation
from signals.validation import ValidationReport

FORMAT, VERSION = "greenband-release", 1
EMERGENCY, ONE_PERSON = "emergency", "one person"
LEAST_REASON_LETTERS = 10


class NotReleasable(ValueError):
    """The plan may not go out; every reason is named."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


@dataclass(frozen=True, slots=True)
class Release:
    """What was approved, on which proof, by whom, when (ISO 8601, UTC) and why; `stamps` tell what was out of the
    ordinary: "emergency", "one person"."""

    plan_digest: str
    report_digest: str
    network_digest: str
    rules_digest: str
    verdict: str
    proposed_by: str
    approved_by: str
    approved_at: str
    why: str
    stamps: tuple[str, ...] = ()

    def canonical_bytes(self) -> bytes:
        """The same release gives the same bytes: JSON, keys sorted, no spaces."""
        content = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def digest(self) -> str:
        """SHA-256 over the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()


def approve(
    plan: TimingPlan,
    violations: Sequence[Violation],
    report: ValidationReport,
    by: str,
    *,
    proposed_by: str,
    one_proof: bool = False,
    at: str,
    why: str = "",
    or_not_worse: bool = False,
    emergency: bool = False,
    single_engineer: bool = False,
) -> Release:
    """The release of a plan. `violations` are those of a check made now, `at` is ISO 8601 in UTC.

    Raises `NotReleasable` with every reason: a violation, a report on another plan or one that is not accepted
    (`or_not_worse`: *not worse* suffices), proposer and approver one person (unless `single_engineer`, which is
    stamped), an emergency without a reason. `one_proof`: both were known by the same, so they are one whatever the
    names.
    """
    reasons = [str(violation) for violation in violations]
    reasons += unaccepted(report, plan.digest(), or_not_worse=or_not_worse)
    alone = one_proof or same_person(by, proposed_by)
    if alone and not single_engineer:
        called = "" if same_person(by, proposed_by) else f" (as {proposed_by})"
        reasons.append(f"two persons: {by}{called} proposed it; needed the approval of somebody else")
    if emergency and len(why.strip()) < LEAST_REASON_LETTERS:
        reasons.append(f"reason: an emergency needs one of at least {LEAST_REASON_LETTERS} letters")
    if reasons:
        raise NotReleasable(reasons)
    stamps = (*((EMERGENCY,) if emergency else ()), *((ONE_PERSON,) if alone else ()))
    return Release(
        plan_digest=plan.digest(),
        report_digest=report.digest(),
        network_digest=plan.network_digest,
        rules_digest=plan.rules_digest,
        verdict=report.verdict.value,
        proposed_by=proposed_by,
        approved_by=by,
        approved_at=at,
        why=why,
        stamps=stamps,
    )


def unaccepted(report: ValidationReport, plan_digest: str, *, or_not_worse: bool = False) -> Iterator[str]:
    """Why a report does not let this plan out."""
    about = report.subject.plan_digest
    if about != plan_digest:
        yield f"report: on plan {about}, not on {plan_digest}"
    if report.stopped:
        yield "report: stopped before the trial was at its end"
    elif not (report.better or (or_not_worse and report.never_worse)):
        yield f"report: verdict {report.verdict.value}, needed {'not worse, or better' if or_not_worse else 'better'}"
    yield from (f"report: {one}" for one in (*report.broken_guards, *report.misshown))


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are written (case, spaces, forms of Unicode)."""
    first, second = (" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in (one, other))
    return first == second


def release_from_json(content: bytes) -> Release:
    """The release that `canonical_bytes` wrote. Raises `InputError` for any other bytes."""
    try:
        raw: Any = json.loads(content)
        given = {name: raw[name] for name in (field.name for field in fields(Release))}
        release = Release(**given | {"stamps": tuple(given["stamps"])})
        texts = [*release.stamps, *(value for name, value in given.items() if name != "stamps")]
        sound = release.canonical_bytes() == content and all(isinstance(text, str) for text in texts)
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        needed = f"the canonical bytes of {FORMAT}, version {VERSION}"
        raise InputError([Fault("release", "document", "other bytes", needed)])
    return release
