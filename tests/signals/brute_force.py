"""A second judge of plans: reads the network file itself, sweeps every tenth of a second, shares no line with ours.

It knows the standard library and numpy only. Plan and rules come as plain JSON values. What it takes from the rules are
numbers (yellow, intergreens, minimum and maximum greens, cycles, stage limit); who crosses whom, who gives way and what
is shown today it reads from the network file.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from tests.signals.brute_force_rings import broken_walking, swept_rings

GREEN = frozenset("gG")


class Signal:
    """One controller as the file tells it: its channels, their groups, who meets whom, today's states."""

    def __init__(self, name: str, logic: ElementTree.Element, links: list[ElementTree.Element]) -> None:
        self.name = name
        self.states = [phase.attrib["state"] for phase in logic.iter("phase")]
        self.durations = [round(float(phase.attrib["duration"]) * 10) for phase in logic.iter("phase")]
        self.offset = round(float(logic.get("offset", "0")) * 10)
        self.count = len(self.states[0])
        self.columns = ["".join(state[c] for state in self.states) for c in range(self.count)]
        ways: list[set[tuple[str, str]]] = [set() for _ in range(self.count)]
        for link in links:
            ways[int(link.attrib["linkIndex"])].add((link.attrib["from"], link.attrib["to"]))
        self.walkers = [bool(way) and all(":" in a for a, _ in way) for way in ways]
        self.on_foot = [any(":" in a for a, _ in way) for way in ways]
        self.group: list[str] = []
        first: dict[tuple[frozenset[tuple[str, str]], str], str] = {}
        for channel in range(self.count):
            key = (frozenset(ways[channel]), self.columns[channel])
            self.group.append(first.setdefault(key, str(channel)) if ways[channel] else str(channel))
        self.group_ids = list(dict.fromkeys(self.group))
        self.conflicting: list[tuple[int, int]] = []
        self.giving_way: list[tuple[int, int, list[int]]] = []
        self.exclusive: list[tuple[int, int, set[tuple[str, str]]]] = []
        self.lawless: set[tuple[int, int]] = set()
        self.turns: list[set[str]] = [set() for _ in range(self.count)]
        for link in links:
            self.turns[int(link.attrib["linkIndex"])].add(link.get("dir", ""))

    def turns_of(self, channel: int) -> set[str]:
        """Directions of all channels in the group of one."""
        return {t for c in range(self.count) if self.group[c] == self.group[channel] for t in self.turns[c]}

    def decide(self, meets: set[tuple[int, int]], yields: set[tuple[int, int]]) -> None:
        """Sort pairs of channels whose paths meet: never green together, or green together with one giving way."""
        strangers = {(self.group[i], self.group[j]) for i, j in self.lawless}
        groups = {(self.group[i], self.group[j]) for i, j in meets} | strangers
        groups |= {(b, a) for a, b in groups}
        for i, j in itertools.combinations(range(self.count), 2):
            if (self.group[i], self.group[j]) not in groups or self.group[i] == self.group[j]:
                continue
            shown = [(a, b) for a, b in zip(self.columns[i], self.columns[j], strict=True) if {a, b} <= GREEN]
            if not shown:
                self.conflicting.append((i, j))
                continue
            if (self.group[i], self.group[j]) in strangers and ("G", "G") in shown:
                continue
            losers = {i if a == "g" else j for a, b in shown if a != b}
            if any(a == b for a, b in shown):
                table = {i for x, y in yields if (self.group[x], self.group[y]) == (self.group[i], self.group[j])}
                table |= {j for x, y in yields if (self.group[x], self.group[y]) == (self.group[j], self.group[i])}
                losers |= table or {i, j}
            self.giving_way.append((i, j, sorted(losers)))
            if self.group[i] == str(i) and self.group[j] == str(j):  # once per pair of groups
                good = {(a, b) for a, b in itertools.product("gG", repeat=2) if {i: a, j: b}[min(losers)] == "g"}
                good = {way for way in good if all(way[(i, j).index(loser)] == "g" for loser in losers)}
                for a, b in shown:
                    good |= set(itertools.product("g" if a == "g" else "gG", "g" if b == "g" else "gG"))
                self.exclusive.append((i, j, set(itertools.product("gG", repeat=2)) - good))


