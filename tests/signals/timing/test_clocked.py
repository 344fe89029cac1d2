"""Windows round a coordinated stage: whichever it is, time left over reaches it, and it ends when planned."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.plan import Actuation, StagesBody, StageTiming, Step
from signals.timing.clocked import Limits, on_the_clock
from signals.timing.response import USUAL, Response

FREE = Limits(50, None, True)


@dataclass(frozen=True)
class Case:
    """Stages, whichever is coordinated, what each may be, and a response."""

    body: StagesBody
    main: str
    limits: tuple[Limits, ...]
    response: Response

    @property
    def made(self) -> StagesBody:
        return on_the_clock(self.body, self.main, self.limits, self.response)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Stages of 5 to 60 s with interstages, minimums and maximums about them, some that nobody sees."""
    stages, limits = [], []
    for number in range(draw(st.integers(2, 5))):
        planned_ds = draw(st.integers(50, 600))
        steps = draw(st.lists(st.builds(Step, displays=st.just("y"), duration_ds=st.integers(1, 60)), max_size=2))
        stages.append(StageTiming(id=f"S{number}", displays="G", duration_ds=planned_ds, interstage=tuple(steps)))
        low_ds = draw(st.integers(1, planned_ds // 10)) * 10
        high_ds = draw(st.none() | st.integers(planned_ds, planned_ds + 300))
        limits.append(Limits(low_ds, high_ds, draw(st.booleans())))
    early_ds = draw(st.none() | st.integers(0, 30).map(lambda seconds: seconds * 10))
    response = Response(early_ds=early_ds, floating=draw(st.booleans()))
    main = draw(st.sampled_from(stages)).id
    return Case(StagesBody(sequence=tuple(stages)), main, tuple(limits), response)


def _ran(case: Case, gaps: list[int]) -> list[tuple[str, int, int]]:
    """Stage, length and end [ds from the start of the sequence] of one cycle from the coordinated end on: each stage
    goes on for what a vehicle in it asks (`gaps`, ds after its start), within its limits and its window."""
    body = case.made
    cycle_ds, planned_ds, at_ds = body.length_ds, {}, 0
    for stage in body.sequence:
        planned_ds[stage.id] = at_ds + stage.duration_ds
        at_ds += stage.duration_ds + sum(step.duration_ds for step in stage.interstage)
    last = [stage.id for stage in body.sequence].index(case.main)
    now_ds, before, found = planned_ds[case.main], body.sequence[last], []
    for number in range(1, len(body.sequence) + 1):
        stage = body.sequence[(last + number) % len(body.sequence)]
        now_ds += sum(step.duration_ds for step in before.interstage)
        rule = _rule(stage)
        end_ds = planned_ds[stage.id] + (cycle_ds if last + number >= len(body.sequence) else 0)
        earliest_ds = end_ds - (planned_ds[stage.id] - (rule.earliest_end_ds or 0)) % cycle_ds
        asked_ds = max(rule.min_ds, earliest_ds - now_ds, min(gaps[number - 1], end_ds - now_ds))
        length_ds = min(asked_ds, rule.max_ds)
        now_ds += length_ds
        found.append((stage.id, length_ds, now_ds - (cycle_ds if last + number >= len(body.sequence) else 0)))
        before = stage
    return found


def _rule(stage: StageTiming) -> Actuation:
    assert stage.actuation is not None
    return stage.actuation


@settings(max_examples=400)
@given(cases(), st.lists(st.integers(0, 900), min_size=5, max_size=5))
def test_whatever_traffic_does_it_ends_when_planned_and_nobody_later(case: Case, gaps: list[int]) -> None:
    planned_ds, at_ds = {}, 0
    for stage in case.body.sequence:
        planned_ds[stage.id] = at_ds + stage.duration_ds
        at_ds += stage.duration_ds + sum(step.duration_ds for step in stage.interstage)
    rows = _ran(case, gaps)
    assert rows[-1][2] == planned_ds[case.main]
    by_id = dict(zip((stage.id for stage in case.body.sequence), case.limits, strict=True))
    for name, length_ds, end_ds in rows:
        assert end_ds <= planned_ds[name]
        planned = case.body.stage(name).duration_ds
        assert length_ds >= min(by_id[name].low_ds, planned)
        high_ds = by_id[name].high_ds
        assert high_ds is None or length_ds <= max(high_ds, planned)
        if not by_id[name].seen and name != case.main:
            assert length_ds == planned if case.response.floating else end_ds == planned_ds[name]
        if case.response.floating and name != case.main:
            assert length_ds <= planned


@settings(max_examples=200)
@given(cases())
def test_windows_are_whole_seconds_long_and_no_wider_than_asked_for(case: Case) -> None:
    for stage, own in zip(case.made.sequence, case.limits, strict=True):
        rule = _rule(stage)
        assert rule.earliest_end_ds is not None
        assert rule.latest_end_ds is not None
        width_ds = (rule.latest_end_ds - rule.earliest_end_ds) % case.made.length_ds
        assert width_ds % 10 == 0
        if own.seen and case.response.early_ds is not None:
            assert width_ds <= case.response.early_ds


def _body(*durations_ds: int) -> StagesBody:
    step = Step(displays="y", duration_ds=50)
    stages = (
        StageTiming(id=f"S{n}", displays="G", duration_ds=ds, interstage=(step,)) for n, ds in enumerate(durations_ds)
    )
    return StagesBody(sequence=tuple(stages))


def _windows(body: StagesBody) -> list[tuple[int | None, int | None, int]]:
    return [(rule.earliest_end_ds, rule.latest_end_ds, rule.max_ds) for rule in map(_rule, body.sequence)]


def test_ends_down_to_minimums_add_up_until_the_coordinated_stage_takes_them() -> None:
    """Three stages of 20, 30 and 25 s, minimum 5 s, the second one coordinated; 5 s after each."""
    made = on_the_clock(_body(200, 300, 250), "S1", [FREE] * 3, Response(early_ds=None))
    assert made.coordinated == "S1"
    # S2 may end 20 s early; S0, begun as much sooner, 35 s: in the cycle before, which is 90 s long
    assert _windows(made) == [(750, 200, 400), (550, 550, 900), (650, 850, 250)]


@pytest.mark.parametrize(("high_ds", "sooner_ds"), [(300, 0), (340, 40), (345, 40), (None, 50)])
def test_a_maximum_green_of_the_coordinated_stage_lets_others_keep_theirs(high_ds: int | None, sooner_ds: int) -> None:
    limits = [FREE, Limits(50, high_ds, True), FREE]
    made = on_the_clock(_body(200, 300, 250), "S1", limits, USUAL)
    first = _rule(made.sequence[0])
    assert 200 - (first.earliest_end_ds or 0) == sooner_ds
    assert _rule(made.sequence[1]).max_ds == (900 if high_ds is None else max(300, high_ds // 10 * 10))


def test_floating_force_offs_pass_everything_on() -> None:
    limits = [Limits(50, None, False), FREE, FREE]
    made = on_the_clock(_body(200, 300, 250), "S1", limits, Response(early_ds=None, floating=True))
    assert _windows(made) == [(0, 200, 200), (550, 550, 900), (650, 850, 250)]
    assert _rule(made.sequence[0]).min_ds == 200
