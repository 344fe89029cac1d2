"""The races of a search, and what every run of them measured: nothing is run twice."""

from __future__ import annotations

from collections.abc import Sequence

from signals.measures import Measures
from signals.race import Place, RaceResult, RaceRound, RaceRun, race
from signals.service.estimate import BUSY_REALISATIONS, Street
from signals.service.finalists import Seen, jammed_alone
from signals.service.propose import Candidate
from signals.service.request import PlanRequest
from signals.service.scoring import score_s
from signals.trials import Laboratory, Trial, step_for
from signals.validation import FIRST_REALISATION, Guard
from signals.validation.guard import NETWORK, broken
from signals.validation.guards import check_guards
from signals.watch import Watch

_HALVING = 0.4
_MOST_REALISATIONS = 16  # of a race: what jams on one day in ten shall be seen
_MOST_ENDURANCE = 8  # further days for finalists, where jams were seen
_MOST_STRESS = 8  # busier days for finalists


class Track:
    """Runs races and remembers what every run measured."""

    def __init__(self, street: Street, request: PlanRequest, laboratory: Laboratory, watch: Watch) -> None:
        self.street = street
        self.request = request
        self.watch = watch
        self._laboratory = laboratory
        self._step_s = step_s_of(street)
        self._seen: dict[tuple[str, int], Measures] = {}
        self._field: tuple[Candidate, ...] = ()
        self.known: dict[str, Candidate] = {}  # all that were raced, by the digest of their plans
        self.runs = 0  # those that had to be made: nothing is run twice

    def race(self, entrants: Sequence[Candidate], budget: int) -> RaceResult:
        rounds = rounds_within(1 + len(entrants), budget)
        return self.run(entrants, range(1, rounds[-1] + 1), rounds)

    def run(self, entrants: Sequence[Candidate], realisations: Sequence[int], rounds: tuple[int, ...]) -> RaceResult:
        self._field = (Candidate("running plan", self.street.incumbent), *entrants)
        self.known |= {one.plan.digest(): one for one in entrants}
        return race(
            [candidate.name for candidate in self._field],
            self._measure,
            realisations=realisations,
            rounds=rounds,
            keep_share=_HALVING,
            groups=[candidate.stage_set for candidate in self._field],
            seed=self.request.seed,
            report=self._tell,
            stop=self.watch.stop,
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
        return broken(check_guards(usual or list(shared.values()), self.street.rules.margins))

    def seen(self, candidate: Candidate) -> Seen:
        """What all its runs showed of it."""
        shared = self._shared(candidate)
        pairs = list(shared.values())
        scored = {number: pair for number, pair in shared.items() if number not in BUSY_REALISATIONS}
        base_s = sum(self._score_s(base, base, number) for number, (_, base) in scored.items())
        gain_s = base_s - sum(self._score_s(own, base, number) for number, (own, base) in scored.items())
        worsened = [guard for guard in self.broken_guards(candidate) if guard.where != NETWORK]
        return Seen(len(pairs), jammed_alone(pairs), gain_s / base_s if base_s > 0 else 0.0, len(worsened))

    def endurance(self, finalists: Sequence[Candidate], before: RaceResult) -> list[RaceResult]:
        """Finalists on further days as busy as the judge's, for as many runs as half the effort buys: jams were seen,
        and few days do not show who jams seldom."""
        days = min(_MOST_ENDURANCE, self.request.effort // 2 // (1 + len(finalists)))
        first = 1 + max(before.realisations, default=0)
        usual = [r for r in range(first, FIRST_REALISATION) if self._laboratory.factor(r) == 1.0][:days]
        return [self.run(finalists, usual, (len(usual),))] if usual else []

    def stress(self, finalists: Sequence[Candidate]) -> list[RaceResult]:
        """Finalists on days busier than known routes, as many as half the effort buys: who jams seldom, jams there
        sooner."""
        days = min(_MOST_STRESS, self.request.effort // 2 // (1 + len(finalists)))
        busy = BUSY_REALISATIONS[:days]
        return [self.run(finalists, busy, (len(busy),))] if busy else []

    def days(self, candidate: Candidate) -> dict[int, Measures]:
        """What its runs measured, by realisation."""
        own = candidate.plan.digest()
        return {realisation: measures for (digest, realisation), measures in self._seen.items() if digest == own}

    def _shared(self, candidate: Candidate) -> dict[int, tuple[Measures, Measures]]:
        """Runs of a candidate and of the incumbent, by the realisation that both were run on."""
        own, base = candidate.plan.digest(), self.street.incumbent.digest()
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
        measured = self._laboratory.run(trials, self.watch, f"race: {len(trials)} runs")
        for at, measures in zip(missing, measured, strict=True):
            self._seen[keys[at]] = measures
        base = self.street.incumbent.digest()
        return [self._score_s(self._seen[key], self._seen[base, key[1]], key[1]) for key in keys]

    def _score_s(self, candidate: Measures, incumbent: Measures, realisation: int) -> float:
        """See `score_s`; the judge looks at approaches on days as busy as estimated, and so do we."""
        margins = self.street.rules.margins
        return score_s(candidate, incumbent, margins, self._laboratory.factor(realisation) == 1.0)

    def _tell(self, held: RaceRound) -> None:
        best = self._field[held.best].name
        self.watch.report(f"race: best of {len(held.candidates)} after {held.realisations} realisations: {best}", None)


def step_s_of(street: Street) -> float:
    """Of the runs of a race [s], the same for all: candidates mostly keep the fractions of the incumbent."""
    return step_for((street.incumbent,), street.longest_step_s)


def rounds_within(field: int, budget: int, least: int = 2) -> tuple[int, ...]:
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
