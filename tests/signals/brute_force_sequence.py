"""Rings against today's stages, for the second judge: what stands between two barriers, and in which order.

Shares no line with the service: the plan comes as plain JSON values, today from the network file.
"""

from __future__ import annotations

import itertools
from typing import Any

from tests.signals.brute_force_street import GREEN, LEFTS, Signal

Fields = dict[str, Any]
Part = list[Fields]  # ring phases served by one ring between two barriers


def keeps_todays_stages(signal: Signal, timing: Fields) -> bool:
    """Whether each stage of today has all its greens between two barriers, with no others, stages in their order; only
    lefts may lead or lag the throughs of their approach."""
    body = timing["body"]
    known = {phase["number"]: phase for phase in body["ring_phases"]}
    rings: list[list[Part]] = [
        [[known[n] for n in part if not known[n]["omitted"]] for part in ring] for ring in body["rings"]
    ]
    shown = [_shown_between(body, [ring[b] for ring in rings]) for b in range(len(rings[0]))]
    today = [
        {name: signal.states[step][int(name)] for name in signal.group_ids if signal.states[step][int(name)] in GREEN}
        for step in signal.stage_steps
    ]
    lefts = {name for at, name in enumerate(signal.group_ids) if _left(signal, at)}
    homes = [[b for b, letters in enumerate(shown) if _holds(letters, stage, lefts)] for stage in today]
    for b, letters in enumerate(shown):
        wanted = {name for stage, home in zip(today, homes, strict=True) if b in home for name in stage}
        if {*letters} - wanted:
            return False
    if not all(homes):
        return False
    turn = next((k for k in range(len(homes)) if homes[k] != homes[k - 1]), 0)
    today, homes = today[turn:] + today[:turn], homes[turn:] + homes[:turn]
    return _in_order(homes, len(shown)) and all(
        _led(part, b, rings, today, homes, lefts, signal) for ring in rings for b, part in enumerate(ring)
    )


def _shown_between(body: Fields, parts: list[Part]) -> dict[str, set[str]]:
    """Which groups are green between two barriers, and with which greens."""
    letters: dict[str, set[str]] = {}
    for phase in itertools.chain.from_iterable(parts):
        for key, letter in (("group_ids", "G"), ("yielding_group_ids", "g"), ("pedestrian_group_ids", "")):
            for name in phase[key]:
                letters.setdefault(name, set()).update(letter)
        for overlap in body["overlaps"]:
            if phase["number"] in overlap["parents"]:
                firm = overlap["kind"] == "protected"
                letters.setdefault(overlap["group_id"], set()).add("G" if firm else "g")
    return letters


def _holds(letters: dict[str, set[str]], stage: dict[str, str], lefts: set[str]) -> bool:
    return all(
        name in letters and (name not in lefts or sign == "g" or "G" in letters[name]) for name, sign in stage.items()
    )


def _in_order(homes: list[list[int]], count: int) -> bool:
    """Whether the barriers are crossed in the order of the stages, each group of them once a round."""
    sure = [b for b, _ in itertools.groupby(home[0] for home in homes if len(home) == 1)]
    steps = [(b - sure[0]) % count for b in sure]
    return all(one < other for one, other in itertools.pairwise(steps))


def _led(
    part: Part,
    b: int,
    rings: list[list[Part]],
    today: list[dict[str, str]],
    homes: list[list[int]],
    lefts: set[str],
    signal: Signal,
) -> bool:
    """Whether a ring serves what cannot lead or lag in the order of today."""
    throughs = {
        edge
        for ring in rings
        for other in ring[b]
        for name in _driven(other) - lefts
        for edge in signal.approaches[name]
    }
    moments = []
    for phase in part:
        driven = _driven(phase)
        if driven <= lefts and all(signal.approaches[name] <= throughs for name in driven):
            continue
        served = [
            at for at, (stage, home) in enumerate(zip(today, homes, strict=True)) if b in home and driven & {*stage}
        ]
        moments.append(min(served, default=0))
    return all(one < other for one, other in itertools.pairwise(moments))


def _driven(phase: Fields) -> set[str]:
    return {*phase["group_ids"], *phase["yielding_group_ids"]}


def _left(signal: Signal, group: int) -> bool:
    turns = signal.turns_of(group)
    return bool(turns) and turns <= LEFTS and not signal.walking[group]
