"""The folder in which a program makes one safety check: what it is asked, its word to begin, its answer.

The program comes before its plan: it imports what it needs, then waits for a byte in the pipe of the folder.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from networks.faults import Fault, InputError
from signals.files import write_whole
from signals.service.library.judging import Kept, Readers, judge, sources_from
from signals.store.steps import canonical_bytes

_WORD, _ASKED, _ANSWER = "begin", "asked.json", "verdict.json"
_DOCUMENTS = ("plan", "network", "inputs")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the plan of these documents (plan, network, inputs); nothing where it may go out."""

    digests: tuple[str, ...]
    reasons: tuple[str, ...]


def new_pipe(folder: Path) -> int:
    """Make the pipe; the descriptor with which `begin` writes to it, at whichever time the program comes to read."""
    os.mkfifo(folder / _WORD, 0o600)
    return os.open(folder / _WORD, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


def begin(folder: Path, pipe: int, kept: Kept) -> None:
    """Hand the documents over, and say so."""
    for name, content in zip(_DOCUMENTS, (kept.plan, kept.network, kept.inputs), strict=True):
        (folder / name).write_bytes(content)
    (folder / _ASKED).write_bytes(canonical_bytes(list(kept.digests)))
    os.write(pipe, b"1")


def check_in(folder: Path, readers: Readers) -> None:
    """In the program: wait for the word, check, answer."""
    with (folder / _WORD).open("rb", buffering=0) as pipe:
        pipe.read(1)
    digests = json.loads((folder / _ASKED).read_bytes())
    kept = Kept(tuple(digests), *((folder / name).read_bytes() for name in _DOCUMENTS))
    try:
        reasons = [*map(str, judge(sources_from(kept), readers).violations)]
    except InputError as error:
        reasons = [*map(str, error.faults)]
    write_whole(folder / _ANSWER, canonical_bytes({"digests": digests, "reasons": reasons}), lasting=False)


def verdict_in(folder: Path) -> Verdict:
    """The answer. Raises `InputError` where there is none."""
    try:
        raw = json.loads((folder / _ANSWER).read_bytes())
        return Verdict(tuple(map(str, raw["digests"])), tuple(map(str, raw["reasons"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"none that can be read ({type(error).__name__})"
        raise InputError([Fault("verdict", "program of the safety check", found, "one")]) from error
