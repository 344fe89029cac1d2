from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.plan import IntersectionPlan, RingsBody
from signals.rules import rules_of
from signals.timing.rings.slices import slices_of
from signals.timing.rings.splits import fitted_ds, least_cycle_ds, least_splits_ds, longest_splits_ds, slice_bounds_ds
from tests.fakes import crossroads
from tests.signals.ring_plans import SPLITS_S, Fields, phase, ring_timings, rings, walking

_WANTED = st.fixed_dictionaries({number: st.integers(0, 90).map(lambda s: 10 * s) for number in SPLITS_S})


def _body(timing: IntersectionPlan) -> RingsBody:
    assert isinstance(timing.body, RingsBody)
    return timing.body


def test_least_splits_hold_minimum_green_and_who_always_walks() -> None:
    assert least_splits_ds(rings()) == dict.fromkeys(range(1, 9), 100)
    least_ds = least_splits_ds(rings(walking))
    assert least_ds[2] == 190 + 80 + 50  # walk 7, clearance 12, what yellow and red leave of 13 s of buffer, 3 + 2
    assert least_cycle_ds(_body(rings(walking)), least_ds) == 2 * (100 + 320)


@given(ring_timings(), _WANTED, st.integers(60, 200).map(lambda s: 10 * s))
def test_fitted_splits_make_the_cycle_at_every_barrier(
    timing: IntersectionPlan, wanted: dict[int, int], cycle_ds: int
) -> None:
    body, least_ds = _body(timing), least_splits_ds(timing)
    found = fitted_ds(body, wanted, least_ds, cycle_ds)
    assert all(found[number] >= least_ds[number] for number in found)
    sums = [[sum(found[p.number] for p in body.served(ring, group)) for group in (0, 1)] for ring in (0, 1)]
    assert sums[0] == sums[1]
    assert sum(sums[0]) == max(cycle_ds, least_cycle_ds(body, least_ds))


def test_splits_that_fit_stay() -> None:
    wanted = {number: 10 * split_s for number, split_s in SPLITS_S.items()}
    assert fitted_ds(_body(rings()), wanted, least_splits_ds(rings()), 900) == wanted


@given(ring_timings())
def test_lengths_that_hold_the_least_splits_are_within_bounds(timing: IntersectionPlan) -> None:
    slices = slices_of(timing)
    lows_ds, highs_ds = slice_bounds_ds(slices, least_splits_ds(timing), {})
    for one, low_ds, high_ds in zip(slices, lows_ds, highs_ds, strict=True):
        assert low_ds <= one.duration_ds + 20  # whole seconds
        assert high_ds is None or (high_ds == low_ds == one.duration_ds and not one.variable)


def test_the_longest_splits_are_those_of_rules_and_controller() -> None:
    network = crossroads()
    rules = rules_of(network)
    assert longest_splits_ds(rings(), network.intersections[0], rules) == {}

    def held(fields: Fields) -> None:
        fields["body"]["maximum_mode"] = "max1"
        phase(fields, 1)["max_green_ds"] = 150

    found = longest_splits_ds(rings(held), network.intersections[0], rules)
    assert (found[1], found[2]) == (200, 450)
    lows_ds, highs_ds = slice_bounds_ds(slices_of(rings(held)), least_splits_ds(rings(held)), found)
    assert (lows_ds[0], highs_ds[0]) == (50, 150)
