"""Search: candidates raced in SUMO on estimated demand, in every form of control that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from signals.race import Place, RaceResult
from signals.safety import unrunnable
from signals.service.estimate import Street
from signals.service.finalists import Raced, Seen, unlike
from signals.service.forms import MOST_RESPONSES, in_form, other_responses, runnable
from signals.service.mixing import mixed
from signals.service.propose import Candidate, Proposal, runs_the_same, why_unrunnable
from signals.service.refining import refined
from signals.service.request import Accept, Mode, PlanRequest
from signals.service.track import Track, rounds_within, step_s_of
from signals.timing.coordination import GroupFlows, group_flows
from signals.trials import Laboratory, Trial
from signals.watch import Watch

_FORMS_OF = 2  # how many of the best fixed plans are tried in other forms of control
_RESPONSES_OF = 2  # how many of the best stay when others are tried with other responses to traffic
_LEAST_DAYS = 4  # on which the best of other responses are seen
_FIRST_SHARE = 0.6  # of the runs, before other forms of control and other responses join
_FIELD_SHARE = 0.2  # of the runs, for the first look at everybody
_FREE_SHARE, _FREE_FIELD_SHARE, _ANSWERS_SHARE = 0.8, 0.11, 0.19  # of the effort: free control is raced otherwise


@dataclass(frozen=True, slots=True)
class Finalist:
    """The candidate that goes to the judge, with what the race saw of it."""

    candidate: Candidate
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """How the search ended: the races, the finalists in the order in which they are judged, or why there is none."""

    races: tuple[RaceResult, ...]
    finalists: tuple[Finalist, ...]
    reasons: tuple[str, ...] = ()


def search(proposal: Proposal, street: Street, request: PlanRequest, laboratory: Laboratory, watch: Watch) -> Found:
    """Race the proposal's candidates against the incumbent on realisations below 1000; `request.effort` counts runs."""
    track = Track(street, request, laboratory, watch)
    entrants = proposal.candidates
    flows = group_flows(proposal.running)
    if request.mode in (Mode.COORDINATED, Mode.ACTUATED):
        formed = in_form(request.mode, entrants, street, flows)
        entrants = runnable(formed, street)
        if not entrants:
            why = why_unrunnable(unrunnable(candidate.plan, street.controllers) for candidate in formed)
            reason = "none can be run by the controllers there" if why else "none passed the safety check"
            return Found((), (), (f"no candidate can be run {request.mode.value}: {reason}", *why))
    races, raced = _raced(entrants, track, flows)
    ranked = track.ranked(races[-1])
    watch.check()
    margin_share = street.rules.margins.not_worse_share if request.accept is Accept.NOT_WORSE else 0.0
    promising = [
        (candidate, place)
        for candidate, place in ranked
        if _added_share(place) < margin_share and not runs_the_same(candidate.plan, street.incumbent)
    ]
    if not promising:
        less = "a better score than" if not margin_share else f"a score less than {margin_share:.1%} above that of"
        reason = f"no candidate had {less} the running plan (delay, stops, guards) in {track.runs} simulation runs"
        return Found(tuple(races), (), (reason,))
    # The fewest guards broken first, and the judge shall say.
    ordered = sorted(promising, key=lambda one: len(track.broken_guards(one[0])))
    finalists = unlike(ordered, raced)
    if any(track.seen(candidate).jams for candidate, _ in ordered):
        races += track.endurance([candidate for candidate, _ in finalists], races[-1])
        watch.check()
    if request.known_demand:  # the race saw no day busier than the routes
        races += track.stress([candidate for candidate, _ in finalists])
        watch.check()
    seen = {candidate.plan.digest(): track.seen(candidate) for candidate, _ in finalists}
    finalists.sort(key=lambda one: _hope(seen[one[0].plan.digest()]))
    return Found(tuple(races), tuple(Finalist(*one) for one in finalists))


