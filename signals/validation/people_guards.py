"""Guards of those whom a delay per vehicle forgets: people on foot, and people in buses and trams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from signals.measures import Measures
from signals.rules import Margins
from signals.validation.guard import NETWORK, Guard

ON_FOOT = "wait on foot"


def crossing_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> list[Guard]:
    """Each crossing: mean wait over the pairs not above the incumbent's and some seconds, or not above a ceiling.

    None where nobody can ever start in either plan: what all wait for in vain is no wait (see `never_served`).
    """
    in_vain = {*never_served(pairs)}
    waits_s: dict[tuple[str, str], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for pair in pairs:
        for side, run in enumerate(pair):
            for crossing in run.crossings:
                waits_s[crossing.intersection_id, crossing.crossing][side].append(crossing.mean_wait_s)
    guards = []
    for (junction, crossing_id), (candidate, incumbent) in sorted(waits_s.items()):
        if len(candidate) == len(incumbent) == len(pairs) and (junction, crossing_id) not in in_vain:
            own_s, base_s = sum(candidate) / len(pairs), sum(incumbent) / len(pairs)
            most_s = max(base_s + margins.pedestrian_worse_s, margins.pedestrian_floor_s)
            found = f"{own_s:.1f} s mean wait (incumbent {base_s:.1f} s)"
            where = f"{junction}, crossing {crossing_id}"
            guards.append(Guard(ON_FOOT, where, found, f"at most {most_s:.1f} s", own_s > most_s))
    return guards


def never_served(pairs: Sequence[tuple[Measures, Measures]]) -> list[tuple[str, str]]:
    """Junction and name of the crossings at which nobody could start in any run of either plan."""
    served: dict[tuple[str, str], bool] = {}
    for run in (run for pair in pairs for run in pair):
        for crossing in run.crossings:
            place = crossing.intersection_id, crossing.crossing
            served[place] = served.get(place, False) or not crossing.never_served
    return sorted(place for place, once in served.items() if not once)


def wait_share(guard: Guard) -> float:
    """How much of what it allows a guard of a crossing found, in its own words; a report keeps no other numbers."""
    found, most = (float(text.removeprefix("at most ").split(" ", 1)[0]) for text in (guard.found, guard.needed))
    return found / most if most else 1.0


def transit_guards(pairs: Sequence[tuple[Measures, Measures]], margins: Margins) -> list[Guard]:
    """Delay per vehicle of public transport over all pairs; no guard where the demand has none."""
    (own_s, own_veh), (base_s, base_veh) = (
        (sum(pair[side].transit_delay_s for pair in pairs), sum(pair[side].transit_veh for pair in pairs))
        for side in (0, 1)
    )
    if not own_veh or not base_veh:
        return []
    own, base = own_s / own_veh, base_s / base_veh
    most = base * (1 + margins.transit_worse_share)
    found = f"{own:.1f} s/veh (incumbent {base:.1f} s/veh, {base_veh / len(pairs):.0f} vehicles a run)"
    return [Guard("public transport not worse", NETWORK, found, f"at most {most:.1f} s/veh", own > most)]