class Street:
    """All controllers of a network file."""

    def __init__(self, path: Path) -> None:
        root = ElementTree.parse(path).getroot()
        links: dict[str, list[ElementTree.Element]] = {}
        for link in root.iter("connection"):
            if link.get("tl"):
                links.setdefault(link.attrib["tl"], []).append(link)
        self.signals = {
            logic.attrib["id"]: Signal(logic.attrib["id"], logic, links.get(logic.attrib["id"], []))
            for logic in root.iter("tlLogic")
        }
        self.crossings: dict[str, int] = {}
        for edge in root.iter("edge"):
            if edge.get("function") == "crossing":
                junction = edge.attrib["id"][1:].rsplit("_c", 1)[0]
                self.crossings[junction] = self.crossings.get(junction, 0) + 1
        requests = {
            junction.attrib["id"]: [(r.attrib["foes"], r.attrib["response"]) for r in junction.iter("request")]
            for junction in root.iter("junction")
        }
        for name, signal in self.signals.items():
            rows: dict[tuple[str, int], int] = {}
            for link in links.get(name, []):
                rows[self._row(link, requests)] = int(link.attrib["linkIndex"])
            meets: set[tuple[int, int]] = set()
            yields: set[tuple[int, int]] = set()
            ruled = {key: channel for key, channel in rows.items() if requests[key[0]]}
            signal.lawless = self._strangers(links.get(name, []), requests)
            for (junction, row), channel in ruled.items():
                foes, response = requests[junction][row]
                for (other_junction, other), other_channel in ruled.items():
                    if other_junction != junction or other == row:
                        continue
                    if foes[len(foes) - 1 - other] == "1":
                        meets.add((channel, other_channel))
                    if response[len(response) - 1 - other] == "1":
                        yields.add((channel, other_channel))
            signal.decide(meets, yields)

    def _strangers(
        self, links: list[ElementTree.Element], requests: dict[str, list[tuple[str, str]]]
    ) -> set[tuple[int, int]]:
        """Channels at one junction without rows, from different lanes."""
        unruled = [
            (link.attrib["via"][1:].rsplit("_", 2)[0], (link.attrib["from"], link.attrib["fromLane"]), link)
            for link in links
            if "via" in link.attrib and not requests[link.attrib["via"][1:].rsplit("_", 2)[0]]
        ]
        return {
            (int(a.attrib["linkIndex"]), int(b.attrib["linkIndex"]))
            for (here, lane, a), (there, other, b) in itertools.permutations(unruled, 2)
            if here == there and lane != other
        }

    def _row(self, link: ElementTree.Element, requests: dict[str, list[tuple[str, str]]]) -> tuple[str, int]:
        """Junction and row of a link: by the name of its inner lane; crossings stand behind all other links."""
        if "via" in link.attrib:
            junction, edge, lane = link.attrib["via"][1:].rsplit("_", 2)
            return junction, int(edge) + int(lane)
        junction, crossing = link.attrib["to"][1:].rsplit("_c", 1)
        return junction, len(requests[junction]) - self.crossings[junction] + int(crossing)


def broken_rules(street: Street, rules: dict[str, Any], plan: dict[str, Any], digest: str) -> set[tuple[str, str]]:
    """Names of broken rules with their intersections; nothing means safe."""
    found: set[tuple[str, str]] = set()
    if plan["network_digest"] != digest:
        found.add(("network", ""))
    timings = {timing["intersection_id"]: timing for timing in plan["intersections"]}
    for name in set(timings) ^ set(street.signals):
        found.add(("intersections", name))
    limits = {entry["intersection_id"]: entry for entry in rules["intersections"]}
    for name, timing in timings.items():
        if name in street.signals:
            found |= {(rule, name) for rule in _of_signal(street.signals[name], limits[name], timing)}
    return found


