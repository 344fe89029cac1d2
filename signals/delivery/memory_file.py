"""The memory of a controller as a file: after a kill or a power cut it is whole, with the last content or the one
before."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from networks.faults import Fault, InputError
from signals.files import write_whole


class MemoryFile:
    """A file in a folder that is there. Raises `InputError` where it is none, or cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.parent.is_dir():
            raise InputError([Fault("memory", str(path), f"no folder {path.parent}", "a folder that is there")])
        for left in path.parent.glob(f".{path.name}.*.part"):  # of a write that was cut off
            with contextlib.suppress(OSError):
                left.unlink()

    def read(self) -> bytes | None:
        """What was written last; None before the first time."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            found = error.strerror or "unreadable"
            raise InputError([Fault("memory", str(self._path), found, "a readable file")]) from error

    def write(self, content: bytes) -> None:
        """Returns when the disk has it, and its name."""
        write_whole(self._path, content)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
