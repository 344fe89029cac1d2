"""SUMO additional files: detectors and signal programs. Everything else in them is left out, output files above all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from networks.detectors import kind_by_place
from networks.faults import Fault, InputError, refuse_if_any
from networks.importers._documents import DEFAULT_LIMITS, Limits, scan
from networks.importers._values import Reader
from networks.importers.sumo_programs import ProgramReader
from networks.junction import Program
from networks.network import Detector, DetectorKind, Lane, Network
from networks.own_names import is_own
from networks.running import channel_counts, misfits

_POINTS = frozenset({"inductionLoop", "e1Detector"})
_AREAS = frozenset({"laneAreaDetector", "e2Detector"})
_YES = frozenset({"1", "true", "yes", "on", "x", "t", "T", "True"})
_ROUNDING_M = 0.1


def read_detectors(paths: Iterable[Path], network: Network, limits: Limits = DEFAULT_LIMITS) -> tuple[Detector, ...]:
    """The induction loops (E1) and lane area detectors (E2) of the files, in their order.

    The distance to the stop line is that from the detector's downstream end to the end of its lane. The kind is that of
    `<param key="kind" value="stop line | advance | mid-block | entry | exit"/>`, else judged by place
    (`networks.detectors.kind_by_place`). Raises `InputError` with all faults, also where no detector is found at all.
    """
    files = tuple(paths)
    detectors = read_additional(files, network, limits)[1]
    if not detectors:
        names = ", ".join(Path(path).name for path in files)
        raise InputError([Fault("detectors", names or "no file", "none", "inductionLoop or laneAreaDetector")])
    return detectors


def read_programs(
    paths: Iterable[Path], network: Network | Mapping[str, int], limits: Limits = DEFAULT_LIMITS
) -> tuple[Program, ...]:
    """The signal programs of the files in the order of loading (the last of a signal runs).

    `network` may be given as numbers of channels by intersection id. Raises `InputError` with all faults.
    """
    counts = channel_counts(network) if isinstance(network, Network) else network
    faults: list[Fault] = []
    programs = [program for handler in _handlers(paths, limits, faults) for program in handler.programs.programs]
    refuse_if_any([*faults, *(fault for program in programs for fault in misfits(program, counts))])
    return tuple(programs)


def read_additional(
    paths: Iterable[Path], network: Network, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[Program, ...], tuple[Detector, ...]]:
    """Programs and detectors of the files, each read once. Raises `InputError` with all faults of all files."""
    counts = channel_counts(network)
    lanes = {lane.id: lane for lane in network.lanes}
    programs: list[Program] = []
    detectors: list[Detector] = []
    seen = {detector.id for detector in network.detectors}
    faults: list[Fault] = []
    for handler in _handlers(paths, limits, faults):
        programs += handler.programs.programs
        found = Reader(handler.reader.source)
        # What our own files of programs lay in the road for the simulator is not there.
        for row in (one for one in handler.rows if not is_own(one.attributes.get("id", ""))):
            detector = _detector(row, network, lanes, found)
            if detector is None:
                continue
            if detector.id in seen:
                found.fault("detector id", f"detector {detector.id!r}", "more than once", "unique ids")
            seen.add(detector.id)
            detectors.append(detector)
        faults += found.all_faults()
    refuse_if_any([*faults, *(fault for program in programs for fault in misfits(program, counts))])
    return tuple(programs), tuple(detectors)


def _handlers(paths: Iterable[Path], limits: Limits, faults: list[Fault]) -> list[_Additional]:
    """One filled handler per file; what is wrong with a file goes to `faults`."""
    handlers = []
    for path in map(Path, paths):
        handler = _Additional(Reader(path.name))
        try:
            scan(path, handler, limits)
        except InputError as error:
            faults += error.faults
        faults += handler.reader.all_faults()
        handlers.append(handler)
    return handlers


class _Row:
    """One detector element: what it is called, its attributes and its parameters."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.parameters: dict[str, str] = {}


