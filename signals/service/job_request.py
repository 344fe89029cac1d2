"""What a job of the service is asked: files by digest and the options of `greenband plan`, as one document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from networks.faults import Fault, InputError, refuse_if_any
from signals.flows.choice import LEAST_GROWTH, MOST_GROWTH, Design
from signals.rules import DEFAULT_PROFILE, profile_names
from signals.service.request import Accept, Mode
from signals.store.steps import canonical_bytes, digest_of
from signals.trials import RouteEngine

FORMAT, VERSION = "greenband-job", 1
FIRST_PRIORITY, USUAL_PRIORITY, LAST_PRIORITY = 1, 5, 9
MOST_FILES = 200
MOST_BYTES = 2**20  # of the document
_DIGEST = re.compile(r"[0-9a-f]{64}")
ONE, OPTIONAL, MANY = "one", "one or none", "many"
ROLES: Mapping[str, str] = {
    "network": ONE,
    **dict.fromkeys(("flows", "holidays", "rules", "sheet", "pedestrians", "controllers"), OPTIONAL),
    **dict.fromkeys(("detectors", "incumbent", "demand", "additional"), MANY),
}
"""What a file is there for, in the words of `PlanRequest`, and how many there may be."""


_LATEST_S = 1e6
_NUMBERS: Mapping[str, tuple[float, float, bool, bool]] = {  # least, most, whole, may be none
    "begin_s": (0, _LATEST_S, False, True),
    "end_s": (0, _LATEST_S, False, True),
    "percentile": (0, 100, False, False),
    "growth": (LEAST_GROWTH, MOST_GROWTH, False, False),
    "cycle_max": (1, 3600, False, True),
    "effort": (1, 100_000, True, False),
    "time_limit_s": (1, 1e7, False, True),
    "seed": (0, 2**31 - 1001, True, False),
}
_WORDS: Mapping[str, tuple[Any, ...]] = {  # none: the profiles that there are
    "design": tuple(one.value for one in Design),
    "route_engine": tuple(one.value for one in RouteEngine),
    "mode": tuple(one.value for one in Mode),
    "accept": tuple(one.value for one in Accept),
    "pedestrians": ("assume", "none"),
    "pairs": (6, 10, 16, 24, 40),
    "profile": (),
}


@dataclass(frozen=True, slots=True, order=True)
class JobFile:
    """A file that is kept: its name as people know it (a report tells it), and its digest."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class JobOptions:
    """The options of `greenband plan`; `holidays` are dates, `pedestrians` is a word: files of them are files."""

    begin_s: float | None = None
    end_s: float | None = None
    zone: str | None = None
    days: str | None = None
    holidays: str | None = None
    percentile: float = 50.0
    growth: float = 1.0
    design: str = Design.HOUR.value
    route_engine: str = RouteEngine.OWN.value
    mode: str = Mode.FIXED.value
    design_stages: bool = False
    accept: str = Accept.BETTER.value
    profile: str = DEFAULT_PROFILE
    pedestrians: str | None = None
    cycle_max: float | None = None
    effort: int = 64
    pairs: int = 40
    time_limit_s: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        for name, (_, _, whole, _) in _NUMBERS.items():  # 600 and 600.0 ask for the same, and have one digest
            value = getattr(self, name)
            if not whole and isinstance(value, int) and not isinstance(value, bool):
                object.__setattr__(self, name, float(value))


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One job: `files` by what they are there for (see `ROLES`), in the order in which they were given.

    Raises `InputError` with all faults. A smaller `priority` goes first.
    """

    files: tuple[tuple[str, JobFile], ...]
    options: JobOptions = JobOptions()
    priority: int = USUAL_PRIORITY
    title: str = ""

    def __post_init__(self) -> None:
        refuse_if_any([*_files_unfit(self), *_options_unfit(self.options), *_rest_unfit(self)])

    def of_role(self, role: str) -> tuple[JobFile, ...]:
        """The files that are there for this."""
        return tuple(file for name, file in self.files if name == role)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        files = [{"role": role, **asdict(file)} for role, file in self.files]
        rest = {"options": asdict(self.options), "priority": self.priority, "title": self.title}
        return {"format": FORMAT, "version": VERSION, "files": files, **rest}

    def content(self) -> bytes:
        """The canonical bytes of the document."""
        return canonical_bytes(self.document())

    def digest(self) -> str:
        """SHA-256 of the canonical bytes."""
        return digest_of(self.document())


def job_request_from(content: bytes) -> JobRequest:
    """The request that `content()` wrote, or that somebody else wrote: what is not said is the default.

    Raises `InputError` with all faults.
    """
    try:
        raw: Any = json.loads(content) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict) or (raw.get("format"), raw.get("version")) != (FORMAT, VERSION):
        raise InputError([Fault("document", "job", "something else", f"JSON of format {FORMAT}, version {VERSION}")])
    faults = [*_unknown(raw, {"format", "version", "files", "options", "priority", "title"}, "job")]
    files = _files_from(raw.get("files"), faults)
    options = raw.get("options", {})
    if not isinstance(options, dict):
        faults.append(Fault("options", "job", type(options).__name__, "an object"))
        options = {}
    known = {field.name for field in fields(JobOptions)}
    faults += _unknown(options, known, "job, options")
    said = JobOptions(**{name: value for name, value in options.items() if name in known})
    try:
        request = JobRequest(files, said, raw.get("priority", USUAL_PRIORITY), raw.get("title", ""))
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    refuse_if_any(faults)
    return request


def _files_from(raw: Any, faults: list[Fault]) -> tuple[tuple[str, JobFile], ...]:
    found = []
    for at, row in enumerate(raw if isinstance(raw, list) else [], start=1):
        words = row.values() if isinstance(row, dict) and row.keys() == {"role", "name", "digest"} else [None]
        if all(isinstance(word, str) for word in words):
            found.append((row["role"], JobFile(row["name"], row["digest"])))
            continue
        faults.append(Fault(f"file {at}", "job", "something else", "an object of role, name and digest"))
    if not isinstance(raw, list):
        faults.append(Fault("files", "job", type(raw).__name__, "a list"))
    return tuple(found)


def _unknown(raw: Mapping[str, Any], known: set[str], where: str) -> Iterator[Fault]:
    for name in sorted(raw.keys() - known):
        yield Fault(repr(name)[:60], where, "an unknown word", ", ".join(sorted(known)))


def _files_unfit(request: JobRequest) -> Iterator[Fault]:
    if len(request.files) > MOST_FILES:
        yield Fault("files", "job", f"{len(request.files)}", f"at most {MOST_FILES}")
    for role, file in request.files:
        where = f"job, {role[:40]} {file.name[:80]!r}"
        if role not in ROLES:
            yield Fault("role", where, repr(role[:40]), ", ".join(ROLES))
        if not _plain(file.name):
            yield Fault("file name", where, repr(file.name[:80]), "a plain name without folders")
        if not _DIGEST.fullmatch(file.digest):
            yield Fault("digest", where, repr(file.digest[:80]), "a SHA-256 in hexadecimal")
    for role, how_many in ROLES.items():
        count = len(request.of_role(role))
        if (how_many == ONE and count != 1) or (how_many == OPTIONAL and count > 1):
            yield Fault(role, "job", f"{count} files", how_many)
    if not request.of_role("flows") and not request.of_role("demand"):
        yield Fault("flows", "job", "neither flows nor demand", "flows of detectors, or known demand")
    if request.of_role("additional") and not request.of_role("demand"):
        yield Fault("additional", "job", "files, but no demand", "the demand whose vehicles need them")


def _plain(name: str) -> bool:
    return 0 < len(name.encode(errors="replace")) <= 200 and name.isprintable() and not re.search(r"[/\\]|^\.", name)


def _options_unfit(options: JobOptions) -> Iterator[Fault]:
    said = asdict(options)  # whatever is there: a document of others may say anything
    for name, (least, most, whole, optional) in _NUMBERS.items():
        value = said[name]
        if value is None and optional:
            continue
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            needed = f"{'a whole number' if whole else 'a number'} from {least:g} to {most:g}"
            yield Fault(name, "job, options", repr(value)[:60], needed)
    for name, words in _WORDS.items():
        value = said[name]
        allowed = words or tuple(profile_names())
        if value not in allowed and not (value is None and name == "pedestrians"):
            yield Fault(name, "job, options", repr(value)[:60], " or ".join(map(str, allowed)))
    for name in ("zone", "days", "holidays"):
        value = said[name]
        if value is not None and not (isinstance(value, str) and 0 < len(value) <= 4000 and value.isprintable()):
            yield Fault(name, "job, options", repr(value)[:60], "1 to 4000 letters in one line")
    if not isinstance(said["design_stages"], bool):
        yield Fault("design_stages", "job, options", repr(said["design_stages"])[:60], "true or false")
    begin, end = said["begin_s"], said["end_s"]
    if isinstance(begin, int | float) and isinstance(end, int | float) and begin >= end:
        yield Fault("period", "job, options", f"{begin:g} to {end:g} s", "begin before end")
    for name, moment in (("begin_s", begin), ("end_s", end)):
        if isinstance(moment, float) and not moment.is_integer():
            yield Fault(name, "job, options", f"{moment:g}", "whole seconds")


def _rest_unfit(request: JobRequest) -> Iterator[Fault]:
    priority: object = request.priority
    title: object = request.title
    if isinstance(priority, bool) or not isinstance(priority, int) or not FIRST_PRIORITY <= priority <= LAST_PRIORITY:
        needed = f"a whole number from {FIRST_PRIORITY} (first) to {LAST_PRIORITY}"
        yield Fault("priority", "job", repr(priority)[:60], needed)
    if not isinstance(title, str) or len(title) > 200 or not (title.isprintable() or not title):
        yield Fault("title", "job", repr(title)[:60], "at most 200 letters in one line")