def _of_signal(signal: Signal, limits: dict[str, Any], timing: dict[str, Any]) -> set[str]:
    where = {group: position for position, group in enumerate(timing["group_ids"])}
    order = [where[group] for group in signal.group]
    if timing["untouched"]:
        return set() if _is_today(signal, timing, order) else {"untouched"}
    found = set()
    cycle = timing["cycle_ds"]
    if cycle is not None and not limits["cycle_min"]["value_ds"] <= cycle <= limits["cycle_max"]["value_ds"]:
        found.add("cycle")
    if timing["body"]["kind"] == "rings":
        found |= broken_walking(timing, limits)
        sweeps = swept_rings(timing, order)
    else:
        if len(timing["body"]["sequence"]) > limits["max_stages"]:
            found.add("stages")
        sweeps = [_swept(walk, order) for walk in _walks(timing)]
    for sweep in sweeps:
        found |= _of_sweep(signal, limits, sweep)
    for channel in range(signal.count):
        today = GREEN & set(signal.columns[channel])
        shown = {chr(code) for sweep in sweeps for code in np.unique(sweep[:, channel])}
        if today and not GREEN & shown:
            found.add("service")
        elif today == GREEN and "G" not in shown and not signal.turns_of(channel) <= {"l", "L", "t"}:
            found.add("protection")
    return found


def _is_today(signal: Signal, timing: dict[str, Any], order: list[int]) -> bool:
    if timing["body"]["kind"] == "rings":
        return False  # no program of a network file is one
    if timing["control_mode"] != "fixed" or timing["offset_reference"] != "stage start":
        return False
    if timing["reference"] != [timing["body"]["sequence"][0]["id"]]:
        return False
    (walk,) = _walks(timing)
    swept = _swept(walk, order)
    cycle = timing["cycle_ds"]
    today = np.concatenate(
        [np.tile([*map(ord, s)], (d, 1)) for s, d in zip(signal.states, signal.durations, strict=True)]
    )
    if len(today) != cycle or timing["program_id"] != "0":
        return False
    turned = np.roll(swept[:cycle], timing["offset_ds"], axis=0)
    return bool((turned == np.roll(today, signal.offset, axis=0)).all())


Walk = list[tuple[str, int]]


def _walks(timing: dict[str, Any]) -> list[Walk]:
    """Courses to look at: a fixed plan three times round; an actuated one on many ways, at its shortest and longest."""
    stages = timing["body"]["sequence"]
    ways: dict[str, list[tuple[str, Walk]]] = {}
    for stage, following in zip(stages, stages[1:] + stages[:1], strict=True):
        ways[stage["id"]] = [(following["id"], [(s["displays"], s["duration_ds"]) for s in stage["interstage"]])]
    for way in timing["body"]["transitions"]:
        steps = [(s["displays"], s["duration_ds"]) for s in way["interstage"]]
        ways[way["from_stage"]].append((way["to_stage"], steps))
    by_id = {stage["id"]: stage for stage in stages}
    fixed = timing["control_mode"] == "fixed"
    walks = []
    for key in (None,) if fixed else ("min_ds", "max_ds"):
        lengths = {
            name: stage["actuation"][key] if key and stage["actuation"] else stage["duration_ds"]
            for name, stage in by_id.items()
        }
        branching = bool(timing["body"]["transitions"])
        depth = 2 * len(stages) + 1 if branching else 3 * len(stages)
        for start in by_id if branching else [stages[0]["id"]]:
            for path in itertools.islice(_paths(ways, start, depth), 80):
                walk: Walk = []
                for name, steps in path:
                    walk.append((by_id[name]["displays"], lengths[name]))
                    walk += steps
                walks.append(walk)
    return walks