class _Additional:
    """Collects detectors as rows and hands programs on."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.programs = ProgramReader(reader)
        self.rows: list[_Row] = []
        self._open: _Row | None = None
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag in ("net", "routes", "configuration", "sumoConfiguration"):
            self.reader.fault("root element", "start", f"<{tag}>", "<additional>")
        if self.programs.inside:
            self.programs.start(tag, attributes)
        elif tag in _POINTS or tag in _AREAS:
            self._open = _Row(tag, attributes)
            self.rows.append(self._open)
        elif tag == "param" and self._open is not None:
            self._open.parameters[attributes.get("key", "")] = attributes.get("value", "")
        else:
            self.programs.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self.programs.inside:
            self.programs.end(tag)
        elif tag in _POINTS or tag in _AREAS:
            self._open = None


def _detector(row: _Row, network: Network, lanes: Mapping[str, Lane], reader: Reader) -> Detector | None:
    attributes = row.attributes
    where = f"{row.tag} {attributes.get('id')!r}"
    before = reader.count
    name = reader.id(attributes, "id", where)
    lane_ids = attributes.get("lanes", attributes.get("lane", "")).split()
    for lane_id in lane_ids:
        if lane_id not in lanes:
            reader.fault("lane", where, f"unknown id {lane_id!r}", "a lane of the network")
    if not lane_ids:
        reader.fault("lane", where, "nothing", "the id of a lane")
    if reader.count > before:
        return None
    lane = lanes[lane_ids[-1]]  # a detector over several lanes in a row counts where it ends
    if row.tag in _POINTS:
        start_m, end_m = _point(row, lane.length_m, reader, where)
    else:
        start_m, end_m = _area(row, lanes[lane_ids[0]].length_m, lane.length_m, len(lane_ids) > 1, reader, where)
    distance_m = lane.length_m - end_m
    kind = _kind(row, reader, where) or kind_by_place(network, lane.id, start_m, distance_m)
    if reader.count > before:
        return None
    return Detector(name, lane.id, start_m, distance_m, end_m - start_m, kind)


def _point(row: _Row, lane_m: float, reader: Reader, where: str) -> tuple[float, float]:
    """Start and end [m] of a loop: it reaches `length` downstream of `pos`."""
    start_m = _place(row, "pos", lane_m, reader, where)
    length_m = reader.number(row.attributes, "length", where, 0.0, 1000.0, default=0.0)
    return start_m, min(lane_m, start_m + length_m)


def _area(row: _Row, first_m: float, last_m: float, several: bool, reader: Reader, where: str) -> tuple[float, float]:
    """Start and end [m] on the last lane of an area given by two of `pos`, `endPos` and `length`."""
    given = row.attributes
    length_m = reader.number(given, "length", where, 0.0, 1e6, default=0.0)
    if several:
        if "endPos" in given or "length" not in given:
            return 0.0, _place(row, "endPos", last_m, reader, where, default_m=last_m)
        reader.fault("endPos", where, "nothing", "endPos on the last lane, for a detector over several lanes")
        return 0.0, last_m
    if "pos" in given:
        start_m = _place(row, "pos", first_m, reader, where)
        if "endPos" not in given:
            return start_m, min(last_m, start_m + length_m) if "length" in given else last_m
        end_m = _place(row, "endPos", last_m, reader, where)
    else:
        end_m = _place(row, "endPos", last_m, reader, where, default_m=last_m)
        start_m = max(0.0, end_m - length_m) if "length" in given else 0.0
    if end_m < start_m:
        reader.fault("endPos", where, f"{end_m:g} m", f"not before pos, {start_m:g} m")
    return start_m, end_m


def _place(row: _Row, key: str, lane_m: float, reader: Reader, where: str, default_m: float | None = None) -> float:
    """A place on a lane [m from its start]; negative values count from its end."""
    before = reader.count
    place_m = reader.number(row.attributes, key, where, default=default_m)
    if reader.count > before:
        return 0.0
    if place_m < 0:
        place_m += lane_m
    if row.attributes.get("friendlyPos", "") in _YES:
        return min(max(place_m, 0.0), lane_m)
    # lengths are written with two decimals: a place rounded up at the end of its lane is still on it
    if not -_ROUNDING_M <= place_m <= lane_m + _ROUNDING_M:
        reader.fault(key, where, repr(row.attributes.get(key)), f"a place on the lane of {lane_m:g} m")
    return min(max(place_m, 0.0), lane_m)


def _kind(row: _Row, reader: Reader, where: str) -> DetectorKind | None:
    named = row.parameters.get("kind")
    if named is None:
        return None
    if named not in {kind.value for kind in DetectorKind}:
        reader.fault("kind", where, repr(named), "one of " + ", ".join(kind.value for kind in DetectorKind))
        return None
    return DetectorKind(named)
