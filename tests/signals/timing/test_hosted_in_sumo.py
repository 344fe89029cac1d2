"""Contract of the hosted controllers with SUMO, which runs the same programs: stages of the same lengths.

Without traffic and under traffic that fills every green they are the same to the second. In between vehicles drive
otherwise in the two, so that single stages differ: mean lengths are the same within 20 % or 1.5 s.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from networks.importers import sumo_net
from signals.control import program_of
from signals.plan import TimingPlan
from signals.programs import sumo
from signals.rules import rules_of
from signals.timing.plans import actuated, coordinated
from signals.timing.response import Response
from signals.timing.traffic import Departures
from tests.signals.plans import touched
from tests.signals.sumo_streets import executed, street
from tests.signals.timing.hosting import Rows, hosting, lengths_s, random_departures

_SECONDS, _SETTLED_S = 1800, 300.0
_FORMS = {
    "free": (actuated, Response(gap_ds=25)),
    "free, far loops": (actuated, Response(gap_ds=30, loops_ahead_ds=20)),
    "free, a limit of presence": (actuated, Response(gap_ds=25, presence_limit_ds=100)),
    "choice": (actuated, Response(gap_ds=20, presence_limit_ds=100, chooses=True)),
    "clock": (coordinated, Response(early_ds=100)),
    "clock, floating": (coordinated, Response(early_ds=None, floating=True)),
}


def turns_of(kind: str) -> list[tuple[str, str]]:
    """From entry to exit of the one junction; nobody turns round."""
    network = sumo_net.read(street(kind))
    junction = max(network.intersections, key=lambda one: len(one.groups))
    moves = [one for one in junction.movements if one.turn not in ("crossing", "u-turn")]
    return [(one.from_link_id, one.to_link_id) for one in moves]


def both(kind: str, form: str, departures: Departures, folder: Path) -> list[tuple[list[int], list[int]]]:
    """Lengths [s] of each stage that can vary, in SUMO and in the model."""
    network = sumo_net.read(street(kind))
    rules = rules_of(network)
    make, response = _FORMS[form]
    plan: TimingPlan = make(touched(network), network, rules, response)
    sumo.write(plan, network, folder / "plan.add.xml", with_loops=True)
    trips = [(int(at_s), path[0], path[-1]) for at_s, path in departures]
    shown = executed(street(kind), folder / "plan.add.xml", folder, _SECONDS, trips=trips)
    found = hosting(network, plan, departures, _SECONDS)
    lengths = list[tuple[list[int], list[int]]]()
    for at, timing in enumerate(plan.intersections):
        steps = program_of(timing, network.intersection(timing.intersection_id)).steps
        rows: list[Rows] = [shown[timing.intersection_id], found.rows(at)]
        for step in steps:
            if step.min_ds is not None and len(timing.group_ids) > 1:
                simulated, hosted = (lengths_s(one, step.state, _SETTLED_S) for one in rows)
                lengths.append((simulated, hosted))
    assert lengths
    return lengths


@pytest.mark.parametrize("form", [name for name in _FORMS if name != "choice"])
@pytest.mark.parametrize("every_s", [1e6, 0.25], ids=["nobody", "everybody"])
def test_stages_are_equally_long_without_traffic_and_under_much(form: str, every_s: float, tmp_path: Path) -> None:
    turns = turns_of("legs")
    for simulated, hosted in both("legs", form, random_departures(turns, _SECONDS, every_s, 1), tmp_path):
        assert simulated
        assert {*simulated} == {*hosted}


@pytest.mark.parametrize("form", list(_FORMS))
@pytest.mark.parametrize("every_s", [2.5, 6.0])
@pytest.mark.parametrize("kind", ["legs", "lefts"])
def test_stages_are_equally_long_on_the_average(kind: str, every_s: float, form: str, tmp_path: Path) -> None:
    turns = turns_of(kind)
    for simulated, hosted in both(kind, form, random_departures(turns, _SECONDS, every_s, 1), tmp_path):
        if len(simulated) > 10:
            assert np.mean(hosted) == pytest.approx(np.mean(simulated), rel=0.2, abs=1.5)
            assert len(hosted) == pytest.approx(len(simulated), rel=0.2, abs=3.0)
