"""Plans of the library found again: by a word, by what is known of them, compared, and given back as files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from networks.faults import Fault, InputError
from signals.comparison import IntersectionChange, compare, differences_of_whole
from signals.files import write_whole
from signals.plan import TimingPlan, write_plan
from signals.release import Actor, Life, Verb, permit
from signals.service.folder import INPUTS, PLAN
from signals.service.library.judging import INPUTS_FILE, NETWORK_FILE, plan_from, sources_of
from signals.service.library.lives import life_of
from signals.service.library.stamped import with_release
from signals.store import audit, documents, library
from signals.store.database import Database, Reading
from signals.store.failures import NotThere
from signals.store.library import COMMENT, LABEL, UNLABEL, LibraryPlan, Note

RUNNING = "running"
_DIGEST_BEGIN = re.compile(r"[0-9a-f]{4,64}")
_VERSION = re.compile(r"v([1-9][0-9]{0,8})")
_LABEL = re.compile(r"[^\W_][\w .:/+-]{0,59}")


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is known of a plan."""

    plan: LibraryPlan
    life: Life
    labels: tuple[str, ...]
    notes: tuple[Note, ...]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two plans beside each other; no changes where they are the same."""

    before: str
    after: str
    whole: tuple[str, ...]
    intersections: tuple[IntersectionChange, ...]


def network_named(reading: Reading, word: str) -> str:
    """The digest of the network with this name, or whose digest begins so. Raises `InputError` for none and several."""
    return network_among(library.list_networks(reading), word)


def network_among(known: Mapping[str, str], word: str) -> str:
    """The same, where the networks are known: digest to name."""
    found = [digest for digest, name in known.items() if name == word]
    found = found or [digest for digest in known if _DIGEST_BEGIN.fullmatch(word) and digest.startswith(word)]
    if len(found) != 1:
        names = ", ".join(f"{name} ({digest[:8]})" for digest, name in known.items()) or "none in the library"
        what = "several of this name" if found else "none of this name"
        raise (InputError if found else NotThere)([Fault("network", word[:80], what, f"one of: {names}")])
    return found[0]


def plan_named(reading: Reading, word: str, network_digest: str | None = None) -> LibraryPlan:
    """The plan that a word means: its version ("v3"), the begin of its digest, or a label that one plan has.

    Raises `InputError` where it means none or several.
    """
    version = _VERSION.fullmatch(word)
    if version:
        found = library.plans_of_version(reading, int(version[1]), network_digest)
    else:
        found = library.search(reading, library.Wanted(network_digest, label=word), limit=10)
        if not found and _DIGEST_BEGIN.fullmatch(word):
            found = library.plans_beginning(reading, word)
    if len(found) != 1:
        named = ", ".join(f"{plan.plan_digest[:12]} (v{plan.version} of {plan.network_name})" for plan in found)
        needed = "a version (v3), at least four letters of a digest, or a label that one plan has"
        kind = InputError if found else NotThere
        raise kind([Fault("plan", word[:80], f"several: {named}" if found else "none", needed)])
    return found[0]


def show(reading: Reading, plan: LibraryPlan) -> Shown:
    """Everything about a plan."""
    digest = plan.plan_digest
    labels = library.labels_of(reading, [digest])[digest]
    notes = tuple(library.notes_of(reading, digest))
    return Shown(plan, life_of(reading, digest), labels, notes, library.files_of(reading, digest))


def comment(database: Database, by: Actor, plan_digest: str, text: str) -> None:
    """Keep a comment on a plan. Raises `NotAllowed`, and `InputError` for a text of more than one line."""
    _note(database, by, plan_digest, COMMENT, text, Verb.PLAN_COMMENT)


def label(database: Database, by: Actor, plan_digest: str, text: str, *, remove: bool = False) -> None:
    """Give a plan a label, or take it away. Raises `NotAllowed`, and `InputError` for what is no label."""
    if not _LABEL.fullmatch(text) or _VERSION.fullmatch(text) or _DIGEST_BEGIN.fullmatch(text) or text == RUNNING:
        needed = "1 to 60 letters, digits and .:/+-; not a version, not the begin of a digest"
        raise InputError([Fault("label", plan_digest[:12], repr(text[:80]), needed)])
    with database.reading() as reading:
        given = text in library.labels_of(reading, [plan_digest])[plan_digest]
    if given is not remove:
        found = "has it already" if given else "has it not"
        raise InputError([Fault("label", f"plan {plan_digest[:12]}", f"{text!r}: {found}", "a change")])
    _note(database, by, plan_digest, UNLABEL if remove else LABEL, text, Verb.PLAN_LABEL)


def compare_plans(reading: Reading, before_digest: str, after_digest: str) -> Compared:
    """Any two plans that are kept, of the same network or not."""
    before, after = (plan_from(documents.get(reading, digest)) for digest in (before_digest, after_digest))
    return Compared(before_digest, after_digest, differences_of_whole(before, after), compare(before, after))


def incumbent_of(reading: Reading, life: Life) -> str:
    """The plan that ran when a plan was validated. Raises `InputError` where it is not kept."""
    inputs = {} if life.report_digest is None else documents.inputs_of(reading, life.report_digest)
    if "incumbent" not in inputs:
        where = f"plan {life.plan_digest[:12]}"
        raise NotThere([Fault("running plan", where, "none kept beside its report", "another plan to compare with")])
    return inputs["incumbent"]


def export(reading: Reading, plan: LibraryPlan, out: Path) -> tuple[Path, ...]:
    """Write a plan and its files into a new folder, laid out as a job leaves them, network and release beside; the
    files."""
    if out.exists():
        raise InputError([Fault("--out", "command line", f"{out}, which is there already", "a new folder")])
    sources, release = sources_of(reading, plan.plan_digest), life_of(reading, plan.plan_digest).release_digest
    reports = {
        name: documents.get(reading, digest)
        for name, digest in library.files_of(reading, plan.plan_digest).items()
        if name not in (NETWORK_FILE, INPUTS_FILE)
    }
    out.mkdir(parents=True)
    write_plan(sources.plan, out / PLAN)
    write_whole(out / sources.bundle.network_name, sources.network)
    given = with_release(reports, None if release is None else documents.get(reading, release))
    for name, content in given.items():  # the plan's own file too, where it says more than its document
        write_whole(out / name, content)
    sources.bundle.lay_out(out)
    return tuple(path for path in sorted(out.iterdir()) if path.name != INPUTS)


def plans_by_digest(reading: Reading, digests: Sequence[str]) -> dict[str, TimingPlan]:
    """Plans of the library. Raises `InputError` for every one that is not there."""
    library.refuse_not_in_library(reading, digests)
    return {digest: plan_from(documents.get(reading, digest)) for digest in dict.fromkeys(digests)}


def _note(database: Database, by: Actor, plan_digest: str, kind: str, text: str, verb: Verb) -> None:
    permit(by, verb, f"plan {plan_digest[:12]}")
    with database.writing() as writing:
        library.refuse_not_in_library(writing, [plan_digest])
        what = f"{verb}: {'label taken away' if kind == UNLABEL else kind}"
        audit.append(writing, who=str(by), what=what, why=text, before=plan_digest, after=plan_digest)
        library.add_note(writing, plan_digest, kind, text, str(by))
