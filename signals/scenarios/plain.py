"""Streets of our own making: plain XML through netconvert, and signal programs written by movement."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import sumo
from defusedxml import ElementTree

_HEADER = re.compile(rb"<!--.*?-->\s*", re.DOTALL)
_NETCONVERT_LIMIT_S = 300


class BuildFailed(RuntimeError):
    """netconvert did not build the network, or warned about it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A position in a controller's state: a movement between two links, or a crossing over `crossed_links`."""

    index: int
    from_link: str
    to_link: str
    turn: str  # netconvert's letter: s, l, r, t; "" for a crossing
    crossed_links: frozenset[str] = frozenset()
    crossing_length_m: float = 0.0
    from_lane: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a program: the letter of every channel, by a rule, how long it is shown, and the limits that
    somebody set for that (minDur, maxDur)."""

    duration_s: int
    letter: Callable[[Channel], str]
    min_s: int | None = None
    max_s: int | None = None

    @property
    def limits_s(self) -> dict[str, int]:
        """The limits as attributes of the step."""
        return {name: time_s for name, time_s in (("minDur", self.min_s), ("maxDur", self.max_s)) if time_s is not None}


def element(tag: str, **attributes: object) -> str:
    """An empty XML element; a trailing underscore is taken off attribute names (`from_`)."""
    return (
        f"<{tag} " + " ".join(f"{key.rstrip('_')}={quoteattr(str(value))}" for key, value in attributes.items()) + "/>"
    )


def document(root: str, lines: Iterable[str]) -> str:
    """An XML document from elements, one per line."""
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root}>", *(f"    {x}" for x in lines), f"</{root}>", ""]
    )


def vehicle(id_: str, kind: str, depart_s: float, edges: Sequence[str]) -> str:
    """A vehicle with its route; it enters on the lane it needs, as fast as it may."""
    start = f'id="{id_}" type="{kind}" depart="{depart_s}" departLane="best" departSpeed="max"'
    return f'<vehicle {start}><route edges="{" ".join(edges)}"/></vehicle>'


def in_proportion(whole_s: int, need: Mapping[str, float], least_s: Mapping[str, int]) -> dict[str, int]:
    """Whole seconds shared out in proportion to the need, nobody below its least.

    What rounding down leaves over is not given to anybody. Raises BuildFailed where the least do not fit.
    """
    found: dict[str, int] = {}
    while True:
        total, left_s = sum(need[p] for p in need if p not in found), whole_s - sum(found.values())
        if left_s < 0:
            raise BuildFailed(
                f"{whole_s} s of green cannot hold the least of {', '.join(sorted(need))}: {dict(least_s)}"
            )
        short = [p for p in need if p not in found and left_s * need[p] < least_s[p] * total]
        if not short:
            return {part: found.get(part, int(left_s * need[part] / total) if total else 0) for part in need}
        found |= {part: least_s[part] for part in short}


def sumo_environment() -> dict[str, str]:
    """The environment for a program of the simulator's package: its own home and projection data."""
    home = sumo.SUMO_HOME
    return os.environ | {"SUMO_HOME": home, "PROJ_DATA": os.path.join(home, "data", "proj")}


def channels_of(network: bytes) -> dict[str, tuple[Channel, ...]]:
    """Per signal of a built network (bytes of the file), its channels in the order of their index."""
    root = ElementTree.fromstring(network, forbid_dtd=True)
    crossings = {
        edge.get("id"): (frozenset(edge.get("crossingEdges", "").split()), float(edge.find("lane").get("length")))
        for edge in root.iter("edge")
        if edge.get("function") == "crossing"
    }
    found: dict[str, dict[int, Channel]] = {}
    for connection in root.iter("connection"):
        signal = connection.get("tl")
        if signal is None:
            continue
        index, to_link = int(connection.get("linkIndex")), connection.get("to")
        crossed, length_m = crossings.get(to_link, (frozenset(), 0.0))
        turn = "" if crossed else connection.get("dir")
        from_lane = int(connection.get("fromLane"))
        channel = Channel(index, connection.get("from"), to_link, turn, crossed, length_m, from_lane)
        found.setdefault(signal, {})[index] = channel
    return {signal: tuple(by_index[i] for i in sorted(by_index)) for signal, by_index in found.items()}


def build(
    nodes: Sequence[str],
    edges: Sequence[str],
    connections: Sequence[str],
    programs: Callable[[str, tuple[Channel, ...]], tuple[int, Sequence[Step]]],
    options: Sequence[str] = (),
) -> bytes:
    """Build a network: netconvert once for the channels, once more with the programs written over them.

    `programs(signal, channels)` gives offset [s] and steps. The result carries no date and no path, so that the same
    input gives the same bytes. Raises BuildFailed, with netconvert's words.
    """
    with tempfile.TemporaryDirectory(prefix="greenband-build-") as folder_name:
        folder = Path(folder_name)
        (folder / "street.nod.xml").write_text(document("nodes", nodes), encoding="utf-8")
        (folder / "street.edg.xml").write_text(document("edges", edges), encoding="utf-8")
        (folder / "street.con.xml").write_text(document("connections", connections), encoding="utf-8")
        first = _netconvert(folder, options)
        logics, limits_s = [], list[dict[str, int]]()
        for signal, channels in sorted(channels_of(first).items()):
            offset_s, steps = programs(signal, channels)
            logics.append(f'<tlLogic id={quoteattr(signal)} type="static" programID="0" offset="{offset_s}">')
            for step in steps:
                state = "".join(step.letter(channel) for channel in channels)
                logics.append("    " + element("phase", duration=step.duration_s, state=state))
                limits_s.append(step.limits_s)
            logics.append("</tlLogic>")
        (folder / "street.tll.xml").write_text(document("tlLogics", logics), encoding="utf-8")
        return _limited(_netconvert(folder, [*options, "--tllogic-files", "street.tll.xml"]), limits_s)


def _limited(network: bytes, limits_s: Sequence[Mapping[str, int]]) -> bytes:
    """Limits of steps written in the order of signals and steps: netconvert leaves them out of fixed programs."""
    found = re.split(rb"(?=<phase )", network)
    if len(found) != len(limits_s) + 1:
        raise BuildFailed(f"netconvert wrote {len(found) - 1} steps of programs, {len(limits_s)} were given")
    for i, step in enumerate(limits_s, start=1):
        said = "".join(f' {name}="{time_s}"' for name, time_s in step.items())
        found[i] = found[i].replace(b" state=", f"{said} state=".encode(), 1)
    return b"".join(found)


def _netconvert(folder: Path, options: Sequence[str]) -> bytes:
    command = [
        os.path.join(sumo.SUMO_HOME, "bin", "netconvert"),
        *("--node-files", "street.nod.xml", "--edge-files", "street.edg.xml"),
        *("--connection-files", "street.con.xml", "--output-file", "built.net.xml"),
        *("--no-turnarounds", "true", *options),
    ]
    done = subprocess.run(
        command, cwd=folder, env=sumo_environment(), capture_output=True, text=True, timeout=_NETCONVERT_LIMIT_S
    )
    if done.returncode != 0 or done.stderr.strip():
        raise BuildFailed(f"netconvert gave up or warned ({done.returncode}): {done.stderr.strip()[:2000]}")
    return _HEADER.sub(b"", (folder / "built.net.xml").read_bytes(), count=1)
