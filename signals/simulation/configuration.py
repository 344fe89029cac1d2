"""A simulator configuration of others: its network, demand, additional files and period are used; it is never run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from networks.faults import Fault
from signals.simulation.untrusted import Bounds, elements_of, raise_faults, seconds, shown

_BOUNDS = Bounds(packed_bytes=1 << 20, unpacked_bytes=1 << 20)
_ROOTS = frozenset({"configuration", "sumoConfiguration"})
_NAMES = {
    "n": "net-file",
    "net": "net-file",
    "r": "route-files",
    "a": "additional-files",
    "additional": "additional-files",
    "b": "begin",
    "e": "end",
}
_KNOWN = frozenset({"net-file", "route-files", "additional-files", "begin", "end"})


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration names; paths are absolute. `ignored` are its other settings, all without effect."""

    network: Path
    demand: tuple[Path, ...]
    additional: tuple[Path, ...]
    begin_s: float | None
    end_s: float | None
    ignored: tuple[str, ...]


def read_sumocfg(path: Path, *, within: Path | None = None) -> Configuration:
    """Read a `.sumocfg`. Paths in it are relative to its folder.

    With `within`, a file outside that folder is refused (for files that came from elsewhere). Raises `InputError`.
    """
    faults: list[Fault] = []
    found: dict[str, str] = {}
    ignored: list[str] = []
    for number, top in enumerate(elements_of(path, _ROOTS, _BOUNDS)):
        if number == 0:
            continue
        for option in tuple(top.iter())[1:] if len(top) else (top,):
            _note(option, path, found, ignored, faults)

    def paths(name: str) -> tuple[Path, ...]:
        words = [word.strip() for word in found.get(name, "").split(",")]
        return tuple(_path(word, name, path, within, faults) for word in words if word)

    def time(name: str) -> float | None:
        if name not in found:
            return None
        value = seconds(found[name])
        if value is None:
            faults.append(Fault(name, path.name, shown(found[name]), "a time in seconds from 0 to 1e7 (or hh:mm:ss)"))
        return value

    networks, demand, additional = paths("net-file"), paths("route-files"), paths("additional-files")
    begin_s, end_s = time("begin"), time("end")
    if len(networks) != 1:
        faults.append(Fault("net-file", path.name, f"{len(networks)} networks", "one"))
    raise_faults(faults, path.name)
    return Configuration(networks[0], demand, additional, begin_s, end_s, tuple(dict.fromkeys(ignored)))


def _note(option: Element, path: Path, found: dict[str, str], ignored: list[str], faults: list[Fault]) -> None:
    name = _NAMES.get(option.tag, option.tag)
    value = option.get("value", option.get("v"))
    if name not in _KNOWN:
        if value is not None:
            ignored.append(shown(option.tag))
        return
    if value is None or name in found:
        text = "no value" if value is None else "a second value"
        faults.append(Fault(name, path.name, text, "one value"))
        return
    found[name] = value


def _path(word: str, name: str, path: Path, within: Path | None, faults: list[Fault]) -> Path:
    try:
        target = (path.parent / word).resolve()
        present = target.is_file()
    except (OSError, ValueError):
        target, present = path, False
    if within is not None and not target.is_relative_to(within.resolve()):
        faults.append(Fault(name, path.name, shown(word), "a file in the folder of what was handed in"))
    elif not present:
        faults.append(Fault(name, path.name, f"{shown(word)}, which is not there", "a readable file"))
    return target
