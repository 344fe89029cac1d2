"""What a validation says and everything it rests on: frozen, with a digest, as JSON and back."""

from __future__ import annotations

import hashlib
import json
import math
import types
from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import scipy

from networks.faults import Fault, InputError
from signals.rules import Margins
from signals.validation.approaches import ApproachComparison
from signals.validation.difference import Difference, Verdict
from signals.validation.guard import Guard, broken
from signals.validation.network_measures import MeasureComparison, Run

FORMAT, VERSION = "greenband-validation", 3
UNREAD = 2  # the version of reports that say nothing of what was executed


Arm = Literal["candidate", "incumbent"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What was compared, by digest, and the step of the simulations [s], the same for both plans."""

    plan_digest: str
    incumbent_digest: str
    scenario_digest: str
    step_s: float = 1.0


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair: both plans on the same realisation of the demand, with the same seed."""

    realisation: int
    seed: int
    candidate: Run
    incumbent: Run


@dataclass(frozen=True, slots=True)
class Executed:
    """What the signals showed in all runs of one plan, held against it.

    `faults`: what it does not allow; none: shown as written. `not_read`: intersections whose programs say what stages
    cannot express, and which nobody can hold against them.
    """

    plan: Arm
    runs: int
    faults: tuple[str, ...]
    not_read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """Candidate against incumbent: verdict, guards, the numbers behind them, and how to compute them again."""

    subject: Subject
    verdict: Verdict
    reasons: tuple[str, ...]
    margins: Margins
    looks_planned: tuple[int, ...]
    finalists: int  # that may be judged one after the other, and share the error
    looks_taken: tuple[int, ...]
    stopped: bool  # by a limit or a person, before the trial was at its end
    difference: Difference | None  # None: stopped before the first look
    guards: tuple[Guard, ...]
    not_shown: tuple[str, ...]  # what no guard could watch, and why
    measures: tuple[MeasureComparison, ...]  # of the whole network
    approaches: tuple[ApproachComparison, ...]
    pairs: tuple[PairRow, ...]
    executed: tuple[Executed, ...] = ()  # of both plans; nothing: not read back (all that version 2 can say)

    @property
    def misshown(self) -> tuple[str, ...]:
        """What the signals showed in runs of either plan, and their plan does not allow."""
        return tuple(f"{one.plan} not shown as written: {fault}" for one in self.executed for fault in one.faults)

    @property
    def broken_guards(self) -> tuple[Guard, ...]:
        return broken(self.guards)

    @property
    def better(self) -> bool:
        """True where the plan may be recommended: verdict *better*, no guard broken."""
        return self.verdict is Verdict.BETTER and not self.broken_guards

    @property
    def never_worse(self) -> bool:
        """Verdict *better* or *not worse*, no guard broken."""
        return self.verdict in (Verdict.BETTER, Verdict.NOT_WORSE) and not self.broken_guards

    @property
    def jam_share_upper(self) -> float:
        """One-sided 95 % upper bound of the share of days on which the candidate jams (see `jam_share_upper`)."""
        return jam_share_upper(sum(row.candidate.gridlocked for row in self.pairs), len(self.pairs), self.finalists)

    def to_json(self) -> str:
        """The same report gives the same text: keys sorted, no spaces, finite numbers only."""
        version = VERSION if self.executed else UNREAD
        content = {"format": FORMAT, "version": version, **asdict(self), "margins": self.margins.model_dump()}
        if not self.executed:
            del content["executed"]
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def digest(self) -> str:
        """SHA-256 over the JSON text, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def jam_share_upper(jammed: int, runs: int, finalists: int = 1) -> float:
    """One-sided 95 % upper bound of a share of which `jammed` of `runs` were seen (Clopper and Pearson 1934).

    Means and their bounds cannot see a jam that did not happen yet: a plan that jams one day in twenty shows none in
    ten runs six times in ten. This number says what a clean trial leaves open. Where one of several `finalists` is
    judged after the other until one passes, they share the error (Bonferroni).
    """
    return 1.0 if jammed >= runs else float(scipy.stats.beta.ppf(1.0 - 0.05 / finalists, jammed + 1, runs - jammed))


def report_from_json(text: str) -> ValidationReport:
    """The report written by `to_json`. Raises `InputError` with every fault of the text."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError([Fault("text", "validation report", str(error), "JSON")]) from error
    found = (content.pop("format", None), content.pop("version", None)) if isinstance(content, dict) else content
    if found not in ((FORMAT, VERSION), (FORMAT, UNREAD)):
        needed = f"{FORMAT}, version {UNREAD} or {VERSION}"
        raise InputError([Fault("format", "validation report", repr(found)[:80], needed)])
    if found == (FORMAT, UNREAD) and "executed" not in content:
        content["executed"] = []
    elif found == (FORMAT, UNREAD) or not content.get("executed"):
        raise InputError([Fault("executed", "validation report", "with version 2, or nothing in version 3", "both")])
    faults: list[Fault] = []
    report = _read(ValidationReport, content, "validation report", faults)
    if faults:
        raise InputError(faults)
    return report  # type: ignore[no-any-return]


def _read(kind: Any, value: Any, where: str, faults: list[Fault]) -> Any:
    """`value` as `kind`: a record, a tuple of one kind, a kind or nothing, a word of a list, a number, a text."""
    if get_origin(kind) in (Union, types.UnionType):
        inner = next(choice for choice in get_args(kind) if choice is not type(None))
        return None if value is None else _read(inner, value, where, faults)
    if kind is Margins:
        return _read_margins(value, where, faults)
    if get_origin(kind) is tuple:
        if isinstance(value, list):
            return tuple(_read(get_args(kind)[0], item, f"{where}[{i}]", faults) for i, item in enumerate(value))
    elif is_dataclass(kind):
        if isinstance(value, dict):
            return _read_record(kind, value, where, faults)
    elif get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
    elif issubclass(kind, Enum):
        if value in {member.value for member in kind}:
            return kind(value)
    elif kind is float:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    elif type(value) is kind:
        return value
    faults.append(Fault("value", where, repr(value)[:80], str(getattr(kind, "__name__", kind))))
    return None


def _read_margins(value: Any, where: str, faults: list[Fault]) -> Margins | None:
    try:
        return Margins.model_validate(value)
    except ValueError as error:
        faults.append(Fault("margins", where, repr(value)[:80], str(error)[:400]))
        return None


def _read_record(kind: Any, value: dict[str, Any], where: str, faults: list[Fault]) -> Any:
    hints = get_type_hints(kind)
    if value.keys() != hints.keys():
        wrong = sorted(value.keys() ^ hints.keys())
        faults.append(Fault("fields", where, f"missing or unknown: {', '.join(wrong)[:200]}", "exactly the fields"))
        return None
    before = len(faults)
    parts = {name: _read(hint, value[name], f"{where}.{name}", faults) for name, hint in hints.items()}
    return kind(**parts) if len(faults) == before else None
