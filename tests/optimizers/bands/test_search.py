"""Laws of bands: what is found is there, between any greens, in one artery and in a network."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from optimizers.bands.lefts import Pattern, through_greens
from optimizers.bands.search import Bands, measured, rounded, solve, solve_whole
from optimizers.bands.street import Artery, BandProblem, Passage
from optimizers.method import never
from tests.optimizers.bands.streets import alone, artery, backwards, network, random_artery

SIGNALS = 6
CYCLE_S = (80.0, 80.0)


def found(problem: BandProblem, *, single: bool, gap_share: float = 0.0) -> Bands:
    bands = solve(problem, single=single, gap_share=gap_share)
    assert bands is not None
    return bands


def passed_s(passage: Passage, bands: Bands, number: int, step_s: float = 0.05) -> float:
    """Time in a cycle at which a vehicle may start to pass every green of a passage, looked at every `step_s`."""
    ahead_s = np.concatenate(([0.0], np.cumsum(bands.travel_s[number])))
    start_s = bands.offset_s[passage.signals] + passage.green_start_share[:, 0] * bands.cycle_s
    at_s = np.arange(0.0, bands.cycle_s, step_s)[:, None] + ahead_s[None, :]
    green = np.mod(at_s - start_s, bands.cycle_s) <= passage.green_share[:, 0] * bands.cycle_s
    return float(green.all(axis=1).sum() * step_s)


@pytest.mark.parametrize("seed", range(8))
def test_as_many_seconds_are_green_all_along_as_the_band_is_wide(seed: int) -> None:
    problem = alone(random_artery(SIGNALS, seed, (12.0, 15.0)), (60.0, 90.0))
    for bands in (found(problem, single=True), solve_whole(problem, single=True)):
        assert bands is not None
        for number, passage in enumerate(problem.passages):
            assert bands.band_s[number][0] <= passed_s(passage, bands, number) + 0.1
        if bands.worth_s == bands.bound_s:  # two pieces of a band may pass where one is counted
            assert sum(passed_s(p, bands, n) for n, p in enumerate(problem.passages)) >= bands.worth_s - 0.2


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_what_the_program_says_is_measured(seed: int, single: bool) -> None:
    problem = alone(random_artery(SIGNALS, seed), CYCLE_S)
    bands = found(problem, single=single)
    assert measured(problem, bands).worth_s == pytest.approx(bands.worth_s, abs=1e-3)
    whole = rounded(problem, bands)
    assert np.array_equal(whole.offset_s, np.round(whole.offset_s))
    assert whole.worth_s <= bands.bound_s + 1e-3
    assert str(whole).endswith(" % from the best known bound")
    told_percent = float(str(whole).removeprefix("at most ").split(" ")[0])
    assert told_percent == pytest.approx(100.0 * (1.0 - whole.worth_s / whole.bound_s), abs=0.051)


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_no_band_is_wider_than_the_greens_at_its_ends(seed: int, single: bool) -> None:
    problem = alone(random_artery(SIGNALS, seed, (12.0, 15.0)), (60.0, 90.0))
    bands = found(problem, single=single)
    for passage, widths_s in zip(problem.passages, bands.band_s, strict=True):
        greens_s = passage.green_share[:, 0] * bands.cycle_s
        assert np.all(widths_s <= np.minimum(greens_s[1:], greens_s[:-1]) + 1e-3)
        assert not single or np.all(widths_s <= greens_s.min() + 1e-3)


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_an_artery_seen_from_its_other_end_has_the_same_bands(seed: int, single: bool) -> None:
    one = random_artery(SIGNALS, seed)
    assert one.inbound is not None
    turned = Artery(one.inbound, one.outbound)
    worths = [found(alone(way, CYCLE_S), single=single).worth_s for way in (one, turned)]
    assert worths[0] == pytest.approx(worths[1], abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_equal_bands_are_best_with_reds_aligned_or_half_a_cycle_apart(seed: int) -> None:
    """Morgan and Little 1964: trying all such timings finds the widest equal bands."""
    one = replace(random_artery(SIGNALS, seed), ratio=(1.0, 1.0))
    bands = found(alone(one, CYCLE_S), single=True)
    starts = one.outbound.green_start_share[:, 0] - np.concatenate(([0.0], np.cumsum(one.outbound.travel_low_s))) / 80.0
    best = 0.0
    for halves in product((0.0, 0.5), repeat=SIGNALS - 1):
        shifted = starts + np.array((0.0, *halves))
        room = [(one.outbound.green_share[:, 0] - np.mod(front - shifted, 1.0)).min() for front in shifted]
        best = max(best, *room)
    for widths_s in bands.band_s:
        assert widths_s[0] == pytest.approx(80.0 * best, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_weights_changed_over_change_the_bands_over(seed: int) -> None:
    """Reds are the same for both directions, so nothing but the weights tells them apart."""
    one = replace(random_artery(SIGNALS, seed), ratio=(0.5, 2.0))
    assert one.inbound is not None
    sides = []
    for weights in ((3.0, 1.0), (1.0, 3.0)):
        ways = [replace(way, weight=np.full(way.links, w)) for way, w in zip(one.passages, weights, strict=True)]
        bands = found(alone(replace(one, outbound=ways[0], inbound=ways[1]), CYCLE_S), single=True)
        sides.append([widths_s[0] for widths_s in bands.band_s])
    assert sides[0] == pytest.approx(sides[1][::-1], abs=1e-3)


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_more_freedom_never_narrows_the_bands(seed: int, single: bool) -> None:
    ranges = ((13.9, 13.9), (13.0, 14.5), (12.0, 16.0))
    worths = [found(alone(random_artery(SIGNALS, seed, one), CYCLE_S), single=single).worth_s for one in ranges]
    assert np.all(np.diff(worths) >= -1e-3)
    wide = alone(random_artery(SIGNALS, seed, ranges[-1]), CYCLE_S)
    steady = found(replace(wide, slowness_change_s_per_m=0.002), single=single)
    assert steady.worth_s <= worths[-1] + 1e-3
    cycles = [found(replace(wide, cycle_low_s=low, cycle_high_s=80.0), single=single) for low in (80.0, 60.0)]
    assert cycles[1].worth_s / cycles[1].cycle_s >= cycles[0].worth_s / cycles[0].cycle_s - 1e-5


@pytest.mark.parametrize("seed", range(6))
def test_bands_of_links_are_worth_more_than_one_band(seed: int) -> None:
    problem = alone(random_artery(SIGNALS, seed), CYCLE_S)
    assert found(problem, single=False).worth_s >= found(problem, single=True).worth_s - 1e-3


def _with_lefts(patterns: list[Pattern], seed: int) -> BandProblem:
    base = random_artery(4, seed).outbound
    rng = np.random.default_rng(seed)
    cross, lefts = rng.uniform(0.3, 0.4, 4), rng.uniform(0.08, 0.15, (4, 2))
    windows = np.array(
        [[through_greens(c, *two, one) for one in patterns] for c, two in zip(cross, lefts, strict=True)]
    )
    ways = [replace(base, green_start_share=windows[:, :, n, 0], green_share=windows[:, :, n, 1]) for n in (0, 1)]
    return BandProblem(np.full(4, len(patterns)), (Artery(ways[0], backwards(ways[1])),), *CYCLE_S)


@pytest.mark.parametrize("seed", range(4))
def test_left_turn_patterns_are_chosen_as_if_all_had_been_tried(seed: int) -> None:
    free = found(_with_lefts(list(Pattern), seed), single=True)
    assert measured(_with_lefts(list(Pattern), seed), free).worth_s == pytest.approx(free.worth_s, abs=1e-3)
    tried = []
    two = [Pattern.OUTBOUND_LEADS, Pattern.INBOUND_LEADS]
    problem = _with_lefts(two, seed)
    for choice in product((0, 1), repeat=4):
        rows = np.arange(4)
        passages = [
            replace(
                p,
                green_start_share=p.green_start_share[rows, np.array(choice)[p.signals]][:, None],
                green_share=p.green_share[rows, np.array(choice)[p.signals]][:, None],
            )
            for p in problem.passages
        ]
        tried.append(found(alone(Artery(*passages), CYCLE_S), single=True).worth_s)
    assert found(problem, single=True).worth_s == pytest.approx(max(tried), abs=1e-3)
    assert free.worth_s >= max(tried) - 1e-3


def _ring(seed: int, cycle_s: int) -> BandProblem:
    """Four one-way streets around a block, whole seconds everywhere; each signal has a green for each street."""
    rng = np.random.default_rng(seed)
    greens_s = rng.integers(3, 7, 4)
    streets = []
    for start in range(4):
        signals = np.array([start, (start + 1) % 4])
        first = np.array([0.0, greens_s[signals[1]]])  # leaves in the first green, arrives in the second
        lengths = np.array([greens_s[signals[0]], cycle_s - greens_s[signals[1]]])
        streets.append(
            Artery(
                Passage(
                    signals, first[:, None] / cycle_s, lengths[:, None] / cycle_s, rng.integers(5, 30, 1) * 10.0,
                    np.array([10.0]), np.array([10.0]), np.ones(1),
                )
            )
        )  # fmt: skip
    return BandProblem(np.ones(4, dtype=int), tuple(streets), float(cycle_s), float(cycle_s))


@pytest.mark.parametrize("seed", range(5))
def test_a_loop_closes_as_if_all_offsets_had_been_tried(seed: int) -> None:
    cycle_s = 10
    problem = _ring(seed, cycle_s)
    bands = found(problem, single=True)
    travel_s = tuple(passage.travel_low_s for passage in problem.passages)
    best = 0.0
    for offsets in product(range(cycle_s), repeat=3):
        tried = replace(bands, offset_s=np.array((0.0, *offsets)), travel_s=travel_s)
        best = max(best, measured(problem, tried).worth_s)
    assert bands.worth_s >= best - 1e-3
    assert rounded(problem, bands).worth_s == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize("single", [True, False])
def test_a_network_is_within_its_gap(single: bool) -> None:
    problem = network(3, 2)
    bands = found(problem, single=single, gap_share=0.01)
    assert bands.gap_share <= 0.0101
    assert measured(problem, bands).worth_s >= bands.worth_s - 1e-2
    again = found(problem, single=single, gap_share=0.01)
    assert np.array_equal(bands.offset_s, again.offset_s)


def test_a_direction_that_no_centre_passes_has_no_band() -> None:
    """Greens of 5 % half a cycle apart for one direction are in step for the other, or neither has a band."""
    bands = found(alone(artery((0.0, 300.0, 600.0), (0.95, 0.95, 0.95)), CYCLE_S), single=True)
    assert sorted(widths_s[0] for widths_s in bands.band_s) == pytest.approx([0.0, 4.0], abs=1e-3)
    equal = found(alone(artery((0.0, 300.0, 600.0), (0.95, 0.95, 0.95), ratio=(1.0, 1.0)), CYCLE_S), single=True)
    assert equal.worth_s == pytest.approx(0.0, abs=1e-3)


def test_stopped_it_ends() -> None:
    bands = solve(network(4, 3), single=False, stop=lambda: True)
    full = found(network(4, 3), single=True, gap_share=0.05)
    assert bands is None or bands.nodes <= full.nodes
    assert never() is False
