"""The best plan in free control, refined: other timings with its response, and responses a step from its own."""

from __future__ import annotations

from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from signals.plan import TimingPlan
from signals.service.forms import in_form, with_responses
from signals.service.propose import Candidate
from signals.service.refining import near, other_timings, refined
from signals.service.request import Mode
from signals.service.track import Track
from signals.timing.response import USUAL, Response
from signals.watch import Watch
from tests.signals.service import outcomes
from tests.signals.service.test_forms import FIXED, STREET
from tests.signals.service.test_search import FakeLaboratory

SHORT_GAP = replace(USUAL, gap_ds=15)


def told_apart(*names: str, stage_set: str = "stages") -> list[Candidate]:
    """Candidates of a family each, with the usual response; fakes know them by what they were made for."""
    plans = [FIXED.plan.model_copy(update={"made_for": name}) for name in names]
    fixed = [Candidate(name, plan, family=name, stage_set=stage_set) for name, plan in zip(names, plans, strict=True)]
    return in_form(Mode.ACTUATED, fixed, STREET)


def track_of(laboratory: FakeLaboratory) -> Track:
    request = replace(outcomes.recommended().request, mode=Mode.ACTUATED)
    return Track(STREET, request, laboratory, Watch())  # type: ignore[arg-type]


free_responses = st.builds(
    Response,
    gap_ds=st.sampled_from([10, 15, 20, 30]),
    loops_ahead_ds=st.sampled_from([10, 15, 20, 30]),
    presence_limit_ds=st.sampled_from([100, 200, 400, None]),
    longest_share=st.sampled_from([1.2, 1.5, 2.0, 2.5]),
    chooses=st.booleans(),
)


@given(free_responses)
def test_who_is_near_differs_in_one_thing_by_one_step(response: Response) -> None:
    own, others = asdict(response), [*near(response)]
    assert len(others) == len({*others})
    for other in others:
        assert sum(own[name] != value for name, value in asdict(other).items()) == 1
        assert response in [*near(other)]


def test_other_timings_have_the_same_stages_and_the_response_of_the_best() -> None:
    best, *others = told_apart("best", "a", "b")
    alien = told_apart("alien", stage_set="others")
    (best,) = with_responses(best, [SHORT_GAP], STREET)
    again = replace(others[0], name="a again", fixed=FIXED.plan.model_copy(update={"made_for": "a again"}))
    found = [*other_timings(best, [*alien, others[0], again, others[1]], track_of(ToldApart(STREET.incumbent)))]
    assert [one.fixed.made_for for one in found if one.fixed] == ["a", "b", "a again"]
    assert {one.response for one in found} == {SHORT_GAP}


def test_a_timing_that_suits_the_response_wins_then_a_response_that_suits_the_timing() -> None:
    """ "quick" is the worse one as usual, where it was left out, and the better one with short gaps; shorter ones are
    better still. What was raced before is kept, and nothing is run twice."""
    laboratory = ToldApart(STREET.incumbent)
    track = track_of(laboratory)
    entrants = told_apart("steady", "quick")
    (leader,) = with_responses(entrants[0], [SHORT_GAP], STREET)
    first = track.run([leader], range(1, 5), (4,))
    before = track.runs
    races = refined(entrants, track, first, 32)
    best = track.ranked(races[-1])[0][0]
    assert (best.plan.made_for, best.response.gap_ds) == ("quick", 10)
    assert best.name == "quick, actuated, gap 1 s"
    assert track.runs - before <= 32
    assert len(laboratory.made) == len({*laboratory.made})
    assert {one.realisations for _, one in track.ranked(races[-1])} == {4}


def test_nothing_is_raced_without_runs_for_it() -> None:
    track = track_of(ToldApart(STREET.incumbent))
    entrants = told_apart("steady", "quick")
    first = track.run(entrants[:1], range(1, 5), (4,))
    assert refined(entrants, track, first, 0) == []


class ToldApart(FakeLaboratory):
    """By gap and by what a plan was made for; the same on all days."""

    def _delay_s(self, plan: TimingPlan) -> float:
        if plan == self._incumbent:
            return 40.0
        actuation = plan.intersections[0].body.sequence[0].actuation  # type: ignore[union-attr]
        gap_ds = 0 if actuation is None else actuation.gap_ds or 0
        return (30.0 if plan.made_for == "steady" else 18.0) + gap_ds / 10
