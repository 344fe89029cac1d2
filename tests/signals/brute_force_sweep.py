"""The second judge's eye: looks at displays one after the other, and names the rules that they break.

Plain loops over letters and times, compiled because a million plans are looked at. A sweep is rows of letters (one per
group) with the moments at which they begin [ds]; the first and the last stay of a group count as cut.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tests.signals.brute_force_street import GREEN, Signal

LETTERS = "ruygGsoO"
CODES = np.full(128, 255, dtype=np.uint8)
CODES[[*LETTERS.encode()]] = np.arange(len(LETTERS))
RED, AMBER, YELLOW, GIVING_WAY, FIRM, STOP = range(6)
NAMES = (
    *("display", "protection", "yellow", "red-amber", "change", "min-green", "pedestrian-green", "max-green"),
    *("conflict", "intergreen", "intergreen-unknown", "yielding", "yellow-trap"),
)
DISPLAY, PROTECTION, YELLOW_TIME, AMBER_TIME, CHANGE, MIN_GREEN, PEDESTRIAN_GREEN = (1 << at for at in range(7))
MAX_GREEN, CONFLICT, INTERGREEN, UNKNOWN, YIELDING, TRAP = (1 << at for at in range(7, 13))
NO_LIMIT = 1 << 40
NOT_KNOWN = -1


class Tables(NamedTuple):
    """What a junction asks for, as numbers: per group, per pair of groups (times in ds), lists of pairs."""

    legal: np.ndarray
    changes_today: np.ndarray
    yellow: np.ndarray
    amber: np.ndarray
    least: np.ndarray
    most: np.ndarray
    too_short: np.ndarray
    always_firm: np.ndarray
    unused: np.ndarray
    conflicting: np.ndarray
    giving_way: np.ndarray
    shown: np.ndarray
    never: np.ndarray
    traps: np.ndarray
    needed: np.ndarray
    handover: np.ndarray


def _flash(row: dict[str, Any]) -> int:
    return int(row["green_flash"]["value_ds"]) if row.get("green_flash") else 0


def tables_of(signal: Signal, limits: dict[str, Any], *, limited: bool = True) -> Tables:
    """The numbers of one junction; without maximum greens where not `limited`."""
    count, place = len(signal.group_ids), {name: at for at, name in enumerate(signal.group_ids)}
    rules = {group["group_id"]: group for group in limits["groups"]}
    rows = [rules[name] for name in signal.group_ids]
    columns = [signal.today(group) for group in range(count)]
    legal = np.zeros((count, len(LETTERS)), dtype=np.bool_)
    changes = np.zeros((count, len(LETTERS), len(LETTERS)), dtype=np.bool_)
    for group, column in enumerate(columns):
        legal[group, : FIRM + 1] = True
        legal[group, STOP] = "s" in column
        for before, after in zip(column, column[1:] + column[:1], strict=True):
            changes[group, LETTERS.index(before), LETTERS.index(after)] = True
    needed = np.full((count, count), NOT_KNOWN, dtype=np.int64)
    handover = np.full((count, count), NOT_KNOWN, dtype=np.int64)
    for entry in limits["intergreens"]:
        pair = place[entry["ending"]], place[entry["starting"]]
        for table, key in ((needed, "time"), (handover, "handover")):
            if entry[key]:
                table[pair] = entry[key]["value_ds"]
    pairs = signal.giving_way
    shown, never = (np.zeros((len(pairs), 2, 2), dtype=np.bool_) for _ in range(2))
    for at, pair_ in enumerate(pairs):
        for table, ways in ((shown, pair_.shown), (never, pair_.never)):
            for a, b in ways:
                table[at, "gG".index(a), "gG".index(b)] = True
    return Tables(
        legal=legal,
        changes_today=changes,
        yellow=np.array([row["yellow"]["value_ds"] for row in rows], dtype=np.int64),
        amber=np.array([row["red_amber"]["value_ds"] if row["red_amber"] else 0 for row in rows], dtype=np.int64),
        least=np.array([row["min_green"]["value_ds"] + _flash(row) for row in rows], dtype=np.int64),
        most=np.array(
            [row["max_green"]["value_ds"] if row["max_green"] and limited else NO_LIMIT for row in rows], dtype=np.int64
        ),
        too_short=np.array([PEDESTRIAN_GREEN if foot else MIN_GREEN for foot in signal.foot], dtype=np.int64),
        always_firm=np.array([GREEN & {*column} == {"G"} for column in columns], dtype=np.bool_),
        unused=np.array(signal.unused, dtype=np.bool_),
        conflicting=np.array(signal.conflicting, dtype=np.int64).reshape(-1, 2),
        giving_way=np.array(
            [(p.first, p.second, p.first in p.losers, p.second in p.losers) for p in pairs], dtype=np.int64
        ).reshape(-1, 4),
        shown=shown,
        never=never,
        traps=np.array(signal.traps, dtype=np.int64).reshape(-1, 2),
        needed=needed,
        handover=handover,
    )


@njit(cache=True)
def _green(letter: int) -> bool:
    return letter in (GIVING_WAY, FIRM)


@njit(cache=True)
def faults_of_groups(shown: np.ndarray, begins: np.ndarray, seen: np.ndarray, t: Tables) -> int:
    """Letters, changes, and times of every group; `seen` is filled with the letters that it shows."""
    found, rows, last = 0, shown.shape[0], begins[-1]
    for group in range(shown.shape[1]):
        start, green_since = 0, 0
        for at in range(1, rows + 1):
            letter = shown[start, group]
            if at < rows and shown[at, group] == letter:
                continue
            seen[group, letter] = True
            begin, end = begins[start], begins[at]
            whole = begin > 0 and end < last
            if not t.legal[group, letter]:
                found |= DISPLAY
            if letter == GIVING_WAY and t.always_firm[group]:
                found |= PROTECTION
            if not t.unused[group]:
                for sign, length, rule in ((YELLOW, t.yellow[group], YELLOW_TIME), (AMBER, t.amber[group], AMBER_TIME)):
                    if letter == sign and (end - begin > length or (whole and end - begin != length)):
                        found |= rule
                if _green(letter):
                    if start == 0 or not _green(shown[start - 1, group]):
                        green_since = begin
                    if end - green_since > t.most[group]:
                        found |= MAX_GREEN
                    goes_on = at < rows and _green(shown[at, group])
                    if green_since > 0 and at < rows and not goes_on and end - green_since < t.least[group]:
                        found |= t.too_short[group]
                if at < rows and not _may_change(letter, shown[at, group], group, t):
                    found |= CHANGE
            start = at
    return found


@njit(cache=True)
def _may_change(before: int, after: int, group: int, t: Tables) -> bool:
    if _green(after) and (_green(before) or before == YELLOW):
        return bool(t.changes_today[group, before, after])
    stopped = after in (RED, STOP)
    if _green(before):
        return after == YELLOW if t.yellow[group] > 0 else stopped
    if before == YELLOW:
        return stopped
    if before in (RED, STOP):
        return stopped or (after == AMBER if t.amber[group] > 0 else _green(after))
    return before == AMBER and _green(after) and t.amber[group] > 0


@njit(cache=True)
def faults_of_pairs(shown: np.ndarray, begins: np.ndarray, t: Tables) -> int:
    """Who is green together, how long lies between greens, who gives way, who is trapped."""
    found, rows = 0, shown.shape[0]
    for pair in range(t.conflicting.shape[0]):
        one, other = t.conflicting[pair]
        for at in range(rows):
            a, b = shown[at, one], shown[at, other]
            if (_green(a) and (_green(b) or b in (YELLOW, AMBER))) or (_green(b) and a in (YELLOW, AMBER)):
                found |= CONFLICT
        found |= _intergreen(shown, begins, one, other, t.needed[one, other])
        found |= _intergreen(shown, begins, other, one, t.needed[other, one])
    for pair in range(t.giving_way.shape[0]):
        one, other, one_loses, other_loses = t.giving_way[pair]
        for at in range(rows):
            a, b = shown[at, one], shown[at, other]
            firm = (one_loses and a != GIVING_WAY) or (other_loses and b != GIVING_WAY)
            if firm and _green(a) and _green(b) and not t.shown[pair, a - GIVING_WAY, b - GIVING_WAY]:
                found |= YIELDING
        never, turned = t.never[pair], t.never[pair].transpose()
        found |= _kept_apart(shown, begins, one, other, never, t.needed[one, other], t.handover[one, other])
        found |= _kept_apart(shown, begins, other, one, turned, t.needed[other, one], t.handover[other, one])
    for pair in range(t.traps.shape[0]):
        left, oncoming = t.traps[pair]
        for at in range(rows - 1):
            ends = shown[at, left] == YELLOW and shown[at + 1, left] in (RED, STOP)
            if ends and _green(shown[at, oncoming]) and _green(shown[at + 1, oncoming]):
                found |= TRAP
    return found


@njit(cache=True)
def _intergreen(shown: np.ndarray, begins: np.ndarray, ending: int, starting: int, needed: int) -> int:
    """From every end of one green to the next green of the other, or the one it finds there."""
    found, rows = 0, shown.shape[0]
    for at in range(1, rows):
        if _green(shown[at - 1, ending]) and not _green(shown[at, ending]):
            until = at
            while until < rows and not _green(shown[until, starting]):
                until += 1
            if until < rows:
                if needed == NOT_KNOWN:
                    found |= UNKNOWN
                elif begins[until] - begins[at] < needed:
                    found |= INTERGREEN
    return found


@njit(cache=True)
def _never(never: np.ndarray, its: int, others: int) -> bool:
    return _green(its) and _green(others) and never[its - GIVING_WAY, others - GIVING_WAY]


@njit(cache=True)
def _kept_apart(
    shown: np.ndarray, begins: np.ndarray, ending: int, starting: int, never: np.ndarray, needed: int, handover: int
) -> int:
    """Two groups of which one gives way at times: greens that never stand side by side, nor closer than they may."""
    found, rows = 0, shown.shape[0]
    for at in range(rows):
        letter, other = shown[at, ending], shown[at, starting]
        if letter in (YELLOW, AMBER) and _green(other):
            there = at
            while 0 <= there < rows and shown[there, ending] == letter:
                there += -1 if letter == YELLOW else 1
            if 0 <= there < rows and _never(never, shown[there, ending], other):
                found |= CONFLICT
    for green in (GIVING_WAY, FIRM):
        row = never[green - GIVING_WAY]
        twin = GIVING_WAY + FIRM - green
        alike = (never[twin - GIVING_WAY] == row).all()  # both greens clash with the same: changing over ends nothing
        if not row.any() or (alike and green == FIRM):
            continue
        for at in range(1, rows):
            before, now = shown[at - 1, ending], shown[at, ending]
            was, still = before == green or (alike and before == twin), now == green or (alike and now == twin)
            if not was or still or _never(never, green, shown[at - 1, starting]):
                continue
            until, goes_on = at, True
            while until < rows:
                own = shown[until, ending]
                goes_on = goes_on and _green(own)
                if _never(never, green, shown[until, starting]) or own == green or (alike and own == twin):
                    break
                until += 1
            if until == rows or not _never(never, green, shown[until, starting]):
                continue
            time = handover if goes_on and handover != NOT_KNOWN else needed
            if time == NOT_KNOWN:
                found |= UNKNOWN
            elif begins[until] - begins[at] < time:
                found |= INTERGREEN
    return found
