"""A plan of the library checked anew from the documents alone: street, rules and controllers of its job."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from networks.faults import Fault, InputError
from networks.network import Network
from signals.plan import TimingPlan
from signals.rules import Rules
from signals.rules.engineer import EngineerFile
from signals.safety import Violation, check, unrunnable
from signals.service.estimate import StreetReader
from signals.service.folder import PLAN, kept_beside
from signals.service.judged_beside import judged_beside
from signals.service.judged_by import JudgedBy
from signals.service.library.bundle import Bundle, bundle_from
from signals.store import documents, library
from signals.store.database import Reading

NETWORK_FILE, INPUTS_FILE = "network", "inputs"  # names of a plan's files in the library
_STREET = "street"


@dataclass(frozen=True, slots=True)
class Readers:
    """The concrete adapters that files of a street are read with, handed in."""

    read_street: StreetReader
    read_plan: Callable[[Path, Network], TimingPlan]
    read_sheet: Callable[[Path, Network], EngineerFile]
    running_plan: Callable[[Network], TimingPlan]


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """What a plan was judged against, and what was found."""

    network: Network
    rules: Rules
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The documents that a check is made from, byte for byte, and their digests: of plan, network and inputs."""

    digests: tuple[str, str, str]
    plan: bytes
    network: bytes
    inputs: bytes


@dataclass(frozen=True, slots=True)
class Sources:
    """The same, read."""

    plan: TimingPlan
    network: bytes
    bundle: Bundle


def kept_for(reading: Reading, plan_digest: str) -> Kept:
    """The documents of a plan of the library, each hashed again. Raises `InputError`: one is missing or damaged."""
    (kept,) = kept_for_all(reading, [plan_digest])
    return kept


def kept_for_all(reading: Reading, plan_digests: Iterable[str]) -> list[Kept]:
    """The same of several plans. What they have in common, as the network of a schedule's, is read once."""
    read = cache(partial(documents.get, reading))
    return [_kept(reading, digest, read) for digest in plan_digests]


def _kept(reading: Reading, plan_digest: str, read: Callable[[str], bytes]) -> Kept:
    files = library.files_of(reading, plan_digest)
    if NETWORK_FILE not in files or INPUTS_FILE not in files:
        raise InputError([Fault("files", f"plan {plan_digest[:12]}", "no network or inputs", "those of its job")])
    digests = plan_digest, files[NETWORK_FILE], files[INPUTS_FILE]
    return Kept(digests, *map(read, digests))


def sources_from(kept: Kept) -> Sources:
    """What the documents say. Raises `InputError`."""
    return Sources(plan_from(kept.plan), kept.network, bundle_from(kept.inputs))


def sources_of(reading: Reading, plan_digest: str) -> Sources:
    """What the documents of a plan of the library say. Raises `InputError` where one is missing or damaged."""
    return sources_from(kept_for(reading, plan_digest))


def plan_from(content: bytes) -> TimingPlan:
    """The plan of a document."""
    return TimingPlan.model_validate_json(content)


def judge(sources: Sources, readers: Readers) -> Street:
    """Check a plan as `greenband check` does beside its job's results: safe, and to be run by the controllers there."""
    by = judged_by(sources, readers)
    found = (*check(sources.plan, by.network, by.rules), *unrunnable(sources.plan, by.controllers))
    return Street(by.network, by.rules, found)


def judged_by(sources: Sources, readers: Readers) -> JudgedBy:
    """Street, rules and controllers of a plan's job."""
    with laid_out(sources) as folder:
        beside = kept_beside(folder / PLAN)
        network_path = folder / _STREET / sources.bundle.network_name
        network = readers.read_street(network_path, beside.detectors, beside.programs)
        return judged_beside(sources.plan, network, beside, readers.read_sheet)


@contextmanager
def laid_out(sources: Sources) -> Iterator[Path]:
    """A folder with network and inputs as they lay beside the plan; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="greenband-check-") as name:
        folder = Path(name)
        (folder / _STREET).mkdir()
        (folder / _STREET / sources.bundle.network_name).write_bytes(sources.network)
        sources.bundle.lay_out(folder)
        yield folder