def _paths(ways: dict[str, list[tuple[str, Walk]]], at: str, depth: int) -> Iterator[list[tuple[str, Walk]]]:
    if depth == 0:
        yield []
        return
    for following, steps in ways[at]:
        for rest in _paths(ways, following, depth - 1):
            yield [(at, steps), *rest]


def _swept(walk: Walk, order: list[int]) -> np.ndarray:
    """One row every tenth of a second, one letter code per channel."""
    pictures = np.array([[ord(displays[position]) for position in order] for displays, _ in walk], dtype=np.uint8)
    return np.repeat(pictures, [length for _, length in walk], axis=0)


def _of_sweep(signal: Signal, limits: dict[str, Any], sweep: np.ndarray) -> set[str]:
    found: set[str] = set()
    rules = {group["group_id"]: group for group in limits["groups"]}
    last = len(sweep)
    edges = [0, *(np.flatnonzero((sweep[1:] != sweep[:-1]).any(axis=1)) + 1).tolist()]
    greens: list[list[tuple[int, int]]] = []
    for channel in range(signal.count):
        rule = rules[signal.group[channel]]
        column = signal.columns[channel]
        codes = sweep[edges, channel]
        runs: list[list[Any]] = []  # letter, from, to
        for begin, end, code in zip(edges, [*edges[1:], last], codes, strict=True):
            if runs and runs[-1][0] == chr(code):
                runs[-1][2] = end
            else:
                runs.append([chr(code), begin, end])
        found |= _of_runs(runs, column, rule, signal.walkers[channel], last)
        joined: list[tuple[int, int]] = []
        for letter, begin, end in runs:
            if letter in GREEN:
                if joined and joined[-1][1] == begin:
                    joined[-1] = (joined[-1][0], end)
                else:
                    joined.append((begin, end))
        greens.append(joined)
        least, most = rule["min_green"]["value_ds"], rule["max_green"]
        for begin, end in joined:
            if begin > 0 and end < last and end - begin < least:
                found.add("pedestrian-green" if signal.on_foot[channel] else "min-green")
            if most is not None and end - begin > most["value_ds"]:
                found.add("max-green")
    found |= _of_pairs(signal, limits, sweep, greens)
    times = {(e["ending"], e["starting"]): e for e in limits["intergreens"]}
    for i, j, never in signal.exclusive:
        first, second = ([chr(code) for code in sweep[edges, channel]] for channel in (i, j))
        turned = {(b, a) for a, b in never}
        found |= _kept_apart(first, second, never, edges, times.get((str(i), str(j))))
        found |= _kept_apart(second, first, turned, edges, times.get((str(j), str(i))))
    return found


def _kept_apart(
    ends: list[str], starts: list[str], never: set[tuple[str, str]], edges: list[int], entry: dict[str, Any] | None
) -> set[str]:
    """Two groups of which one gives way at times: greens that never stand side by side, picture by picture."""
    found = set()
    last = len(ends)
    for at, (own, other) in enumerate(zip(ends, starts, strict=True)):
        if own in "yu" and other in GREEN:
            step = -1 if own == "y" else 1
            there = at
            while 0 <= there < last and ends[there] == own:
                there += step
            if 0 <= there < last and (ends[there], other) in never:
                found.add("conflict")
    for others in {frozenset(b for a, b in never if a == own) for own in GREEN} - {frozenset()}:
        own = {a for a in GREEN if frozenset(b for x, b in never if x == a) == others}
        for at in range(1, last):
            if ends[at - 1] not in own or ends[at] in own or starts[at - 1] in others:
                continue
            until = at
            while until < last and starts[until] not in others and ends[until] not in own:
                until += 1
            if until == last or ends[until] in own:
                continue
            going_on = all(letter in GREEN for letter in ends[at : until + 1])
            time = None if entry is None else entry["handover"] if going_on and entry["handover"] else entry["time"]
            if time is None:
                found.add("intergreen-unknown")
            elif edges[until] - edges[at] < time["value_ds"]:
                found.add("intergreen")
    return found


