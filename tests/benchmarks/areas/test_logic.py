"""The rule as SUMO reads it: what it works out, and what the signals then do."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.areas import logic
from benchmarks.areas.lanes import Flows, LanesOf
from benchmarks.areas.logic import Response
from benchmarks.areas.stages import plan_of
from networks.importers import sumo_net
from networks.network import Network
from signals.plan import StagesBody, TimingPlan
from signals.rules import rules_of
from signals.safety import audit
from tests.fakes import crossroads
from tests.scenarios.small_street import SmallStreet, make, shown
from tests.signals.timing.demands import movements

RESPONSE = Response(reach_m=40.0, change_s=6.0, stages=4)


def written(network: Network, folder: Path, response: Response = RESPONSE) -> tuple[TimingPlan, Flows, Path]:
    """A plan with as many vehicles of every movement, and its programs."""
    flows = dict.fromkeys(movements(network), 100.0)
    plan = plan_of(network, rules_of(network), flows, response.stages)
    logic.write(plan, network, flows, response, folder / "areas.add.xml")
    return plan, flows, folder / "areas.add.xml"


class Evaluated:
    """The assignments of a program, worked out one after the other as SUMO does."""

    def __init__(self, path: Path, counts: dict[str, int]) -> None:
        self.values: dict[str, float] = {}
        self._counts = counts
        for row in ElementTree.parse(path).getroot().iter("assignment"):
            if self._of(row.attrib["check"]):
                self.values[row.attrib["id"]] = self._of(row.attrib["value"])

    def _of(self, text: str) -> float:
        tokens = text.split()
        assert len(tokens) in (1, 3), text
        first = self._one(tokens[0])
        if len(tokens) == 1:
            return first
        second = self._one(tokens[2])
        of = {"+": first + second, "*": first * second, ">": first > second, ">=": first >= second}
        return float(first / second if tokens[1] == "/" else of[tokens[1]])

    def _one(self, token: str) -> float:
        if token.startswith("a:"):
            return self._counts.get(token[2:], 0)
        return self.values[token] if token in self.values else float(token)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, TimingPlan, Flows, Path]:
    network = crossroads()
    return network, *written(network, tmp_path_factory.mktemp("crossroads"), Response(40.0, 6.0, 4, full=0.0))


@given(data=st.data())
def test_the_best_stage_serves_most_vehicles_per_second(
    data: st.DataObject, program: tuple[Network, TimingPlan, Flows, Path]
) -> None:
    network, plan, flows, path = program
    lanes = LanesOf(network, network.intersections[0], flows)
    areas = [row.attrib["id"] for row in ElementTree.parse(path).getroot().iter("laneAreaDetector")]
    counts = data.draw(st.fixed_dictionaries({name: st.integers(0, 8) for name in areas}))
    come = [
        sum(count for name, count in counts.items() if name.startswith(f"area0.{at}."))
        for at in range(len(lanes.movements))
    ]
    values = Evaluated(path, counts).values
    body = plan.intersections[0].body
    assert isinstance(body, StagesBody)
    worth = []
    for k, stage in enumerate(body.sequence):
        served = sum(lanes.served(at, stage.displays) * count for at, count in enumerate(come))
        queues = {
            lane: sum(count / len(own) for count, own in zip(come, lanes.columns, strict=True) if lane in own)
            for lane in lanes.lane_ids
        }
        lasts_s = max(queues[lane] * 2.0 / rate for lane, rate in lanes.rates(stage.displays).items())
        assert values[f"C{k}"] == pytest.approx(1000 * served / (lasts_s + 1.0), rel=0.01)
        worth.append(1000 * served / (lasts_s + RESPONSE.change_s))
        assert values[f"A{k}"] == pytest.approx(worth[-1], rel=0.01)
    if max(worth) > 0:
        assert worth[int(values["best"])] == pytest.approx(max(worth), rel=0.01)
        others = [one for k, one in enumerate(worth) if k != values["best"]]
        assert max(others, default=0) == 0 or worth[int(values["then"])] == pytest.approx(max(others), rel=0.01)
    else:
        assert values["best"] == -1


def test_nobody_goes_where_the_way_out_is_full(tmp_path: Path) -> None:
    network = crossroads()
    _, flows, path = written(network, tmp_path)
    lanes = LanesOf(network, network.intersections[0], flows)
    out = lanes.movements[0].to_link_id
    names = [row.attrib for row in ElementTree.parse(path).getroot().iter("laneAreaDetector")]
    full = {row["id"]: 9 for row in names if network.lane(row["lane"]).link_id == out}
    waiting = {row["id"]: 1 for row in names if "nextEdges" in row}
    values = Evaluated(path, {**waiting, **full}).values
    for at, movement in enumerate(lanes.movements):
        assert (values[f"come{at}"] == 0) == (movement.to_link_id == out)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    return make(tmp_path_factory.mktemp("small-street"))


def test_what_the_simulator_shows_obeys_the_plan(small: SmallStreet, tmp_path: Path) -> None:
    network = sumo_net.read(small.network)
    plan, _, path = written(network, tmp_path)
    executed = shown(small, path, tmp_path)
    assert audit(executed, plan, network) == ()
    for rows in executed.values():
        greens = [
            (picture, len(list(run))) for picture, run in groupby(state for _, state in rows) if "y" not in picture
        ]
        assert len({picture for picture, _ in greens}) > 1
        assert len({seconds for _, seconds in greens[1:-1]}) > 1, "traffic moves the ends of the greens"


def test_a_stage_lasts_to_its_maximum_while_nobody_else_comes(small: SmallStreet, tmp_path: Path) -> None:
    """With vehicles from left to right only; the stage after it is left at its minimum."""
    network = sumo_net.read(small.network)
    _, _, path = written(network, tmp_path)
    rows = "".join(
        f'<vehicle id="v{at}" depart="{at * 8}"><route edges="left0A0 A0B0 B0right0"/></vehicle>' for at in range(60)
    )
    (tmp_path / "alone").mkdir()
    alone = SmallStreet(tmp_path / "alone")
    alone.network.write_bytes(small.network.read_bytes())
    alone.demand.write_text(f"<routes>{rows}</routes>")
    executed = shown(alone, path, tmp_path)
    channel = network.lane_link(
        next(
            name
            for movement in network.intersection("A0").movements
            if (movement.from_link_id, movement.to_link_id) == ("left0A0", "A0B0")
            for name in movement.lane_link_ids
        )
    ).channel
    assert channel is not None
    greens = [
        (picture[channel] in "Gg", len(list(run)))
        for picture, run in groupby(state for _, state in executed["A0"])
        if "y" not in picture
    ]
    assert {seconds for served, seconds in greens[2:-1] if served} == {60}
    assert max(seconds for served, seconds in greens[2:-1] if not served) <= 6
