"""The street for the second judge, read from the network file with the standard library alone: who crosses whom, who
gives way, what is shown today. Shares no line with the importer."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from tests.signals.brute_force_running_rings import rings_of, spelled_out

GREEN = frozenset("gG")
GREENS = tuple(itertools.product("gG", repeat=2))
LEFTS = frozenset("lLt")


class GivingWay(NamedTuple):
    """Two groups that are green together today: who gives way, what they show so, which greens may never meet."""

    first: int
    second: int
    losers: frozenset[int]
    shown: frozenset[tuple[str, str]]
    never: frozenset[tuple[str, str]]


class Signal:
    """One controller as the file tells it: its channels, their groups, who meets whom, today's states."""

    def __init__(self, name: str, logic: ElementTree.Element, links: list[ElementTree.Element]) -> None:
        self.name = name
        self.rings: dict[str, Any] | None = rings_of(logic)  # what runs, where that is in rings; groups are channels
        logic = logic if self.rings is None else spelled_out(logic, self.rings)
        self.states = [phase.attrib["state"] for phase in logic.iter("phase")]
        self.durations = [round(float(phase.attrib["duration"]) * 10) for phase in logic.iter("phase")]
        self.program = logic.get("programID", "")
        self.offset = round(float(logic.get("offset", "0")) * 10)
        self.count = len(self.states[0])
        self.stage_steps = [k for k, s in enumerate(self.states) if {*s} & GREEN and not {*s} & {*"yYu"}] or [0]
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
        self.walking = [self.walkers[int(name)] for name in self.group_ids]
        self.foot = [self.on_foot[int(name)] for name in self.group_ids]
        self.unused = [not ways[int(name)] for name in self.group_ids]
        self.conflicting: list[tuple[int, int]] = []
        self.giving_way: list[GivingWay] = []
        self.traps: list[tuple[int, int]] = []
        self.lawless: set[tuple[int, int]] = set()
        self.turns: list[set[str]] = [set() for _ in range(self.count)]
        self.approaches: dict[str, set[str]] = {name: set() for name in self.group_ids}
        self.straight: dict[str, set[str]] = {name: set() for name in self.group_ids}  # approaches led straight on
        self.lanes: dict[str, set[str]] = {name: set() for name in self.group_ids}
        self.lanes_of_link: dict[str, int] = {}
        for link in links:
            channel = int(link.attrib["linkIndex"])
            self.turns[channel].add(link.get("dir", ""))
            self.approaches[self.group[channel]].add(link.attrib["from"])
            if ":" not in link.attrib["from"]:
                if link.get("dir") == "s":
                    self.straight[self.group[channel]].add(link.attrib["from"])
                self.lanes[self.group[channel]].add(f"{link.attrib['from']}_{link.attrib['fromLane']}")

    def turns_of(self, group: int) -> set[str]:
        """Directions of all channels in a group."""
        name = self.group_ids[group]
        return {t for c in range(self.count) if self.group[c] == name for t in self.turns[c]}

    def today(self, group: int) -> str:
        """What a group shows today, a letter per step."""
        return self.columns[int(self.group_ids[group])]

    def decide(self, meets: set[tuple[int, int]], yields: set[tuple[int, int]]) -> None:
        """Sort pairs of groups whose paths meet: never green together, or green together with one giving way."""
        place = {name: at for at, name in enumerate(self.group_ids)}
        strangers, meeting, table = (
            {(place[self.group[i]], place[self.group[j]]) for i, j in pairs} for pairs in (self.lawless, meets, yields)
        )
        for i, j in itertools.combinations(range(len(self.group_ids)), 2):
            if not {(i, j), (j, i)} & (meeting | strangers):
                continue
            steps = [*zip(self.today(i), self.today(j), strict=True)]
            shown = [step for step in steps if {*step} <= GREEN]
            if not shown:
                self.conflicting.append((i, j))
                continue
            if {(i, j), (j, i)} & strangers and ("G", "G") in shown:
                continue
            losers = {i if a == "g" else j for a, b in shown if a != b}
            if any(a == b for a, b in shown):
                by_table = {one for one, other in ((i, j), (j, i)) if (one, other) in table}
                losers |= by_table or {i, j}
            good = {way for way in GREENS if all(way[(i, j).index(loser)] == "g" for loser in losers)}
            for a, b in shown:
                good |= {*itertools.product("g" if a == "g" else "gG", "g" if b == "g" else "gG")}
            self.giving_way.append(GivingWay(i, j, frozenset(losers), frozenset(shown), frozenset({*GREENS} - good)))
            self._trapped(steps, losers, i, j)

    def _trapped(self, steps: list[tuple[str, str]], losers: set[int], i: int, j: int) -> None:
        """Lefts that give way to a through, unless today's program springs the trap itself."""
        for left in losers:
            oncoming = j if left == i else i
            if self.walking[left] or self.walking[oncoming]:
                continue
            if not self.turns_of(left) & LEFTS or "s" not in self.turns_of(oncoming):
                continue
            today = [step if left == i else step[::-1] for step in steps]
            if not any(
                one[0] == "y" and then[0] in "rs" and {one[1], then[1]} <= GREEN
                for one, then in zip(today, today[1:] + today[:1], strict=True)
            ):
                self.traps.append((left, oncoming))


class Street:
    """All controllers of a network file, with the programs of another file in place of its own."""

    def __init__(self, path: Path, programs: Path | None = None) -> None:
        root = ElementTree.parse(path).getroot()
        links: dict[str, list[ElementTree.Element]] = {}
        for link in root.iter("connection"):
            if link.get("tl"):
                links.setdefault(link.attrib["tl"], []).append(link)
        logics = {logic.attrib["id"]: logic for logic in root.iter("tlLogic")}
        if programs is not None:
            logics |= {logic.attrib["id"]: logic for logic in ElementTree.parse(programs).getroot().iter("tlLogic")}
        self.signals = {name: Signal(name, logic, links.get(name, [])) for name, logic in logics.items()}
        self.crossings: dict[str, int] = {}
        for edge in root.iter("edge"):
            if edge.get("function") == "crossing":
                junction = edge.attrib["id"][1:].rsplit("_c", 1)[0]
                self.crossings[junction] = self.crossings.get(junction, 0) + 1
        requests = {
            junction.attrib["id"]: [(r.attrib["foes"], r.attrib["response"]) for r in junction.iter("request")]
            for junction in root.iter("junction")
        }
        self.edges = {edge.attrib["id"]: edge for edge in root.iter("edge")}
        self.links = links
        lanes_of_link = {edge.attrib["id"]: len(edge.findall("lane")) for edge in root.iter("edge")}
        for name, signal in self.signals.items():
            signal.lanes_of_link = lanes_of_link
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