def _of_runs(runs: list[list[Any]], column: str, rule: dict[str, Any], walker: bool, last: int) -> set[str]:
    found: set[str] = set()
    legal = set("ruygG") | ({"s"} & set(column))
    today = {a + b for a, b in zip(column, column[1:] + column[:1], strict=True) if a != b}
    yellow = rule["yellow"]["value_ds"]
    amber = rule["red_amber"]["value_ds"] if rule["red_amber"] else 0
    for letter, begin, end in runs:
        if letter not in legal:
            found.add("display")
        if letter == "g" and GREEN & set(column) == {"G"}:
            found.add("protection")
        whole = begin > 0 and end < last
        for sign, name, length in (("y", "yellow", yellow), ("u", "red-amber", amber)):
            if letter == sign and (end - begin > length or (whole and end - begin != length)):
                found.add(name)
    for (before, *_), (after, *_) in itertools.pairwise(runs):
        change = before + after
        if change in ("Gg", "gG", "yG", "yg"):
            good = change in today
        elif before in GREEN:
            good = after == "y" if yellow else after in "rs"
        elif before == "y":
            good = after in "rs"
        elif before in "rs":
            good = after in "rs" or (after == "u" if amber else after in GREEN)
        else:
            good = before == "u" and after in GREEN and amber > 0
        if not good:
            found.add("change")
    return found


def _springs(left: str, oncoming: str, left_then: str, oncoming_then: str) -> bool:
    """Whether the yellow of a left ends here while the oncoming traffic stays green."""
    return left == "y" and left_then in "rs" and {oncoming, oncoming_then} <= GREEN


def _of_pairs(
    signal: Signal, limits: dict[str, Any], sweep: np.ndarray, greens: list[list[tuple[int, int]]]
) -> set[str]:
    found: set[str] = set()
    needed = {(e["ending"], e["starting"]): e["time"] for e in limits["intergreens"]}
    open_ = np.isin(sweep, [ord("g"), ord("G")])
    changing = np.isin(sweep, [ord("y"), ord("u")])
    for i, j in signal.conflicting:
        if (open_[:, i] & (open_[:, j] | changing[:, j])).any() or (changing[:, i] & open_[:, j]).any():
            found.add("conflict")
        for a, b in ((i, j), (j, i)):
            time = needed[signal.group[a], signal.group[b]]
            for _, end in greens[a]:
                if end >= len(sweep):
                    continue
                waits = [max(begin - end, 0) for begin, until in greens[b] if until > end]
                if not waits:
                    continue
                if time is None:
                    found.add("intergreen-unknown")
                elif min(waits) < time["value_ds"]:
                    found.add("intergreen")
    for i, j, losers in signal.giving_way:
        both = open_[:, i] & open_[:, j]
        together = set((sweep[both, i].astype(np.int64) * 256 + sweep[both, j]).tolist())
        shown = {(a, b) for a, b in zip(signal.columns[i], signal.columns[j], strict=True)}
        for code in together:
            a, b = chr(code // 256), chr(code % 256)
            if (a, b) not in shown and any({i: a, j: b}[loser] != "g" for loser in losers):
                found.add("yielding")
        for left in losers:
            oncoming = j if left == i else i
            if signal.walkers[left] or signal.walkers[oncoming]:
                continue
            if not signal.turns_of(left) & {"l", "L", "t"} or "s" not in signal.turns_of(oncoming):
                continue
            today = list(zip(signal.columns[left], signal.columns[oncoming], strict=True))
            if any(_springs(*one, *other) for one, other in zip(today, today[1:] + today[:1], strict=True)):
                continue
            steps = np.flatnonzero(sweep[1:, left] != sweep[:-1, left])
            if any(
                _springs(*(chr(sweep[at + k, c]) for k in (0, 1) for c in (left, oncoming))) for at in steps.tolist()
            ):
                found.add("yellow-trap")
    return found
