"""The best plan in free control, refined: other timings of its stages with its response, then its timing with responses
near its own.

Planned greens are limits there: which of them suit a response shows with that response only. On grid4x4, with free
choice of the running stages, gaps of 1.5 s and loops 2 s ahead, the timings of the methods had 36.8 to 37.7 s/veh (two
days), and the one that led with the usual response 37.6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from signals.race import RaceResult
from signals.service.forms import runnable, with_responses
from signals.service.propose import Candidate
from signals.service.track import Track, rounds_within
from signals.timing.response import Response

_GAPS_DS = (10, 15, 20, 30)
_LOOPS_AHEAD_DS = (10, 15, 20, 30)
_PRESENCE_LIMITS_DS = (100, 200, 400, None)
_LONGEST_SHARES = (1.2, 1.5, 2.0, 2.5)
_RUNS_OF = 2  # for each newcomer

_Value = TypeVar("_Value")
Newcomers = Callable[[Candidate], Iterator[Candidate]]


def refined(entrants: Sequence[Candidate], track: Track, before: RaceResult, budget: int) -> list[RaceResult]:
    """Races with those that `before` ended with, on the days that they were seen on, for `budget` runs at most: first
    with timings among `entrants`, then with responses."""

    def timings(best: Candidate) -> Iterator[Candidate]:
        return other_timings(best, entrants, track)

    def responses(best: Candidate) -> Iterator[Candidate]:
        return with_responses(best, near(best.response), track.street)

    races, last, begun = list[RaceResult](), before, track.runs
    for number, newcomers in enumerate((timings, responses), start=1):
        found = _raced(newcomers, track, last, number * budget // 2 - (track.runs - begun))
        if found is not None:
            races.append(found)
            last = found
    return races


def other_timings(best: Candidate, entrants: Sequence[Candidate], track: Track) -> Iterator[Candidate]:
    """Entrants with the same stages, with the response of the best: one of every family in turn."""
    families: dict[str, list[Candidate]] = {}
    for one in entrants:
        if one.stage_set == best.stage_set and one.fixed != best.fixed:
            families.setdefault(one.family, []).append(one)
    while any(families.values()):
        for waiting in families.values():
            if waiting:
                one = waiting.pop(0)
                yield from with_responses(one, [best.response], track.street)


def near(response: Response) -> Iterator[Response]:
    """Free responses that differ in one thing by one step, who decides most first."""
    for limit_ds in _beside(response.presence_limit_ds, _PRESENCE_LIMITS_DS):
        yield replace(response, presence_limit_ds=limit_ds)
    for gap_ds in _beside(response.gap_ds, _GAPS_DS):
        yield replace(response, gap_ds=gap_ds)
    for ahead_ds in _beside(response.loops_ahead_ds, _LOOPS_AHEAD_DS):
        yield replace(response, loops_ahead_ds=ahead_ds)
    for share in _beside(response.longest_share, _LONGEST_SHARES):
        yield replace(response, longest_share=share)
    yield replace(response, chooses=not response.chooses)


def _beside(own: _Value, values: Sequence[_Value]) -> Sequence[_Value]:
    at = values.index(own)
    return [*values[max(0, at - 1) : at], *values[at + 1 : at + 2]]


def _raced(newcomers: Newcomers, track: Track, before: RaceResult, budget: int) -> RaceResult | None:
    """A race of newcomers with those that stayed; None where nobody stayed, came, or can be paid."""
    ranked = track.ranked(before)
    if not ranked or budget < _RUNS_OF or track.watch.stop():
        return None
    seen = ranked[0][1].realisations
    stayed = [candidate for candidate, _ in ranked]
    known = (one for one in newcomers(stayed[0]) if one.plan.digest() not in track.known)
    joining = [*islice((one for one in known if runnable([one], track.street)), budget // _RUNS_OF)]
    if not joining:
        return None
    rounds = tuple(days for days in rounds_within(len(joining), budget) if days < seen)
    return track.run((*stayed, *joining), range(1, seen + 1), (*rounds, seen))
