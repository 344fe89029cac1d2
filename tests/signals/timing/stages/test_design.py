"""Designed stages: what they serve, and that every one of them is safe."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.importers import sumo_net
from networks.junction import Program, ProgramStep
from networks.network import Network
from networks.running import with_running
from signals.intervals import greens
from signals.plan import StagesBody
from signals.rules import Rules, rules_of, walked_over
from signals.safety import check
from signals.timing.feeds import share_lanes
from signals.timing.stages import Design, designs
from tests.fakes import crossroads, t_junction
from tests.scenarios.obtaining import obtained
from tests.signals.plans import touched
from tests.signals.sumo_streets import street
from tests.signals.timing.demands import movements
from tests.strategies import networks


def designed(network: Network, rules: Rules, flow_veh_per_h: float = 200.0, most: int = 12) -> list[list[Design]]:
    """The designs of each intersection, each movement with the same flow."""
    flows = dict.fromkeys(movements(network), flow_veh_per_h)
    return [
        designs(
            timing,
            intersection,
            rules,
            share_lanes(network, intersection, flows),
            most=most,
            left_hand=network.left_hand_traffic,
            crossings=walked_over(network, intersection, rules.intersection(intersection.id)),
        )
        for timing, intersection in zip(touched(network).intersections, network.intersections, strict=True)
    ]


def stages(design: Design) -> list[str]:
    assert isinstance(design.timing.body, StagesBody)
    return [stage.displays for stage in design.timing.body.sequence]


def assert_safe(network: Network, rules: Rules, found: list[list[Design]]) -> None:
    """Each design is safe, and gives green to whoever has one today, in no more runs."""
    running = touched(network)
    today = {v for v in check(running, network, rules) if v.rule != "cycle"}
    for rank in range(max(map(len, found))):
        timings = tuple(
            row[rank].timing if rank < len(row) else timing
            for row, timing in zip(found, running.intersections, strict=True)
        )
        plan = running.model_copy(update={"intersections": timings})
        assert {*check(plan, network, rules)} <= today
        for old, new in zip(running.intersections, timings, strict=True):
            before, after = greens(old), greens(new)
            for group, windows in before.items():
                assert bool(windows) == bool(after[group])
                assert len(after[group]) <= max(1, len(windows))


@settings(max_examples=6, deadline=None)
@given(networks(), st.floats(0.0, 900.0))
def test_every_design_of_a_generated_junction_is_safe(network: Network, flow_veh_per_h: float) -> None:
    rules = rules_of(network)
    found = designed(network, rules, flow_veh_per_h, most=3)
    assert all(found) or not flow_veh_per_h
    assert_safe(network, rules, found)


@pytest.mark.parametrize("kind", ["grid", "walkers", "cleared", "legs", "lefts", "shared", "arrows"])
def test_every_design_of_a_street_made_by_the_simulators_tools_is_safe(kind: str) -> None:
    network = sumo_net.read(street(kind))
    rules = rules_of(network)
    assert_safe(network, rules, designed(network, rules, most=4))


@pytest.mark.parametrize("name", ["grid3x3", "arterial8"])
def test_every_design_of_our_own_scenarios_is_safe(name: str) -> None:
    network = sumo_net.read(obtained(name).network_path)
    rules = rules_of(network)
    found = designed(network, rules, most=2)
    assert all(found)
    assert_safe(network, rules, found)


def test_where_stages_stay_as_they_run_nothing_is_designed() -> None:
    network = crossroads()
    assert designed(network, rules_of(network, "field")) == [[]]


def test_nobody_drives_over_people_who_walk_beside_a_designed_stage() -> None:
    """At a T the right of the main street may go beside the stem, unless people walk over its leg then."""
    network = t_junction((40, 30))
    left, arrow = 3, 4
    together = {}
    for on_foot in ("none", "assume"):
        rules = rules_of(network, pedestrians=on_foot)
        found = designed(network, rules)
        assert found[0]
        assert_safe(network, rules, found)
        pictures = [picture for design in found[0] for picture in stages(design)]
        together[on_foot] = any(picture[left] == picture[arrow] == "G" for picture in pictures)
    assert together == {"none": True, "assume": False}


def test_an_untouched_intersection_keeps_its_stages() -> None:
    network = crossroads()
    timing = touched(network).intersections[0].model_copy(update={"untouched": True})
    assert designs(timing, network.intersections[0], rules_of(network), [], most=3) == []


def test_the_crossroads_gets_its_two_stages_back() -> None:
    """Two stages with lefts giving way are what runs, and what two lanes per leg with little traffic need."""
    network = crossroads()
    best = designed(network, rules_of(network), 100.0)[0][0]
    assert stages(best) == ["GGgrrrGGgrrr", "rrrGGgrrrGGg"]
    assert "2 stages out of what may be green together (S1: groups 0, 1, 2 giving way" in best.why


def test_a_leg_with_heavy_lefts_is_served_by_itself() -> None:
    """Lefts of 500 veh/h against throughs of 1000 find too few gaps: some stage has them without oncoming traffic."""
    network = crossroads()
    intersection, rules = network.intersections[0], rules_of(network)
    flows = dict.fromkeys(movements(network), 1000.0)
    flows |= {("NC", "CE"): 500.0, ("SC", "CW"): 20.0, ("EC", "CS"): 20.0, ("WC", "CN"): 20.0}
    flows |= {("EC", "CW"): 200.0, ("WC", "CE"): 200.0, ("NC", "CW"): 10.0, ("SC", "CE"): 10.0}
    flows |= {("EC", "CN"): 10.0, ("WC", "CS"): 10.0}
    uses = share_lanes(network, intersection, flows)
    best = designs(touched(network).intersections[0], intersection, rules, uses, most=1)[0]
    north_left, south_through = 2, 7
    assert any(picture[north_left] in "gG" and picture[south_through] == "r" for picture in stages(best))


def test_a_green_changes_only_as_it_does_today() -> None:
    """Lefts with an arrow of their own and g beside the throughs, red between: never from G to g at once."""
    network = _with_arrows()
    for design in designed(network, rules_of(network))[0]:
        shown = stages(design)
        for before, after in pairwise([*shown, shown[0]]):
            assert not {a + b for a, b in zip(before, after, strict=True)} & {"Gg", "gG"}


def test_a_left_may_lose_its_arrow_but_nobody_else_its_protection() -> None:
    network = _with_arrows()
    found = [stages(design) for design in designed(network, rules_of(network))[0]]
    assert any(all(picture[2] != "G" for picture in shown) for shown in found)
    for shown in found:
        assert all(any(picture[at] == "G" for picture in shown) for at in (0, 1, 3, 4, 6, 7, 9, 10))


def _with_arrows() -> Network:
    """The crossroads whose north-south lefts have a stage of their own (G) and give way beside the throughs (g)."""
    steps = []
    for picture, green_ds in (("GGgrrrGGgrrr", 300), ("rrGrrrrrGrrr", 100), ("rrrGGgrrrGGg", 300)):
        steps.append(ProgramStep(picture, green_ds))
        steps += [ProgramStep(picture.replace("G", "y").replace("g", "y"), 30), ProgramStep("r" * 12, 20)]
    return with_running(crossroads(), [Program("C", "0", "static", 0, tuple(steps))])


def test_designs_do_not_depend_on_when_they_are_made() -> None:
    network = t_junction()
    rules = rules_of(network)
    assert designed(network, rules) == designed(network, rules)
