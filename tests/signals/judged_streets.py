"""Streets on which plans are judged twice: as the service knows them, and as the second judge does."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from networks.importers import sumo_net
from networks.network import Network
from signals.control import timing_of
from signals.programs.sumo import with_rings
from signals.rules import Rules, rules_of
from signals.safety import Checker
from tests.scenarios.obtaining import obtained
from tests.signals.brute_force import SecondJudge
from tests.signals.ring_streets import nema_street, noted_program
from tests.signals.sumo_streets import loops_of, street

Fields = dict[str, Any]

GENERATED = ("grid", "walkers", "cleared", "legs", "dense", "lefts", "shared", "arrows", "led")
TEES = ("tee", "tee led")
LIMITED = "limited"  # "lefts", with maximum greens and other minimums by the engineer
FLASHING = "flashing"  # "lefts", where each green flashes for its last 3 s
FIELD = {  # where stages and lefts stay as today: scenarios, and generated
    "arterial8 field": "arterial8",
    "grid3x3 field": "grid3x3",
    "led field": "led",
    "tee field": "tee",
    "tee led field": "tee led",
}
ASSUMED = {  # stages and lefts are free, and people walk over every leg where they can
    "tee assumed": "tee",
    "tee led assumed": "tee led",
    "led assumed": "led",
}
KINDS = (*GENERATED, *TEES, LIMITED, FLASHING, "arterial8", "grid3x3", *FIELD, *ASSUMED)
IN_RINGS = {"nema field": "lefts", "noted field": "crossings"}  # generated, and run in rings: by SUMO's words, by ours
FIELD_RINGS = {"lefts field": "lefts", **IN_RINGS}  # generated, likewise, with loops, for plans in rings
JUDGED = (*KINDS, "lawless")  # what runs on the last one nobody can call safe


@dataclass(frozen=True)
class Judged:
    """A street with both its judges; `today`: per intersection what runs, not marked untouched, as JSON."""

    network: Network
    rules: Rules
    checker: Checker
    second: SecondJudge
    today: dict[str, str]
    untouched: dict[str, str]

    @property
    def whole_seconds(self) -> bool:
        """Whether its rules ask for whole seconds."""
        return any(one.resolution is not None for one in self.rules.intersections)

    def text_of(self, timings: dict[str, str], digest: str) -> str:
        """A plan of these timings as it is published."""
        return (
            f'{{"format":"greenband-plan","version":1,"network_digest":"{digest}","intersections":'
            f"[{','.join(timings.values())}]}}"
        )


@cache
def judged_street(kind: str) -> Judged:
    """The street of this name, read and judged once per process."""
    path = _network_file(kind)
    loops = _beside(kind, path)
    network = with_rings(sumo_net.read(path, () if loops is None else [loops]))
    rules, walks = _rules(kind, network), kind in (*FIELD, *FIELD_RINGS, *ASSUMED)
    told = _rules(kind, network, pedestrians="none") if walks else rules  # the second judge finds crossings by itself
    plain = json.loads(json.dumps(told.model_dump(mode="json")))
    texts = [
        {i.id: timing_of(i.running, i, untouched=untouched).model_dump_json() for i in network.intersections}
        for untouched in (False, True)
    ]
    second = SecondJudge(path, plain, network.digest, loops, crossings_assumed=walks)
    return Judged(network, rules, Checker(network, rules), second, *texts)


def _beside(kind: str, path: Path) -> Path | None:
    """What is read beside the network: loops, and the program that runs."""
    if kind == "noted field":
        return noted_program()
    return loops_of(path) if kind in FIELD_RINGS else None


def _network_file(kind: str) -> Path:
    if kind in (*GENERATED, *TEES, "crossings", "lawless"):
        return street(kind)
    if kind == "nema field":
        return nema_street()
    if kind in (LIMITED, FLASHING) or kind in FIELD_RINGS:
        return street(FIELD_RINGS.get(kind, "lefts"))
    scenario = {**FIELD, **ASSUMED}.get(kind, kind)
    return street(scenario) if scenario in (*GENERATED, *TEES) else obtained(scenario).network_path


def _rules(kind: str, network: Network, pedestrians: str = "assume") -> Rules:
    if kind in FIELD or kind in FIELD_RINGS:
        return rules_of(network, "field", pedestrians=pedestrians)
    if kind in ASSUMED:
        return rules_of(network, pedestrians=pedestrians)
    if kind not in (LIMITED, FLASHING):
        return rules_of(network)
    said = "green_flash_s = 3" if kind == FLASHING else "min_green_s = 6\nmax_green_s = 45"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.toml"
        groups = "".join(
            f'[intersection."{one.id}".group."{group.id}"]\n{said}\n'
            for one in network.intersections
            for group in one.groups
        )
        path.write_text(f"[all]\ncycle_min_s = 50\ncycle_max_s = 150\nmax_stages = 6\n{groups}")
        return rules_of(network, engineer_file=path)
