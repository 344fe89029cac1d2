"""Search: candidates raced in SUMO on estimated demand, in every form of control that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from signals.measures import Measures
from signals.race import Place, RaceResult, RaceRound, RaceRun, race
from signals.rules import Margins
from signals.safety import unrunnable
from signals.service.estimate import BUSY_REALISATIONS, Street
from signals.service.finalists import Seen, jammed_alone, unlike
from signals.service.forms import MOST_RESPONSES, in_form, other_responses, runnable
from signals.service.mixing import mixed
from signals.service.propose import Candidate, Proposal, runs_the_same, why_unrunnable
from signals.service.request import Accept, Mode, PlanRequest
from signals.timing.coordination import GroupFlows, group_flows
from signals.trials import Laboratory, Trial, step_for
from signals.validation import FIRST_REALISATION, Guard
from signals.validation.guard import NETWORK, broken
from signals.validation.guards import check_guards
from signals.watch import Watch

_FORMS_OF = 2  # how many of the best fixed plans are tried in other forms of control
_RESPONSES_OF = 2  # how many of the best stay when others are tried with other responses to traffic
_LEAST_DAYS = 4  # on which the best of other responses are seen
_FIRST_SHARE = 0.6  # of the runs, before other forms of control and other responses join
_FIELD_SHARE = 0.2  # of the runs, for the first look at everybody
_FREE_SHARE, _FREE_FIELD_SHARE, _ANSWERS_SHARE = 0.8, 0.11, 0.19  # of the effort: free control is raced otherwise
_HALVING = 0.4
_MOST_REALISATIONS = 16  # of a race: what jams on one day in ten shall be seen
_MOST_ENDURANCE = 8  # further days for finalists, where jams were seen
_MOST_STRESS = 8  # busier days for finalists
_JAM_SHARE = 0.3
_KEPT_OUT_S = 60.0
_STOP_S = 10.0  # as in the optimizer's objective
_WORSE_S, _WORSE_SHARE, _FLOOR_S = 5.0, 0.08, 15.0  # tighter than the judge's: short queues at the edge jam soonest
_WORSE_WEIGHT = 2.0
_MOST_TIMES = 2.0


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
    track = _Track(street, request, laboratory, watch)
    entrants = proposal.candidates
    flows = group_flows(proposal.running)
    if request.mode in (Mode.COORDINATED, Mode.ACTUATED):
        formed = in_form(request.mode, entrants, street, flows)
        entrants = runnable(formed, street)
        if not entrants:
            why = why_unrunnable(unrunnable(candidate.plan, street.controllers) for candidate in formed)
            reason = "none can be run by the controllers there" if why else "none passed the safety check"
            return Found((), (), (f"no candidate can be run {request.mode.value}: {reason}", *why))
    races, raced = _raced(entrants, track, street, flows, request, watch)
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


def _raced(
    entrants: Sequence[Candidate],
    track: _Track,
    street: Street,
    flows: GroupFlows,
    request: PlanRequest,
    watch: Watch,
) -> tuple[list[RaceResult], list[tuple[Candidate, Place]]]:
    """All races, and who was in the last ones: candidates, forms of control, responses to traffic; then what of them
    delays least at each intersection."""
    if request.mode is Mode.ACTUATED:
        races = [_raced_free(entrants, track, street, request)]
    else:
        races = _raced_in_turn(entrants, track, street, flows, request, watch)
    raced, last = track.raced(races[-1]), track.ranked(races[-1])
    days = _days_for_mixed(len(last), last[0][1].realisations, request.effort - track.runs) if last else 0
    if days < _LEAST_DAYS or watch.stop():
        return races, raced
    together = mixed([(one, track.days(one)) for one in (last[0][0], *track.known.values())])
    joining = () if together is None else runnable([together], street)
    if joining:
        best = [candidate for candidate, _ in last]
        races.append(track.run((*best, *joining), range(1, days + 1), (days,)))
        raced = [*track.raced(races[-1]), *(one for one in raced if one[0] not in best)]
    return races, raced


def _days_for_mixed(field: int, seen: int, budget: int) -> int:
    """On how many days a newcomer can be raced with a field, and what runs today, seen on so many."""
    return max((d for d in range(1, 2 * seen + 1) if d + (1 + field) * max(0, d - seen) <= budget), default=0)


def _raced_free(entrants: Sequence[Candidate], track: _Track, street: Street, request: PlanRequest) -> RaceResult:
    """The candidates with the usual response, and the best of each stage set with others, all in one race.

    Planned greens are no more than limits in free control: who is called, and by what, decides more.
    """
    answers = max(2, int(request.effort * _ANSWERS_SHARE))
    leaders = _leaders(entrants)
    rows = [other_responses(leader, street) for leader in leaders]
    answering = list(islice((c for c in _in_turn(rows) if runnable([c], street)), answers))
    usual = varied(entrants, _most_entrants(request))
    # The best of each stage set stays to the end.
    rounds = _rounds(1 + len(usual) + len(answering), _first_budget(request), least=1 + len(leaders))
    return track.run((*usual, *answering), range(1, rounds[-1] + 1), rounds)


def _raced_in_turn(
    entrants: Sequence[Candidate],
    track: _Track,
    street: Street,
    flows: GroupFlows,
    request: PlanRequest,
    watch: Watch,
) -> list[RaceResult]:
    """The candidates; then the best of them in other forms of control, where these were asked for; then the best of
    those of each stage set with other responses to traffic."""
    budget = _first_budget(request)
    races = [track.race(varied(entrants, _most_entrants(request)), budget)]
    fixed: list[Candidate] = []
    if request.mode is Mode.AUTO and not watch.stop():
        best = [candidate for candidate, _ in track.ranked(races[-1])[:_FORMS_OF]]
        others = [*in_form(Mode.COORDINATED, best, street, flows), *in_form(Mode.ACTUATED, best, street)]
        others = [candidate for candidate in others if candidate.fixed is not None]  # the fixed ones run already
        fixed = best[:1]
        races.append(track.race((*fixed, *runnable(others, street)), (request.effort - track.runs) // 2))
    best = [candidate for candidate, _ in track.ranked(races[-1])[:_RESPONSES_OF]]
    leaders = _leaders([candidate for candidate, _ in track.raced(races[-1])])
    if leaders and not watch.stop():
        left = request.effort - track.runs
        rows = [other_responses(leader, street, flows) for leader in leaders]
        answering = runnable(_in_turn(rows), street)[: _affordable(left)]
        if answering:
            held = [one for one in fixed if one not in best]
            # Who was in a race before has been run on most of these days: the budget is for the others.
            rounds = _rounds(len(answering), left)
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
    realisations = range(1, _rounds(1 + _most_entrants(request), _first_budget(request))[-1] + 1)
    return [Trial(street.incumbent, r, request.seed + r, _step_s(street)) for r in realisations]


def _first_budget(request: PlanRequest) -> int:
    """Runs of the first race."""
    if request.mode is Mode.FIXED:
        return request.effort
    return int(request.effort * (_FREE_SHARE if request.mode is Mode.ACTUATED else _FIRST_SHARE))


def _most_entrants(request: PlanRequest) -> int:
    if request.mode is Mode.ACTUATED:
        return max(2, int(request.effort * _FREE_FIELD_SHARE))
    return max(2, int(_first_budget(request) * _FIELD_SHARE))


def _step_s(street: Street) -> float:
    """The same for all: candidates mostly keep the fractions of the incumbent."""
    return step_for((street.incumbent,), street.longest_step_s)


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


class _Track:
    """Runs races and remembers what every run measured."""

    def __init__(self, street: Street, request: PlanRequest, laboratory: Laboratory, watch: Watch) -> None:
        self._street = street
        self._request = request
        self._laboratory = laboratory
        self._watch = watch
        self._step_s = _step_s(street)
        self._seen: dict[tuple[str, int], Measures] = {}
        self._field: tuple[Candidate, ...] = ()
        self.known: dict[str, Candidate] = {}  # all that were raced, by the digest of their plans
        self.runs = 0  # those that had to be made: nothing is run twice

    def race(self, entrants: Sequence[Candidate], budget: int) -> RaceResult:
        rounds = _rounds(1 + len(entrants), budget)
        return self.run(entrants, range(1, rounds[-1] + 1), rounds)

    def run(self, entrants: Sequence[Candidate], realisations: Sequence[int], rounds: tuple[int, ...]) -> RaceResult:
        self._field = (Candidate("running plan", self._street.incumbent), *entrants)
        self.known |= {one.plan.digest(): one for one in entrants}
        return race(
            [candidate.name for candidate in self._field],
            self._measure,
            realisations=realisations,
            rounds=rounds,
            keep_share=_HALVING,
            groups=[candidate.stage_set for candidate in self._field],
            seed=self._request.seed,
            report=self._tell,
            stop=self._watch.stop,
        )

    def ranked(self, result: RaceResult) -> list[tuple[Candidate, Place]]:
        """Candidates of the last round without the incumbent: the winner first, then by mean delay."""
        most = max((place.realisations for place in result.ranking), default=0)
        places = [place for place in result.ranking if place.candidate != 0 and place.realisations == most]
        places.sort(key=lambda place: (place.candidate != result.winner, place.mean_s_per_veh))
        return [(self._field[place.candidate], place) for place in places]

    def raced(self, result: RaceResult) -> list[tuple[Candidate, Place]]:
        """All candidates of a race without the incumbent, who stayed longer first."""
        return [(self._field[place.candidate], place) for place in result.ranking if place.candidate != 0]

    def broken_guards(self, candidate: Candidate) -> tuple[Guard, ...]:
        """Guards that its runs break: on days as busy as the judge's, where it has seen some."""
        shared = self._shared(candidate)
        usual = [pair for realisation, pair in shared.items() if self._laboratory.factor(realisation) == 1.0]
        return broken(check_guards(usual or list(shared.values()), self._street.rules.margins))

    def seen(self, candidate: Candidate) -> Seen:
        """What all its runs showed of it."""
        shared = self._shared(candidate)
        pairs = list(shared.values())
        usual = {number: pair for number, pair in shared.items() if number not in BUSY_REALISATIONS}
        base_s = sum(self._score_s(base, base, number) for number, (_, base) in usual.items())
        gain_s = base_s - sum(self._score_s(own, base, number) for number, (own, base) in usual.items())
        worsened = [guard for guard in self.broken_guards(candidate) if guard.where != NETWORK]
        return Seen(len(pairs), jammed_alone(pairs), gain_s / base_s if base_s > 0 else 0.0, len(worsened))

    def endurance(self, finalists: Sequence[Candidate], before: RaceResult) -> list[RaceResult]:
        """Finalists on further days as busy as the judge's, for as many runs as half the effort buys: jams were seen,
        and few days do not show who jams seldom."""
        days = min(_MOST_ENDURANCE, self._request.effort // 2 // (1 + len(finalists)))
        first = 1 + max(before.realisations, default=0)
        usual = [r for r in range(first, FIRST_REALISATION) if self._laboratory.factor(r) == 1.0][:days]
        return [self.run(finalists, usual, (len(usual),))] if usual else []

    def stress(self, finalists: Sequence[Candidate]) -> list[RaceResult]:
        """Finalists on days busier than known routes, as many as half the effort buys: who jams seldom, jams there
        sooner."""
        days = min(_MOST_STRESS, self._request.effort // 2 // (1 + len(finalists)))
        busy = BUSY_REALISATIONS[:days]
        return [self.run(finalists, busy, (len(busy),))] if busy else []

    def days(self, candidate: Candidate) -> dict[int, Measures]:
        """What its runs measured, by realisation."""
        own = candidate.plan.digest()
        return {realisation: measures for (digest, realisation), measures in self._seen.items() if digest == own}

    def _shared(self, candidate: Candidate) -> dict[int, tuple[Measures, Measures]]:
        """Runs of a candidate and of the incumbent, by the realisation that both were run on."""
        own, base = candidate.plan.digest(), self._street.incumbent.digest()
        return {
            realisation: (measures, self._seen[base, realisation])
            for (digest, realisation), measures in self._seen.items()
            if digest == own and (base, realisation) in self._seen
        }

    def _measure(self, runs: Sequence[RaceRun]) -> list[float]:
        keys = [(self._field[run.candidate].plan.digest(), run.realisation) for run in runs]
        missing = [at for at, key in enumerate(keys) if key not in self._seen]
        asked = [runs[at] for at in missing]
        self.runs += len(asked)
        trials = [Trial(self._field[r.candidate].plan, r.realisation, r.seed, self._step_s) for r in asked]
        measured = self._laboratory.run(trials, self._watch, f"race: {len(trials)} runs")
        for at, measures in zip(missing, measured, strict=True):
            self._seen[keys[at]] = measures
        base = self._street.incumbent.digest()
        return [self._score_s(self._seen[key], self._seen[base, key[1]], key[1]) for key in keys]

    def _score_s(self, candidate: Measures, incumbent: Measures, realisation: int) -> float:
        """See `score_s`; the judge looks at approaches on days as busy as estimated, and so do we."""
        margins = self._street.rules.margins
        return score_s(candidate, incumbent, margins, self._laboratory.factor(realisation) == 1.0)

    def _tell(self, held: RaceRound) -> None:
        best = self._field[held.best].name
        self._watch.report(f"race: best of {len(held.candidates)} after {held.realisations} realisations: {best}", None)


def score_s(candidate: Measures, incumbent: Measures, margins: Margins, by_approach: bool = True) -> float:
    """What a run is worth [s/veh]: delay, stops and what the guards would not let pass, but at most twice what the
    incumbent's delay and stops cost: how deep a jam becomes says nothing of how often there is one."""
    own, base = (
        seen.mean_delay_s_per_veh + _STOP_S * seen.stops / seen.vehicles_due for seen in (candidate, incumbent)
    )
    return min(own + guard_penalty_s(candidate, incumbent, margins, by_approach), _MOST_TIMES * base)


def guard_penalty_s(candidate: Measures, incumbent: Measures, margins: Margins, by_approach: bool = True) -> float:
    """What a run costs beyond its mean delay [s/veh], because the judge's guards would not let it pass.

    Delay of an approach (if `by_approach`) counts twice more where it is 5 s and 8 % above the incumbent's and above
    15 s; a vehicle kept out counts a minute more; a run that jams costs a share of the incumbent's delay.
    """
    before = {(a.intersection_id, a.link_id): a.delay_s_per_veh for a in incumbent.approaches}
    excess_s = 0.0
    for approach in candidate.approaches if by_approach else ():
        delay, base = approach.delay_s_per_veh, before.get((approach.intersection_id, approach.link_id))
        if delay is None or base is None or approach.vehicles < margins.approach_min_vehicles:
            continue
        allowed = base + max(_WORSE_S, _WORSE_SHARE * base)
        excess_s += _WORSE_WEIGHT * max(0.0, delay - max(allowed, _FLOOR_S)) * approach.vehicles
    jam_s = _JAM_SHARE * incumbent.mean_delay_s_per_veh * (candidate.gridlocked and not incumbent.gridlocked)
    excess_s += _KEPT_OUT_S * max(0, candidate.kept_out_veh - incumbent.kept_out_veh)
    return excess_s / candidate.vehicles_due + jam_s


def _affordable(budget: int) -> int:
    """How many newcomers can be raced such that the last of them are seen on enough days."""
    return next((field for field in range(MOST_RESPONSES, 1, -1) if _rounds(field, budget)[-1] >= _LEAST_DAYS), 0)


def _rounds(field: int, budget: int, least: int = 2) -> tuple[int, ...]:
    """Realisations per round such that successive halving of the field, in which at least so many stay, keeps within
    the budget of runs."""
    rounds, alive, spent = [1], field, field
    while True:
        alive = max(least, 1 + -(-int(alive * _HALVING * 10) // 10))
        following = rounds[-1] * 2
        spent += alive * (following - rounds[-1])
        if spent > max(budget, field + 4) or following > _MOST_REALISATIONS:
            return tuple(rounds)
        rounds.append(following)