def _raced(entrants: Sequence[Candidate], track: Track, flows: GroupFlows) -> tuple[list[RaceResult], list[Raced]]:
    """All races, and who was in the last ones: candidates, forms of control, responses to traffic; then what of them
    delays least at each intersection. Free control is refined in between, for as many runs as half the effort buys."""
    effort = track.request.effort
    if track.request.mode is Mode.ACTUATED:
        races = [_raced_free(entrants, track)]
        raced, before = track.raced(races[-1]), track.runs
        races += refined(entrants, track, races[-1], effort // 2)
        effort += track.runs - before
    else:
        races = _raced_in_turn(entrants, track, flows)
        raced = track.raced(races[-1])
    last = track.ranked(races[-1])
    raced = _with_earlier(track.raced(races[-1]), raced)
    days = _days_for_mixed(len(last), last[0][1].realisations, effort - track.runs) if last else 0
    if days < _LEAST_DAYS or track.watch.stop():
        return races, raced
    together = mixed([(one, track.days(one)) for one in (last[0][0], *track.known.values())])
    joining = () if together is None else runnable([together], track.street)
    if joining:
        best = [candidate for candidate, _ in last]
        races.append(track.run((*best, *joining), range(1, days + 1), (days,)))
        raced = _with_earlier(track.raced(races[-1]), raced)
    return races, raced


def _with_earlier(raced: list[Raced], earlier: Sequence[Raced]) -> list[Raced]:
    """Who was in a race, then those who left before it."""
    there = {candidate.plan.digest() for candidate, _ in raced}
    return [*raced, *(one for one in earlier if one[0].plan.digest() not in there)]


def _days_for_mixed(field: int, seen: int, budget: int) -> int:
    """On how many days a newcomer can be raced with a field, and what runs today, seen on so many."""
    return max((d for d in range(1, 2 * seen + 1) if d + (1 + field) * max(0, d - seen) <= budget), default=0)


def _raced_free(entrants: Sequence[Candidate], track: Track) -> RaceResult:
    """The candidates with the usual response, and the best of each stage set with others, all in one race.

    Planned greens are no more than limits in free control: who is called, and by what, decides more.
    """
    answers = max(2, int(track.request.effort * _ANSWERS_SHARE))
    leaders = _leaders(entrants)
    rows = [other_responses(leader, track.street) for leader in leaders]
    answering = list(islice((c for c in _in_turn(rows) if runnable([c], track.street)), answers))
    usual = varied(entrants, _most_entrants(track.request))
    # The best of each stage set stays to the end.
    rounds = rounds_within(1 + len(usual) + len(answering), _first_budget(track.request), least=1 + len(leaders))
    return track.run((*usual, *answering), range(1, rounds[-1] + 1), rounds)


def _raced_in_turn(entrants: Sequence[Candidate], track: Track, flows: GroupFlows) -> list[RaceResult]:
    """The candidates; then the best of them in other forms of control, where these were asked for; then the best of
    those of each stage set with other responses to traffic."""
    budget = _first_budget(track.request)
    races = [track.race(varied(entrants, _most_entrants(track.request)), budget)]
    fixed: list[Candidate] = []
    if track.request.mode is Mode.AUTO and not track.watch.stop():
        best = [candidate for candidate, _ in track.ranked(races[-1])[:_FORMS_OF]]
        others = [*in_form(Mode.COORDINATED, best, track.street, flows), *in_form(Mode.ACTUATED, best, track.street)]
        others = [candidate for candidate in others if candidate.fixed is not None]  # the fixed ones run already
        fixed = best[:1]
        races.append(track.race((*fixed, *runnable(others, track.street)), (track.request.effort - track.runs) // 2))
    best = [candidate for candidate, _ in track.ranked(races[-1])[:_RESPONSES_OF]]
    leaders = _leaders([candidate for candidate, _ in track.raced(races[-1])])
    if leaders and not track.watch.stop():
        left = track.request.effort - track.runs
        rows = [other_responses(leader, track.street, flows) for leader in leaders]
        answering = runnable(_in_turn(rows), track.street)[: _affordable(left)]
        if answering:
            held = [one for one in fixed if one not in best]
            # Who was in a race before has been run on most of these days: the budget is for the others.
            rounds = rounds_within(len(answering), left)
            field = (*held, *best, *answering)
            races.append(track.run(field, range(1, rounds[-1] + 1), rounds))
    return races


def _leaders(raced: Sequence[Candidate]) -> list[Candidate]:
    """The best responsive candidate of each stage set: how they respond decides as much as which stages they have."""
    leaders: dict[str, Candidate] = {}
    for candidate in raced:
        if candidate.fixed is not None:
            leaders.setdefault(candidate.stage_set, candidate)
    return list(leaders.values())


def _in_turn(rows: Sequence[Iterable[Candidate]]) -> list[Candidate]:
    """One of each row in turn."""
    return [one for turn in zip_longest(*rows) for one in turn if one is not None]


def _hope(seen: Seen) -> tuple[bool, float]:
    """Sorts finalists: who worsens an approach comes last, else who is worth most comes first."""
    return seen.guards_broken > 0, -seen.worth


def incumbent_trials(street: Street, request: PlanRequest) -> list[Trial]:
    """What the race runs of the incumbent whatever the candidates are: with few it goes on for longer."""
    realisations = range(1, rounds_within(1 + _most_entrants(request), _first_budget(request))[-1] + 1)
    return [Trial(street.incumbent, r, request.seed + r, step_s_of(street)) for r in realisations]


def _first_budget(request: PlanRequest) -> int:
    """Runs of the first race."""
    if request.mode is Mode.FIXED:
        return request.effort
    return int(request.effort * (_FREE_SHARE if request.mode is Mode.ACTUATED else _FIRST_SHARE))


def _most_entrants(request: PlanRequest) -> int:
    if request.mode is Mode.ACTUATED:
        return max(2, int(request.effort * _FREE_FIELD_SHARE))
    return max(2, int(_first_budget(request) * _FIELD_SHARE))


def varied(candidates: Sequence[Candidate], most: int) -> tuple[Candidate, ...]:
    """At most so many candidates: the best of every family in turn, so that no method fills the field alone."""
    families: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        families.setdefault(candidate.family, []).append(candidate)
    chosen: list[Candidate] = []
    while len(chosen) < most and any(families.values()):
        for waiting in families.values():
            if waiting and len(chosen) < most:
                chosen.append(waiting.pop(0))
    return tuple(chosen)


def _added_share(place: Place) -> float:
    """What a candidate scored above the incumbent on the same realisations, as a share of the incumbent's score."""
    incumbent_s = place.mean_s_per_veh - place.difference_s_per_veh
    return place.difference_s_per_veh / incumbent_s if incumbent_s > 0 else place.difference_s_per_veh


def _affordable(budget: int) -> int:
    """How many newcomers can be raced such that the last of them are seen on enough days."""
    return next((field for field in range(MOST_RESPONSES, 1, -1) if rounds_within(field, budget)[-1] >= _LEAST_DAYS), 0)
