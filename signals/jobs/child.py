"""The work of a job as a program of its own: limited, and gone with its owner, whatever becomes of the owner."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MESSAGES = "messages.txt"
_LAUNCHER = Path(__file__).parents[1] / "launcher.py"
_KILL_WAIT_S = 1.0
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
        words = [limits.wall_s, limits.cpu_s, limits.memory_bytes, limits.file_bytes]
        command = [sys.executable, "-I", "-S", "-E", str(_LAUNCHER), *map(str, words), sys.executable, *arguments]
        with (folder / MESSAGES).open("wb") as messages:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(os.environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                start_new_session=True,
            )

    def wait(self, most_s: float) -> Ending | None:
        """How it ended, or None where it still runs after so many seconds."""
        try:
            self._process.wait(most_s)
        except subprocess.TimeoutExpired:
            return None
        assert self._process.stdout is not None
        words = self._process.stdout.read().decode("ascii", "replace").split()
        self._close()
        return self._ending(*(words[:2] if len(words) == 5 else ("gone", "0")))

    def kill(self) -> None:
        """Take it down with all that it started."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()  # its launcher kills the whole group
            try:
                self._process.wait(_KILL_WAIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._close()

    def _ending(self, reason: str, code: str) -> Ending:
        with (self._folder / MESSAGES).open("rb") as messages:
            messages.seek(max(0, messages.seek(0, os.SEEK_END) - _MOST_MESSAGES))
            said = messages.read(_MOST_MESSAGES).decode(errors="replace")
        said = said.replace(f"{self._folder}/", "").replace(str(self._folder), ".").strip()
        if reason == "exited":
            return Ending(int(code), "", said)
        if reason == "time":
            return Ending(None, f"it took longer than the {self._limits.wall_s:g} s that a job may take", said)
        if reason == "gone":
            return Ending(None, "it was stopped", said)
        return Ending(None, f"it was ended by signal {code} (out of memory, or of computing time)", said)

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: ours[name] for name in _HANDED_ON if name in ours}
