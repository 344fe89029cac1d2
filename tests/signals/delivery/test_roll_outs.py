"""Roll-outs under faults: no group mixed beyond confirm-by, nothing shown that nobody approved."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.side_by_side import side_by_side
from tests.signals.delivery.simulated import FOREVER_DS, SETTINGS, SKEW_DS, STEP_DS, Faults, World
from tests.signals.delivery.streets import MEMBERS, offer

FIRST, SECOND = "1" * 64, "2" * 64
SETTLED_DS = 9_500  # by then a roll-out is over, whatever happened
SHORT_DS = 600  # of an outage: three of them are less than the grace


def faults_of(seed: int, longest_ds: int) -> Faults:
    """Random faults, with outages up to a length."""
    draw = random.Random(f"faults {seed}")
    lengths = [SHORT_DS, longest_ds]

    def outages(most: int) -> Iterator[tuple[int, int]]:
        for _ in range(draw.randint(0, most)):
            yield draw.randrange(6_000), draw.randrange(10, draw.choice(lengths) + 1)

    return Faults(
        loss=draw.choice([0, 0.05, 0.3]),
        double=draw.choice([0, 0.2]),
        forged=draw.choice([0, 0, 0.3]),
        delay_ds=draw.choice([0, 3, 60]),
        cuts=tuple((draw.choice([*MEMBERS]), draw.randrange(1, 240), length_ds) for _, length_ds in outages(1)),
        restarts=tuple(
            (draw.choice([*MEMBERS]), at, min(length, SHORT_DS), draw.random() < 0.3) for at, length in outages(1)
        ),
        killed=tuple(outages(1)),
        skew_ds=tuple(draw.randint(-SKEW_DS, SKEW_DS) for _ in MEMBERS),
    )


def rolled_out(faults: Faults, seed: int, *, after_another: bool) -> World:
    """One roll-out under faults, perhaps after one without."""
    world = World(replace(Faults(), skew_ds=faults.skew_ds), seed)
    if after_another:
        world.offer(FIRST)
        world.run(5_000)
        assert {*world.running()} == {FIRST}, world.story()
    world.begin_again(faults)
    world.offer(SECOND)
    world.run(SETTLED_DS)
    if outcome(world) == "mixed":
        world.run(SETTLED_DS + SETTINGS.step_ds + 2 * SKEW_DS)
    return world


def mixed_after_ds(world: World) -> int:
    return world.mixed_ds["after confirm-by"]


def outcome(world: World) -> str:
    runs = {*world.running()}
    return "mixed" if len(runs) > 1 else runs.pop()[:5]


def few_and_many(few: int, many: int) -> list[object]:
    return [pytest.param(few, id="few"), pytest.param(many, id="many", marks=pytest.mark.prove)]


def outages_below_the_grace(seeds: range) -> Counter[str]:
    """How roll-outs end, none of them wrong, and none mixed beyond confirm-by."""
    ends: Counter[str] = Counter()
    for seed in seeds:
        world = rolled_out(faults_of(seed, SHORT_DS), seed, after_another=seed % 3 == 0)
        assert (world.wrong, mixed_after_ds(world)) == ([], 0), f"seed {seed}: {world.story()}"
        ends[outcome(world)] += 1
    return ends


def outages_without_end(seeds: range) -> Counter[str]:
    """How roll-outs end, none of them wrong, and none mixed for longer than a step beyond confirm-by."""
    ends: Counter[str] = Counter()
    for seed in seeds:
        world = rolled_out(faults_of(seed, FOREVER_DS), seed, after_another=seed % 3 == 0)
        assert world.wrong == [], f"seed {seed}: {world.story()}"
        assert mixed_after_ds(world) <= SETTINGS.step_ds + 2 * SKEW_DS + 2 * STEP_DS, f"seed {seed}: {world.story()}"
        ends[outcome(world)] += 1
    return ends


def together(judge: Callable[[range], Counter[str]], runs: int) -> Counter[str]:
    """The ends of so many runs; of many, on all processors."""
    if runs < 100:
        return judge(range(runs))
    return sum(side_by_side(judge, [(range(at, min(at + 25, runs)),) for at in range(0, runs, 25)]), Counter())


@pytest.mark.parametrize("runs", few_and_many(4, 1_000))
def test_outages_below_the_grace_leave_no_mixed_group_beyond_confirm_by(runs: int) -> None:
    ends = together(outages_below_the_grace, runs)
    assert ends.total() == runs
    assert "mixed" not in ends
    assert ends["22222"] > runs / 2  # most are taken up in spite of it


@pytest.mark.parametrize("runs", few_and_many(4, 150))
def test_outages_without_end_leave_a_mixed_group_for_one_step_at_most(runs: int) -> None:
    ends = together(outages_without_end, runs)
    assert ends.total() == runs
    assert len(ends) > 1 or runs < 100  # many end in each way


# From the offer to the first confirmation a member's link carries fewer messages than this without faults.
MESSAGES = 90


def cut_for_less_than_the_grace(name: str, number: int) -> Counter[str]:
    """The link of one member cut at one of its messages, and well again in time: all run the plan, or, where the member
    could not say in time that it does, all went back."""
    world = rolled_out(Faults(cuts=((name, number, 3 * SHORT_DS),)), number, after_another=False)
    assert (world.wrong, mixed_after_ds(world)) == ([], 0), world.story()
    assert outcome(world) in ("22222", "local"), world.story()
    return Counter([outcome(world)])


def cut_for_ever(name: str, number: int) -> Counter[str]:
    """The link of one member cut at one of its messages for good."""
    world = rolled_out(Faults(cuts=((name, number, FOREVER_DS),)), number, after_another=False)
    assert world.wrong == [], world.story()
    assert mixed_after_ds(world) <= SETTINGS.step_ds + 2 * SKEW_DS + 2 * STEP_DS, world.story()
    noticed = world.cut_ds < world.confirmed_ds - 4 * SETTINGS.poll_ds
    assert not (noticed and mixed_after_ds(world)), world.story()
    return Counter([outcome(world)])


def cuts(every: int) -> list[tuple[str, int]]:
    """Members in turn, and the message at which the link of one is cut."""
    return [([*MEMBERS][number // every % len(MEMBERS)], number) for number in range(1, MESSAGES, every)]


def test_a_link_cut_at_some_message_for_less_than_the_grace_does_no_harm() -> None:
    for cut in cuts(45):
        cut_for_less_than_the_grace(*cut)


def test_a_link_cut_for_ever_costs_one_step_and_only_while_confirmations_spread() -> None:
    """Two generals: there must be such messages. Here they are the confirmations; a cut up to three polls before the
    first one is not noticed when it is signed."""
    for cut in cuts(45):
        cut_for_ever(*cut)


@pytest.mark.prove
@pytest.mark.parametrize("judge", [cut_for_less_than_the_grace, cut_for_ever])
def test_a_link_cut_at_any_message_at_all(judge: Callable[[str, int], Counter[str]]) -> None:
    found: Counter[str] = sum(side_by_side(judge, cuts(1)), Counter())
    assert found.total() == len(cuts(1))
    if judge is cut_for_less_than_the_grace:
        assert found["22222"] > found.total() / 2


def test_a_service_that_is_killed_for_good_lets_all_go_back_together() -> None:
    for at_ds in (100, 1_500):
        world = rolled_out(Faults(killed=((at_ds, FOREVER_DS),)), at_ds, after_another=True)
        world.run(SETTLED_DS + 2 * SETTINGS.hold_ds)
        assert (world.wrong, outcome(world)) == ([], "local"), world.story()


AHEAD_DS = 6_000


def at_an_instant(faults: Faults, seed: int) -> World:
    """The second release loaded ahead of its instant, while the first one runs."""
    world = World(replace(Faults(), skew_ds=faults.skew_ds), seed)
    world.offer(FIRST)
    world.run(5_000)
    world.begin_again(faults)
    world.offer(SECOND, world.now_ds + AHEAD_DS)
    world.run(AHEAD_DS + SETTLED_DS)
    return world


def test_a_release_for_an_instant_is_loaded_ahead_and_runs_from_the_next_begin_of_a_cycle() -> None:
    world = at_an_instant(Faults(), 0)
    instant_ds = world.begin_ds + AHEAD_DS
    last = world.issued[max(world.issued)]
    assert last.release == SECOND
    assert last.effective_at_ds == offer(SECOND).beat.boundary_ds(instant_ds)
    assert last.issued_at_ds <= last.effective_at_ds - SETTINGS.lead_ds(offer(SECOND).beat.cycle_ds)
    assert (world.wrong, mixed_after_ds(world), outcome(world)) == ([], 0, "22222"), world.story()


def test_nothing_comes_before_its_instant_whatever_goes_wrong() -> None:
    ends: Counter[str] = Counter()
    for seed in range(6):
        world = at_an_instant(faults_of(seed, SHORT_DS), seed)
        orders = [order for order in world.issued.values() if order.release == SECOND]
        assert all(order.effective_at_ds >= world.begin_ds + AHEAD_DS for order in orders), world.story()
        assert (world.wrong, mixed_after_ds(world)) == ([], 0), f"seed {seed}: {world.story()}"
        ends[outcome(world)] += 1
    assert ends["22222"] > 3


def test_a_service_that_is_away_at_the_instant_makes_up_for_it() -> None:
    world = at_an_instant(Faults(killed=((AHEAD_DS - 3_000, 4_000),)), 1)
    last = world.issued[max(world.issued)]
    assert last.effective_at_ds > world.begin_ds + AHEAD_DS + 1_000
    assert (world.wrong, outcome(world)) == ([], "22222"), world.story()


def test_who_is_away_at_the_instant_has_time_to_load_from_then_on() -> None:
    settings = replace(SETTINGS, load_within_ds=600)
    world = World(Faults(cuts=(("north", 1, AHEAD_DS + 300),)), 2, settings)
    world.offer(SECOND, world.now_ds + AHEAD_DS)
    world.run(AHEAD_DS + 200)
    assert world.state.pending is not None
    world.run(AHEAD_DS + SETTLED_DS)
    assert (world.wrong, outcome(world)) == ([], "22222"), world.story()
