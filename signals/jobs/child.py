"""The work of a job as a program of its own: limited, and gone with its owner, whatever becomes of the owner."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from signals import launched
from signals.launched import Launched

_MOST_MESSAGES = 4000
# Nothing of the service's own goes to a program that reads what others wrote: no keys, no URL of the database.
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the work of one job may use."""

    wall_s: float = 24 * 3600.0
    cpu_s: float = 24 * 3600.0  # of one process
    memory_bytes: int = 16 << 30  # of addresses, of one process
    file_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended: `code` where it ended by itself, else why it was ended; `said` are its last words."""

    code: int | None
    why: str
    said: str


class Child:
    """A program that runs in `folder`; `arguments` are those of this interpreter."""

    def __init__(self, arguments: Sequence[str], folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._program = Launched([sys.executable, *arguments], folder, limits, _environment(os.environ))

    def wait(self, most_s: float) -> Ending | None:
        """How it ended, or None where it still runs after so many seconds."""
        ended = self._program.wait(most_s)
        return None if ended is None else self._told(ended)

    def kill(self) -> None:
        """Take it down with all that it started."""
        self._program.kill()

    def _told(self, ended: launched.Ending) -> Ending:
        with (self._folder / launched.MESSAGES).open("rb") as messages:
            messages.seek(max(0, messages.seek(0, os.SEEK_END) - _MOST_MESSAGES))
            said = messages.read(_MOST_MESSAGES).decode(errors="replace")
        said = said.replace(f"{self._folder}/", "").replace(str(self._folder), ".").strip()
        if ended.reason == "exited":
            return Ending(ended.code, "", said)
        if ended.reason == "time":
            return Ending(None, f"it took longer than the {self._limits.wall_s:g} s that a job may take", said)
        if ended.reason == "gone":
            return Ending(None, "it was stopped", said)
        return Ending(None, f"it was ended by signal {ended.code} (out of memory, or of computing time)", said)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: ours[name] for name in _HANDED_ON if name in ours}
