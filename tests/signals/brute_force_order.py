"""Stages against today's, for the second judge: the same ones, in an order that lefts may lead or lag in.

Shares no line with the service. Which orders there are it finds by trying: from today's round, neighbours that may
change places do, one pair after the other, until nothing new comes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.signals.brute_force_street import GREEN, LEFTS, Signal

Round = tuple[str, ...]  # pictures by the signal's groups, turned so that the least one is first


def keeps_todays_round(signal: Signal, timing: dict[str, Any]) -> bool:
    """Whether a timing has the stages of today, each once, in today's order but for lefts, and greens nobody twice."""
    if timing["body"]["transitions"]:
        return False  # the programs of the network files have none
    column = [timing["group_ids"].index(name) for name in signal.group_ids]
    stages = [_picture(stage["displays"], column) for stage in timing["body"]["sequence"]]
    if turned(stages) not in rounds_of(signal):
        return False
    course = [
        _picture(part["displays"], column)
        for stage in timing["body"]["sequence"]
        for part in (stage, *stage["interstage"])
    ]
    return all(
        signal.unused[at] or _starts([picture[at] for picture in course]) <= max(1, _starts([*signal.today(at)]))
        for at in range(len(column))
    )


def _picture(displays: str, column: list[int]) -> str:
    return "".join(displays[at] for at in column)


def _starts(letters: list[str]) -> int:
    """How often a group turns green in a round."""
    return sum(letter in GREEN and letters[at - 1] not in GREEN for at, letter in enumerate(letters))


def turned(stages: list[str]) -> Round:
    return min(tuple(stages[at:] + stages[:at]) for at in range(len(stages)))


@cache
def rounds_of(signal: Signal) -> frozenset[Round]:
    """Every order that today's stages may have."""
    today = [_picture(signal.states[step], [int(name) for name in signal.group_ids]) for step in signal.stage_steps]
    found = {turned(today)}
    if len({*today}) < len(today):
        return frozenset(found)  # a stage that comes twice: which is which?
    led = _led(signal, today)
    new = [*found]
    while new:
        order = new.pop()
        for at in range(len(order)):
            one, other = order[at - 1], order[at]
            homes = led.get(one, {one}) & led.get(other, {other})
            if homes and (one in led or other in led):
                swapped = [*order]
                swapped[at - 1], swapped[at] = other, one
                if (now := turned(swapped)) not in found:
                    found.add(now)
                    new.append(now)
    return frozenset(found)


def _led(signal: Signal, today: list[str]) -> dict[str, set[str]]:
    """Stages for lefts alone, each with the stages that lead on the throughs beside them."""
    arrows: dict[str, set[str]] = {}
    for at, stage in enumerate(today):
        green = {
            name: letter
            for column, (name, letter) in enumerate(zip(signal.group_ids, stage, strict=True))
            if letter in GREEN and not signal.unused[column]
        }
        own = {name for name, letter in green.items() if letter == "G" and _is_left(signal, name)}
        near = _green(signal, today[at - 1]) | _green(signal, today[(at + 1) % len(today)])
        if own and len(today) > 1 and {*green} - own <= near:
            arrows[stage] = own
    found = {}
    for stage, own in arrows.items():
        links = set().union(*(signal.approaches[name] for name in own))
        homes = set()
        for home in today:
            onward = set().union(*(signal.straight[name] for name in _green(signal, home)))
            firm = {name for name, letter in zip(signal.group_ids, home, strict=True) if letter == "G"}
            if home not in arrows and links <= onward and not own & firm:
                homes.add(home)
        if homes:
            found[stage] = homes
    return found


def _green(signal: Signal, picture: str) -> set[str]:
    return {name for name, letter in zip(signal.group_ids, picture, strict=True) if letter in GREEN}


def _is_left(signal: Signal, name: str) -> bool:
    at = signal.group_ids.index(name)
    turns = signal.turns_of(at)
    return bool(turns) and turns <= LEFTS and not signal.walking[at]
