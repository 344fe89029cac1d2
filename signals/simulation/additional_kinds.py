"""What additional files hold: detectors, signal programs, what demand needs, or outputs; sorted by their elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from networks.faults import Fault, InputError
from signals.simulation.allowed import DEFINITIONS, DEPARTURES, ROOTS
from signals.simulation.untrusted import elements_of, raise_faults, shown

DETECTORS = frozenset({"inductionLoop", "e1Detector", "laneAreaDetector", "e2Detector"})
PROGRAMS = frozenset({"tlLogic"})
# Outputs and looks: without them the traffic is the same.
WITHOUT_EFFECT = frozenset(
    {
        "instantInductionLoop", "entryExitDetector", "e3Detector", "edgeData", "laneData", "timedEvent", "routeProbe",
        "vTypeProbe", "poly", "poi", "location", "param",
    }
)  # fmt: skip
NO_DEMAND = DETECTORS | PROGRAMS | WITHOUT_EFFECT
_DEMAND = frozenset(DEFINITIONS) | DEPARTURES
_ROOTS = ROOTS | {"additionals", "tlLogics", "shapes", "polygons", "pois", "detectors", "vTypes"}
_NEEDED = {
    "include": "no other files: name each file in the configuration",
    "WAUT": "one program per signal: a schedule that switches programs is not modelled",
    "wautJunction": "one program per signal: a schedule that switches programs is not modelled",
}


@dataclass(frozen=True, slots=True)
class AdditionalKinds:
    """Files by what they hold, each in the order given; one that holds several kinds stands in several places.

    `read_over` says in words what has no effect on the traffic and is left out.
    """

    detectors: tuple[Path, ...]
    programs: tuple[Path, ...]
    demand: tuple[Path, ...]
    read_over: tuple[str, ...]


def sorted_by_content(paths: Sequence[Path]) -> AdditionalKinds:
    """Look at every element of the files. Raises `InputError` that names file and element where one would change the
    traffic and is not modelled (a rerouter, a calibrator, a speed sign), and for `include`."""
    faults: list[Fault] = []
    held: dict[Path, Counter[str]] = {}
    for path in paths:
        held[path] = Counter()
        try:
            for number, found in enumerate(elements_of(path, _ROOTS)):
                if number > 0:
                    held[path][found.tag] += 1
                    faults += _refused(found, path)
        except InputError as error:
            faults += error.faults
    raise_faults(faults, "additional files")

    def holding(tags: frozenset[str]) -> tuple[Path, ...]:
        return tuple(path for path, counts in held.items() if tags & counts.keys())

    read_over = tuple(
        f"{path.name}: {', '.join(f'{tag} ({counts[tag]})' for tag in sorted(WITHOUT_EFFECT & counts.keys()))}"
        for path, counts in held.items()
        if WITHOUT_EFFECT & counts.keys()
    )
    return AdditionalKinds(holding(DETECTORS), holding(PROGRAMS), holding(_DEMAND), read_over)


def _refused(found: Element, path: Path) -> list[Fault]:
    """Why an element cannot be read over: it is of no known kind, or another file is drawn in somewhere in it."""
    where = f"{path.name}: <{shown(found.tag)} {shown(found.get('id') or '')!r}>"
    if found.tag not in NO_DEMAND | _DEMAND:
        needed = "detectors, signal programs, vehicle types, stops, routes or outputs"
        return [Fault("element", where, f"<{shown(found.tag)}>", _NEEDED.get(found.tag, needed))]
    inner = [child for child in found.iter() if child.tag == "include"]
    return [Fault("element", where, f"<include> inside <{found.tag}>", _NEEDED["include"]) for _ in inner[:1]]
