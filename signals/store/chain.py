"""The audit log as a chain: each entry's hash covers all that it says and the hash of the one before.

Who alters, removes or inserts an entry breaks the chain there. Who may write the database could compute all later
hashes anew, or cut the end off: against that stands a head that was recorded elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from networks.faults import Fault, InputError
from signals.store.steps import digest_of

FORMAT, VERSION = "greenband-audit", 1
BEFORE_THE_FIRST = "0" * 64
_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what when and why, with the digests of the thing before and after (None: there is none)."""

    number: int
    at: str  # as `instant_text` writes it
    who: str
    what: str
    why: str
    before_digest: str | None
    after_digest: str | None
    previous_hash: str
    hash: str = ""

    def hash_needed(self) -> str:
        """SHA-256 [hex] over the canonical bytes of everything but the hash itself."""
        content = asdict(self)
        del content["hash"]
        return digest_of({"format": FORMAT, "version": VERSION, **content})


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log at some time; recorded elsewhere, it proves that the log still holds all up to it."""

    number: int = 0
    hash: str = BEFORE_THE_FIRST

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found: where it ends, and everything that is wrong with it."""

    head: Head
    faults: tuple[Fault, ...]


def head_of(text: str) -> Head:
    """The head that `str(head)` wrote. Raises `InputError` for any other text."""
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise InputError([Fault("recorded head", "command line", repr(text)[:100], "NUMBER:HASH, as verify prints it")])
    return Head(int(match[1]), match[2])


def verify_chain(entries: Iterable[Entry], recorded: Head | None = None) -> Verification:
    """Walk along the entries, in the order of their numbers, and name every break of the chain."""
    walk = _Walk(recorded or Head())
    faults = tuple(walk.faults(entries))
    return Verification(walk.last, faults)


class _Walk:
    def __init__(self, recorded: Head) -> None:
        self.recorded = recorded
        self.last = Head()
        self._seen_recorded = recorded.number == 0

    def faults(self, entries: Iterable[Entry]) -> Iterator[Fault]:
        if self.recorded.number == 0 and self.recorded.hash != BEFORE_THE_FIRST:
            yield Fault("recorded head", "entry 0", self.recorded.hash, f"{BEFORE_THE_FIRST} before the first entry")
        for entry in entries:
            yield from self._of(entry)
            self.last = Head(entry.number, entry.hash)
        if not self._seen_recorded:
            found = f"a log that ends with entry {self.last.number}"
            yield Fault("end of the log", "audit log", found, f"entry {self.recorded.number}, which was recorded")

    def _of(self, entry: Entry) -> Iterator[Fault]:
        where, expected = f"audit entry {entry.number}", self.last.number + 1
        if entry.number != expected:
            missing = f"{expected}" if entry.number == expected + 1 else f"{expected} to {entry.number - 1}"
            yield Fault("entries before it", where, f"no entry {missing}", "every number once")
        elif entry.previous_hash != self.last.hash:
            yield Fault("hash of the entry before", where, f"{entry.previous_hash!s:.64}", self.last.hash)
        try:
            needed = entry.hash_needed()
        except (TypeError, ValueError):
            needed = "that of an entry of texts"
        if entry.hash != needed:
            yield Fault("hash of its content", where, f"{entry.hash!s:.64}", needed)
        if entry.number == self.recorded.number:
            self._seen_recorded = True
            if entry.hash != self.recorded.hash:
                yield Fault("recorded head", where, f"{entry.hash!s:.64}", self.recorded.hash)
