"""Cities of any size as timing problems: streets of two ranks, blocks of unlike length, flows that add up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array, eye_array
from scipy.sparse.linalg import spsolve

from optimizers.kinds import Displays, Floats
from optimizers.problem import TimingProblem

_WAYS = ((0, 1), (1, 0), (0, -1), (-1, 0))  # north, east, south, west: the way vehicles drive
_MAIN_EVERY = 4  # streets
_SPEED_M_PER_S = 13.0
_THROUGH, _RIGHT = 0.72, 0.14  # of who comes; the rest turns left
_BEGINS = 0.12  # of who drives on a link has begun there, and as many have ended their trip
_ENTERING_VEH_PER_H = {True: (700.0, 1200.0), False: (150.0, 450.0)}  # at the edge, by rank
_DISTRICT, _BUSIER = 8, (0.4, 1.7)  # streets across, and where more or fewer trips begin
_SATURATION_VEH_PER_H = {"t": 1800.0, "r": 1550.0, "l": 1650.0}
_YELLOW_S, _RED_S, _LEAST_GREEN_S = 3.0, 2.0, 7.0
_LANE_VEH, _POCKET_VEH = 40.0, 9.0


def city(columns: int, rows: int, *, seed: int = 0) -> TimingProblem:
    """`columns` x `rows` four-leg signals. Every fourth street is a main one: two through lanes, more flow, lefts with
    a stage of their own where main streets cross; elsewhere lefts yield. Blocks are 110 to 420 m long. Each junction
    runs 80 s with equal greens and an offset by chance."""
    rng = np.random.default_rng(seed)
    across_m, along_m = rng.uniform(110.0, 420.0, columns), rng.uniform(110.0, 420.0, rows)
    links, flow = _flows(columns, rows, rng)
    made = _Rows()
    for j in range(columns * rows):
        made.add_junction(j, j % columns % _MAIN_EVERY == 1, j // columns % _MAIN_EVERY == 1, flow, links)
    for d, (dx, dy) in enumerate(_WAYS):
        length_m = (across_m, along_m)[d % 2 == 0]
        for j in range(columns * rows):
            x, y = j % columns, j // columns
            if 0 <= x - dx < columns and 0 <= y - dy < rows:
                block = (y if dy > 0 else y - dy) if dy else (x if dx > 0 else x - dx)
                made.add_feeds((y - dy) * columns + x - dx, j, d, length_m[block] / _SPEED_M_PER_S, flow)
    return made.problem(columns * rows, rng)


def _main(x: int, y: int, way: int) -> bool:
    return (x if way % 2 == 0 else y) % _MAIN_EVERY == 1


def _flows(columns: int, rows: int, rng: np.random.Generator) -> tuple[dict[tuple[int, int], int], Floats]:
    """Flow [veh/h] of the approach of each junction in each way: what enters at the edge is carried through the city by
    fixed turning shares; trips also begin and end on the way."""
    count = columns * rows
    number = {(j, d): 4 * j + d for j in range(count) for d in range(4)}
    entering = np.zeros(4 * count)
    districts = (columns // _DISTRICT + 1, rows // _DISTRICT + 1)
    busy = rng.uniform(*_BUSIER, districts)
    to, come_from, share = [], [], []
    for (j, d), at in number.items():
        x, y = j % columns, j // columns
        dx, dy = _WAYS[d]
        if not (0 <= x - dx < columns and 0 <= y - dy < rows):
            entering[at] = rng.uniform(*_ENTERING_VEH_PER_H[_main(x, y, d)])
            continue
        up = (y - dy) * columns + x - dx
        usual = _BEGINS * float(np.mean(_ENTERING_VEH_PER_H[_main(x, y, d)]))
        entering[at] = usual * busy[x // _DISTRICT, y // _DISTRICT] * rng.uniform(0.5, 1.5)
        for way, part in ((d, _THROUGH), ((d - 1) % 4, _RIGHT), ((d + 1) % 4, 1.0 - _THROUGH - _RIGHT)):
            to.append(at)
            come_from.append(number[up, way])
            share.append(part * (1.0 - _BEGINS))
    turning = coo_array((share, (to, come_from)), shape=(4 * count, 4 * count))
    return number, np.asarray(spsolve((eye_array(4 * count) - turning).tocsc(), entering))


@dataclass(slots=True)
class _Rows:
    """The arrays of the problem as they grow."""

    step_junction: list[int] = field(default_factory=list)
    step_variable: list[bool] = field(default_factory=list)
    step_given_s: list[float] = field(default_factory=list)
    lane_junction: list[int] = field(default_factory=list)
    storage_veh: list[float] = field(default_factory=list)
    use_lane: list[int] = field(default_factory=list)
    use_flow: list[float] = field(default_factory=list)
    use_saturation: list[float] = field(default_factory=list)
    display: list[Displays] = field(default_factory=list)
    yields: list[list[int]] = field(default_factory=list)
    uses: dict[tuple[int, int, str], list[int]] = field(default_factory=dict)
    feeds: list[tuple[int, int, float, float]] = field(default_factory=list)

    def add_junction(
        self, j: int, main_north: bool, main_east: bool, flow: Floats, links: dict[tuple[int, int], int]
    ) -> None:
        protected = main_north and main_east
        stages = 4 if protected else 2
        for _ in range(stages):
            self.step_junction += [j] * 3
            self.step_variable += [True, False, False]
            self.step_given_s += [80.0 / stages - _YELLOW_S - _RED_S, _YELLOW_S, _RED_S]
        for d in range(4):
            comes = float(flow[links[j, d]])
            lanes = 2 if (main_north, main_east)[d % 2] else 1
            parts = [("l", 1.0 - _THROUGH - _RIGHT, _POCKET_VEH, False)]
            parts += [("t", _THROUGH / lanes, _LANE_VEH, False)] * (lanes - 1)
            parts += [("t", _THROUGH / lanes, _LANE_VEH, False), ("r", _RIGHT, _LANE_VEH, True)]
            for turn, part, storage, shares_lane in parts:
                if not shares_lane:
                    self.lane_junction.append(j)
                    self.storage_veh.append(storage)
                stage = 2 * (d % 2) + (turn != "l") if protected else d % 2
                shown = np.zeros(12, dtype=np.int8)
                shown[3 * stage] = 2 if turn == "l" and not protected else 3
                shown[3 * stage + 1] = 1
                self.uses.setdefault((j, d, turn), []).append(len(self.use_lane))
                self.use_lane.append(len(self.lane_junction) - 1)
                self.use_flow.append(comes * part)
                self.use_saturation.append(_SATURATION_VEH_PER_H[turn])
                self.display.append(shown)
                self.yields.append([])
        if not protected:
            for d in range(4):
                for left in self.uses[j, d, "l"]:
                    self.yields[left] = [u for turn in "tr" for u in self.uses[j, (d + 2) % 4, turn]]

    def add_feeds(self, up: int, j: int, d: int, travel_s: float, flow: Floats) -> None:
        """What comes to junction j in way d has left junction `up`, apart from who begins on the way."""
        sources = [("t", d), ("r", (d - 1) % 4), ("l", (d + 1) % 4)]
        amounts = [sum(self.use_flow[u] for u in self.uses[up, way, turn]) * (1.0 - _BEGINS) for turn, way in sources]
        arriving = float(flow[4 * j + d])
        for (turn, way), amount in zip(sources, amounts, strict=True):
            givers = self.uses[up, way, turn]
            for giver in givers:
                for target in "trl":
                    for taker in self.uses[j, d, target]:
                        self.feeds.append((giver, taker, amount / arriving / len(givers), travel_s))

    def problem(self, junctions: int, rng: np.random.Generator) -> TimingProblem:
        given = np.array(self.step_given_s)
        variable = np.array(self.step_variable)
        lanes = np.array(self.storage_veh)
        feeds = self.feeds
        return TimingProblem(
            cycle_given_s=np.full(junctions, 80.0),
            offset_given_s=rng.integers(0, 80, junctions).astype(float),
            cycle_min_s=np.full(junctions, 40.0),
            cycle_max_s=np.full(junctions, 120.0),
            fixed=np.zeros(junctions, dtype=bool),
            area=np.zeros(junctions, dtype=np.int64),
            step_junction=np.array(self.step_junction),
            step_variable=variable,
            step_given_s=given,
            step_min_s=np.where(variable, _LEAST_GREEN_S, given),
            step_max_s=np.where(variable, np.inf, given),
            lane_junction=np.array(self.lane_junction),
            lane_storage_veh=lanes,
            use_lane=np.array(self.use_lane),
            use_group=np.arange(len(self.use_lane)),
            use_flow_veh_per_h=np.array(self.use_flow),
            use_saturation_veh_per_h=np.array(self.use_saturation),
            use_display=np.array(self.display),
            yields_start=np.concatenate(([0], np.cumsum([len(row) for row in self.yields]))),
            yields_to=np.array([o for row in self.yields for o in row], dtype=np.int64),
            feed_from_use=np.array([f[0] for f in feeds], dtype=np.int64),
            feed_to_use=np.array([f[1] for f in feeds], dtype=np.int64),
            feed_share=np.array([f[2] for f in feeds]),
            feed_travel_s=np.array([f[3] for f in feeds]),
        )
