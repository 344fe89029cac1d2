"""Assumed crossings before both judges: which legs people can walk over, beside whom, and for how long.

The second judge derives them from the network file alone.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.importers import sumo_net
from signals.rules import rules_of
from tests.scenarios.obtaining import obtained
from tests.signals.brute_force_crossings import OnFoot, Walked
from tests.signals.brute_force_street import Street
from tests.signals.sumo_streets import street

GENERATED = ("grid", "cleared", "legs", "dense", "lefts", "led", "tee", "tee led")
SCENARIOS = ("ingolstadt1", "ingolstadt7", "cologne1", "cologne3", "cologne8", "arterial8", "grid3x3")


def found_by_ours(path: Path) -> dict[str, set[tuple[frozenset[str], str | None, int]]]:
    """Per intersection its crossings: leg, the group beside which people walk (None: not served), time needed [ds]."""
    network = sumo_net.read(path)
    rules = rules_of(network, "field", pedestrians="assume")
    return {
        one.intersection_id: {(frozenset(c.link_ids), next(iter(c.group_ids), None), c.need_ds) for c in one.crossings}
        for one in rules.intersections
    }


def found_by_the_second(path: Path) -> dict[str, set[tuple[frozenset[str], str | None, int]]]:
    """The same out of the network file."""
    read = Street(path)

    def told(name: str, one: OnFoot) -> tuple[frozenset[str], str | None, int]:
        return one.leg, None if one.beside is None else read.signals[name].group_ids[one.beside], one.need

    walked = {name: Walked(signal, read.edges, read.links.get(name, ())) for name, signal in read.signals.items()}
    return {name: {told(name, one) for one in found.crossings} for name, found in walked.items()}


@pytest.mark.parametrize("kind", GENERATED)
def test_both_find_the_same_crossings(kind: str) -> None:
    ours = found_by_ours(street(kind))
    assert ours == found_by_the_second(street(kind))
    assert all(ours.values())


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_find_the_same_crossings_on_streets_as_they_are(name: str) -> None:
    path = obtained(name).network_path
    assert found_by_ours(path) == found_by_the_second(path)


def test_at_the_t_of_ingolstadt_one_of_three_legs_is_walked_over() -> None:
    """Beside the stem's left in the stage that holds the main street, not in the 38 s in which its throughs drive."""
    (crossings,) = found_by_ours(obtained("ingolstadt1").network_path).values()
    assert {(min(leg), beside) for leg, beside, _ in crossings} == {
        ("124812857#0", "4"),
        ("-164051413", None),
        ("104010354", None),
    }


def with_random_greens(plain: Path, rng: random.Random, folder: Path) -> Path:
    """The same street with other greens here and there in its program, as a new file."""
    tree = ElementTree.parse(plain)
    for phase in tree.getroot().iter("phase"):
        state = [*phase.attrib["state"]]
        if {*"gG"} & {*state}:
            for at in rng.choices(range(len(state)), k=rng.choice([0, 1, 1, 2])):
                state[at] = rng.choice("rgG")
        phase.set("state", "".join(state))
    path = folder / "other.net.xml"
    tree.write(path)
    return path


def test_both_find_the_same_crossings_whatever_runs(tmp_path: Path) -> None:
    """Arrows, and traffic that goes on, where nobody would put them: of some legs served today nobody can walk over."""
    rng, served = random.Random(20261130), Counter[bool]()
    for kind in ("tee", "tee led", "legs", "led") * 8:
        path = with_random_greens(street(kind), rng, tmp_path)
        ours = found_by_ours(path)
        assert ours == found_by_the_second(path)
        served.update(beside is not None for crossings in ours.values() for _, beside, _ in crossings)
    assert min(served[True], served[False]) >= 20
