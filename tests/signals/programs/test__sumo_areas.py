"""Loops of actuated rings in SUMO: the named ones call and extend, at their place, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.faults import InputError
from networks.importers import sumo_net
from networks.importers.sumo_additional import read_additional
from networks.network import Network
from signals.control import NotExpressible
from signals.plan import TimingPlan
from signals.programs.sumo import read, write
from signals.rules import rules_of
from signals.safety import audit, check
from signals.service.lost_detectors import without_detectors
from tests.signals.ring_plans import Fields, coordinated, free, of_sumo, on_loops, phase, plan_of, rings
from tests.signals.sumo_streets import executed, loops_of, street

Change = Callable[[Fields], None]


@pytest.fixture(scope="module")
def network() -> Network:
    path = street("lefts")
    return sumo_net.read(path, [loops_of(path)])


def _plan(network: Network, *changes: Change) -> TimingPlan:
    return plan_of(rings(of_sumo, on_loops, *changes), network)


def _uses(change: Callable[[Fields], None], *numbers: int) -> Change:
    def of(fields: Fields) -> None:
        for use in fields["detectors"]:
            if int(use["target"]) in numbers:
                change(use)

    return of


def _mute(use: Fields) -> None:
    use.update(calls=False, extends=False)


def _recall(kind: str, *numbers: int) -> Change:
    def change(fields: Fields) -> None:
        for number in numbers:
            phase(fields, number)["recall"] = kind

    return change


def _greens(plan: TimingPlan, network: Network, folder: Path, end_s: int = 800) -> dict[int, tuple[int, float]]:
    """Per ring phase how often it was green in SUMO, and how long in the mean; audited once in step."""
    folder.mkdir()
    write(plan, network, folder / "plan.add.xml", with_loops=True)
    assert read(folder / "plan.add.xml", network) == plan
    shown = executed(street("lefts"), folder / "plan.add.xml", folder, end_s)
    assert audit({"A0": shown["A0"][270:]}, plan, network) == ()
    channels = {1: 7, 2: 13, 3: 3, 4: 9, 5: 15, 6: 5, 7: 11, 8: 1}
    found = {}
    for number, channel in channels.items():
        lengths = [len([*run]) for green, run in groupby(s[channel] == "G" for _, s in shown["A0"]) if green]
        found[number] = (len(lengths), sum(lengths) / max(1, len(lengths)))
    return found


def test_the_named_loops_call_and_extend_and_no_others(network: Network, tmp_path: Path) -> None:
    """With their loops dead the lefts 3 and 7 are never served, and 4, which is recalled, for its minimum green alone;
    with them they are served on call, and 4 is held."""
    recalled = _recall("minimum", 2, 4, 6, 8)
    alive = _greens(_plan(network, free, recalled), network, tmp_path / "alive")
    dead = _greens(_plan(network, free, recalled, _uses(_mute, 3, 4, 7, 8)), network, tmp_path / "dead")
    assert alive[3][0] >= 1
    assert alive[7][0] >= 1
    assert alive[4][1] > 7.0
    assert (dead[3][0], dead[7][0]) == (0, 0)
    assert dead[4][1] == pytest.approx(5.0, abs=0.5)
    assert dead[1][0] >= 3  # whose loop lives


def test_coordinated_ring_phases_need_no_loop_to_be_served_in_every_cycle(network: Network, tmp_path: Path) -> None:
    """SUMO skips them in a cycle in which nobody calls: they are written with a minimum recall."""
    plan = _plan(network, coordinated, _recall("minimum", 4, 8), _uses(_mute, 2, 6))
    found = _greens(plan, network, tmp_path / "clock", 1500)
    assert found[2][0] == found[6][0] == 17  # in 16.7 cycles


@pytest.mark.parametrize("realisation", [1, 2])
def test_with_a_fifth_of_the_loops_dead_the_rings_are_still_safe(
    network: Network, realisation: int, tmp_path: Path
) -> None:
    plan = without_detectors(_plan(network, coordinated, _recall("minimum", 4, 8)), realisation)
    assert sum(not use.extends for use in plan.intersections[0].detectors) == 3  # of twelve
    assert check(plan, network, rules_of(network)) == ()
    assert _greens(plan, network, tmp_path / "lost")[2][0] > 0


def test_an_area_lies_where_its_loop_does_and_is_as_long_as_the_way_of_a_second(
    network: Network, tmp_path: Path
) -> None:
    write(_plan(network, free, _uses(_mute, 4)), network, tmp_path / "plan.add.xml")
    root = ElementTree.parse(tmp_path / "plan.add.xml").getroot()
    areas = {row.attrib["lane"]: row.attrib for row in root.iter("laneAreaDetector")}
    assert not [*root.iter("inductionLoop")]
    assert len(areas) == 12
    for detector in network.detectors:
        area = areas[detector.lane_id]
        dead = "bottom" in detector.lane_id and not detector.lane_id.endswith("_2")
        assert ("vTypes" in area) == dead
        assert float(area["pos"]) == pytest.approx(0.0 if dead else detector.position_m, abs=0.001)
        assert float(area["endPos"]) - float(area["pos"]) == pytest.approx(13.89, abs=0.001)
    named = {row.get("key"): row.get("value") for row in root.iter("param")}
    assert {lane: named[lane] for lane in areas} == {lane: area["id"] for lane, area in areas.items()}
    assert [*root].index(next(root.iter("tlLogic"))) == 12  # SUMO wants them before the program


def test_our_areas_are_no_detectors_of_the_street(network: Network, tmp_path: Path) -> None:
    write(_plan(network, free), network, tmp_path / "plan.add.xml", with_loops=True)
    assert read_additional([tmp_path / "plan.add.xml"], sumo_net.read(street("lefts")))[1] == ()


REFUSED: dict[str, tuple[tuple[Change, ...], str]] = {
    "calls alone": ((_uses(lambda use: use.update(extends=False), 4),), "calls and does not extend ring phase 4"),
    "extends alone": ((_uses(lambda use: use.update(calls=False), 4),), "extends and does not call ring phase 4"),
    "of another lane": ((_uses(lambda use: use.update(target="3"), 4),), "no protected green from its lane"),
    "not of all it is green for": (
        (lambda fields: phase(fields, 3).update(group_ids=["3", "9"]), lambda f: phase(f, 4).update(group_ids=["8"])),
        "is not for ring phase 3, which is green from its lane as well",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_sumo_would_call_or_extend_otherwise_is_refused(
    changes: tuple[Change, ...], reason: str, network: Network, tmp_path: Path
) -> None:
    with pytest.raises(NotExpressible, match=reason):
        write(_plan(network, free, *changes), network, tmp_path / "plan.add.xml")
    assert not list(tmp_path.iterdir())


def test_two_loops_in_a_lane_are_refused(network: Network, tmp_path: Path) -> None:
    first = network.detectors[0]
    two = sumo_net.read(street("lefts"), [loops_of(street("lefts"))])
    more = replace(two, detectors=(*two.detectors, replace(first, id="second", position_m=1.0)))
    change: Change = lambda fields: fields["detectors"].append({"detector_id": "second", "target": "4"})  # noqa: E731
    with pytest.raises(NotExpressible, match="SUMO knows one a lane"):
        write(_plan(more, free, change), more, tmp_path / "plan.add.xml")


def test_a_detector_that_the_network_does_not_have_is_named(network: Network, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a detector of the network"):
        write(_plan(network, free), sumo_net.read(street("lefts")), tmp_path / "plan.add.xml")
