"""A program started through `launcher.py`: limited, watched, and taken down with all that it started."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MESSAGES = "messages.txt"
_LAUNCHER = Path(__file__).with_name("launcher.py")
_KILL_WAIT_S = 1.0


class Limits(Protocol):
    """What a program may use: seconds in all and of computing, bytes of addresses and of a file."""

    @property
    def wall_s(self) -> float: ...
    @property
    def cpu_s(self) -> float: ...
    @property
    def memory_bytes(self) -> int: ...
    @property
    def file_bytes(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended: exited (code), signalled (code = signal), time, gone."""

    reason: str
    code: int
    wall_s: float
    cpu_s: float
    memory_bytes: int


class Launched:
    """A program that runs in `folder`, with this environment and no other; what it says is in the file `MESSAGES`."""

    def __init__(self, command: Sequence[str], folder: Path, limits: Limits, environment: Mapping[str, str]) -> None:
        most = (math.ceil(limits.wall_s), math.ceil(limits.cpu_s), limits.memory_bytes, limits.file_bytes)
        with (folder / MESSAGES).open("wb") as messages:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-E", str(_LAUNCHER), *map(str, most), *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self.stdout = self._process.stdout

    def wait(self, most_s: float) -> Ending | None:
        """How it ended, or None where it still runs after so many seconds."""
        try:
            self._process.wait(most_s)
        except subprocess.TimeoutExpired:
            return None
        return self.ending()

    def ending(self) -> Ending:
        """Wait for the end and say how it was."""
        words = self.stdout.read().decode("ascii", "replace").split()
        self._process.wait()
        self._close()
        if len(words) != 5:
            return Ending("gone", self._process.returncode, 0.0, 0.0, 0)
        return Ending(words[0], int(words[1]), float(words[2]), float(words[3]), int(words[4]))

    def kill(self) -> None:
        """Take it down. The launcher kills the group when its input ends; should it hang, its own death does it."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(_KILL_WAIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
