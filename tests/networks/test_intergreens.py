"""Intergreens measured in running programs."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from networks.junction import PairKind, Program, ProgramStep
from networks.network import Network
from networks.pairs import Decisions, decide
from networks.running import with_running
from tests.fakes import crossroads
from tests.strategies import networks, programs


def decisions(network: Network, *steps: tuple[str, int]) -> Decisions:
    """Decisions for the first intersection under a program of these steps [s]."""
    intersection = network.intersections[0]
    running = Program(intersection.id, "0", "static", 0, tuple(ProgramStep(s, 10 * t) for s, t in steps))
    return decide(intersection.groups, network.lane_links, running)


@given(networks(), st.data())
def test_every_conflict_has_both_intergreens(network: Network, data: st.DataObject) -> None:
    """Whatever program runs: pairs with greens that clash have both numbers, others have none."""
    intersection = network.intersections[0]
    running = data.draw(programs(channel_count=intersection.channel_count))
    given_ = replace(running, intersection_id=intersection.id)
    for pair in with_running(network, [given_]).intersections[0].pairs:
        if pair.clashes(pair.first):
            assert pair.kind is not PairKind.COMPATIBLE
            assert None not in pair.intergreen_ds
            assert pair.intergreen_source
        else:
            assert pair.intergreen_ds == (None, None)


def test_pairs_never_in_sequence_get_the_longest_clearance_after_the_ending_group() -> None:
    """Three stages N, E, S: after N comes E (5 s) and never S; so N to S gets 5 s, S to N was seen with 4 s."""
    steps = (
        ("rGrrrrrrrrrr", 20),
        ("ryrrrrrrrrrr", 3),
        ("rrrrrrrrrrrr", 2),
        ("rrrrGrrrrrrr", 20),
        ("rrrryrrrrrrr", 3),
        ("rrrrrrrrrrrr", 3),
        ("rrrrrrrrGrrr", 20),
        ("rrrrrrrryrrr", 3),
        ("rrrrrrrrrrrr", 1),
    )
    found = {(pair.first, pair.second): pair for pair in decisions(crossroads(), *steps).pairs}
    assert found["1", "4"].intergreen_ds[0] == 50
    assert found["4", "8"].intergreen_ds == (60, 40)
    assert found["1", "8"].intergreen_ds == (50, 40)
    assert "longest after group 1" in found["1", "8"].source_of("1")
    assert found["1", "8"].source_of("8") == "running program"
    assert found["1", "4"].source_of("1") == "running program"


def test_a_start_during_the_yellow_is_a_short_intergreen_and_the_yellow_is_kept() -> None:
    found = decisions(
        crossroads(), ("rGrrrrrrrrrr", 20), ("ryrrrrrrrrrr", 2), ("ryrrGrrrrrrr", 1), ("rrrrGrrrrrrr", 20)
    )
    (short,) = [short for short in found.short_intergreens if short.ending == "1"]
    assert (short.starting, short.found_ds, short.needed_ds) == ("4", 20, 30)
    pair = next(pair for pair in found.pairs if (pair.first, pair.second) == ("1", "4"))
    assert pair.intergreen_ds[0] == 30


def test_late_starts_of_the_same_interstage_are_observed() -> None:
    """East's right starts 2 s after east's through: 7 s after the end of north's through were seen, not 5."""
    steps = (
        ("rGrrrrrrrrrr", 20),
        ("ryrrrrrrrrrr", 3),
        ("rrrrrrrrrrrr", 2),
        ("rrrrGrrrrrrr", 2),
        ("rrrrGGrrrrrr", 20),
        ("rrrryyrrrrrr", 3),
    )
    found = {(pair.first, pair.second): pair for pair in decisions(crossroads(), *steps).pairs}
    assert found["1", "4"].intergreen_ds[0] == 50
    assert found["1", "5"].intergreen_ds[0] == 70


LEFTS_AFTER = (  # north and south: throughs, then their lefts alone; then east and west; 3 s yellow, 2 s all red
    ("GGgrrrGGgrrr", 30),
    ("yygrrryygrrr", 3),
    ("rrgrrrrrgrrr", 2),
    ("rrGrrrrrGrrr", 6),
    ("rryrrrrryrrr", 3),
    ("rrrrrrrrrrrr", 2),
    ("rrrGGgrrrGGg", 30),
    ("rrryyyrrryyy", 3),
    ("rrrrrrrrrrrr", 2),
)


def test_a_stage_in_between_is_no_clearance() -> None:
    """North's through ends 16 s before east's starts, but the lefts ran in between: 5 s, as after any stage here."""
    found = {(pair.first, pair.second): pair for pair in decisions(crossroads(), *LEFTS_AFTER).pairs}
    assert found["1", "4"].intergreen_ds == (50, 50)
    assert found["1", "9"].intergreen_ds == (50, 50)
    assert "interstage" in found["1", "4"].intergreen_source
    assert found["2", "4"].intergreen_ds == (50, 50)
    assert found["1", "8"].kind is PairKind.YIELDING


def test_walkers_keep_their_clearance_but_need_no_more_than_the_crossing() -> None:
    """The walkers over E have green with north and south; 12.8 m at 0.91 m/s and 3 s make 18 s at most."""

    def clearances(walk_s: int, rest_s: int) -> set[tuple[int | None, str]]:
        steps = (("gGgrrrgGgrrrrGrG", walk_s), ("gGgrrrgGgrrrrrrr", rest_s), ("yyyrrryyyrrrrrrr", 3))
        steps += (("rrrrrrrrrrrrrrrr", 2), ("rrrGGgrrrGGgrrrr", 30), ("rrryyyrrryyyrrrr", 3), ("rrrrrrrrrrrrrrrr", 2))
        pairs = decisions(crossroads(pedestrians=True), *steps).pairs
        found = [pair for pair in pairs if pair.second == "13" and pair.clearance_ds("13", pair.first) is not None]
        return {(pair.clearance_ds("13", pair.first), pair.source_of("13")) for pair in found}

    assert {clearance_ds for clearance_ds, _ in clearances(30, 4)} == {90}
    formula = "formula: slow walkers clear 12.8 m / 0.91 m/s + 3 s after WALK, up to whole seconds"
    assert clearances(10, 40) == {(180, formula)}


def test_walkers_who_share_lamps_with_vehicles_get_no_less_than_on_their_own() -> None:
    """Walkers over leg E go by north's through: east starts 9 s after them, with north's right in between."""
    network = crossroads(pedestrians=True)
    shared = tuple(
        replace(link, group_id="1", channel=1) if link.group_id == "13" else link for link in network.lane_links
    )
    steps = (
        ("rGrrrrrrrrrrrrrr", 20),
        ("ryrrrrrrrrrrrrrr", 3),
        ("Grrrrrrrrrrrrrrr", 3),
        ("yrrrrrrrrrrrrrrr", 3),
        ("rrrrGrrrrrrrrrrr", 20),
        ("rrrryrrrrrrrrrrr", 3),
    )
    without = {(pair.first, pair.second): pair for pair in decisions(network, *steps).pairs}
    found = {(p.first, p.second): p for p in decisions(replace(network, lane_links=shared), *steps).pairs}
    assert without["1", "4"].intergreen_ds[0] == 30
    assert found["1", "4"].intergreen_ds[0] == 90
    assert "walkers of group 1" in found["1", "4"].intergreen_source
