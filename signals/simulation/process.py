"""The simulator as a child process: started through the launcher, watched, and gone when it should be."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from signals.launched import MESSAGES, Ending, Launched
from signals.simulation.job import (
    Cancelled,
    Limits,
    MemoryExceeded,
    OutputExceeded,
    SimulationError,
    SimulationFailed,
    TimedOut,
)

_MESSAGE_CHARACTERS = 2000
# Met with limits from too little to load the program to almost enough; its files were all read by us before.
_OUT_OF_MEMORY = (
    "bad_alloc",
    "cannot allocate memory",
    "unable to allocate",
    "memoryerror",
    "out of memory",
    "failed to map segment",
    "unspecified error occurred while parsing",
    "unknown reason",
)


def simulator_home() -> Path:
    """Folder of the installed simulator package."""
    import sumo  # late: importing it sets environment variables

    return Path(sumo.SUMO_HOME)


def environment(home: Path, folder: Path) -> dict[str, str]:
    """All the environment a simulator program gets: nothing of the owner's."""
    proj = str(home / "data" / "proj")
    return {
        "SUMO_HOME": str(home),
        "PROJ_DATA": proj,
        "PROJ_LIB": proj,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C",
    }


class Running(Launched):
    """One program of the simulator package (or at an absolute path), running in `folder` under `limits`.

    `more` is added to its environment.
    """

    def __init__(
        self,
        program: str,
        arguments: Sequence[str],
        folder: Path,
        limits: Limits,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        home = simulator_home()
        super().__init__(
            [str(home / "bin" / program), *arguments], folder, limits, {**environment(home, folder), **more}
        )


def messages_of(folder: Path) -> list[str]:
    """Lines that the program wrote, without our folder's path and without control characters."""
    path = folder / MESSAGES
    if not path.exists():
        return []
    with path.open("rb") as file:
        text = file.read(200_000).decode("utf-8", "replace")
    text = text.replace(f"{folder}/", "").replace(str(folder), ".")
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def failure_of(ending: Ending, folder: Path, limits: Limits, program: str = "the simulator") -> SimulationError | None:
    """The error that an ending stands for; None where the program ended well."""
    if ending.reason == "exited" and ending.code == 0:
        return None
    lines = messages_of(folder)
    said = " ".join(lines).lower()
    if ending.reason == "gone":
        return Cancelled("the run was stopped")
    if ending.reason == "time":
        return TimedOut(f"{program} was stopped after {ending.wall_s:.0f} s (limit {limits.wall_s:g} s)")
    if ending.reason == "signalled" and ending.code == signal.SIGXCPU:
        return TimedOut(f"{program} used {ending.cpu_s:.0f} s of computing time (limit {limits.cpu_s:g} s)")
    too_large = ending.reason == "signalled" and ending.code == signal.SIGXFSZ
    if too_large or "file too large" in said:  # said by programs that do without the signal
        return OutputExceeded(f"{program} wrote a file larger than {limits.file_bytes / 1e6:.0f} MB")
    killed = ending.reason == "signalled" and ending.code == signal.SIGKILL  # by the system, short of memory
    if killed or any(words in said for words in _OUT_OF_MEMORY):
        needed = f"more than {limits.memory_bytes / 1e6:.0f} MB of memory"
        return MemoryExceeded(f"{program} needed {needed}; give it more, or a smaller network or period")
    return SimulationFailed(_told(lines) or f"{program} ended by {ending.reason} {ending.code} without a message")


def _told(lines: list[str]) -> str:
    """The error lines of the simulator, or its last words."""
    chosen: list[str] = []
    for line in lines:
        if line.startswith("Quitting") or "pj_obj_create" in line:
            continue
        found = re.search(r"Error: ?(.*)", line)
        if found:
            chosen.append(found.group(1))
        elif chosen and not line.startswith(("Warning", "Step #", "Loading", "(")):
            chosen.append(line)
    return "\n".join(chosen or lines[-3:])[:_MESSAGE_CHARACTERS].strip()
