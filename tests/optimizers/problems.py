"""Synthetic timing problems for tests and benchmarks: one junction, an arterial, a grid."""

from __future__ import annotations

import numpy as np

from optimizers.problem import TimingProblem
from optimizers.traffic import Driver, Lanes, Traffic, Vehicles

_DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))  # the way vehicles drive: north, east, south, west


def crossing(
    flows_veh_per_h: tuple[float, ...] = (600.0, 500.0),
    saturations_veh_per_h: tuple[float, ...] | None = None,
    *,
    cycle_s: float | None = None,
    minimum_s: float = 5.0,
    interstage_s: float = 4.0,
    **changes: object,
) -> TimingProblem:
    """One junction with one lane per stage; every stage is followed by yellow 3 s and red for the rest."""
    n = len(flows_veh_per_h)
    saturations = saturations_veh_per_h or (1800.0,) * n
    green_s = 25.0 if cycle_s is None else cycle_s / n - interstage_s
    total_s = n * (green_s + interstage_s)
    display = np.zeros((n, 3 * n), dtype=np.int8)
    for u in range(n):
        display[u, 3 * u], display[u, 3 * u + 1] = 3, 1
    fields: dict[str, object] = {
        "cycle_given_s": [total_s],
        "offset_given_s": [0.0],
        "cycle_min_s": [30.0],
        "cycle_max_s": [120.0],
        "fixed": np.zeros(1, bool),
        "area": [0],
        "step_junction": [0] * (3 * n),
        "step_variable": np.array([True, False, False] * n),
        "step_given_s": [green_s, 3.0, interstage_s - 3.0] * n,
        "step_min_s": [minimum_s, 3.0, interstage_s - 3.0] * n,
        "step_max_s": [np.inf, 3.0, interstage_s - 3.0] * n,
        "lane_junction": [0] * n,
        "lane_storage_veh": [np.inf] * n,
        "use_lane": list(range(n)),
        "use_group": list(range(n)),
        "use_flow_veh_per_h": list(flows_veh_per_h),
        "use_saturation_veh_per_h": list(saturations),
        "use_display": display,
        "yields_start": [0] * (n + 1),
        "yields_to": [],
        "feed_from_use": [],
        "feed_to_use": [],
        "feed_share": [],
        "feed_travel_s": [],
    }
    return TimingProblem(**(fields | changes))  # type: ignore[arg-type]


def grid(
    columns: int,
    rows: int,
    *,
    seed: int = 0,
    flow_veh_per_h: float = 450.0,
    spacing_s: float = 25.0,
    protected: bool = True,
    storage_veh: float = 30.0,
    fixed: tuple[int, ...] = (),
) -> TimingProblem:
    """A grid (rows = 1: an arterial) of four-leg junctions; per approach a through-and-right lane and a left lane.

    Stages: north-south, its lefts, east-west, its lefts when `protected`; else the lefts yield in two stages.
    """
    rng = np.random.default_rng(seed)
    junctions = columns * rows
    stages = 4 if protected else 2
    green = {4: (25.0, 8.0, 25.0, 8.0), 2: (35.0, 35.0)}[stages]
    steps = 3 * stages
    step_given = np.tile([t for g in green for t in (g, 3.0, 1.0)], junctions)
    lane_junction, flow, display = [], [], []
    use_lane: list[int] = []
    use_group: list[int] = []
    yields: list[list[int]] = []
    index: dict[tuple[int, int, str], int] = {}
    for j in range(junctions):
        for d in range(4):
            axis = d % 2
            base = flow_veh_per_h * rng.uniform(0.6, 1.4)
            for turns, amounts in (("tr", (0.75, 0.15)), ("l", (0.15,))):
                lane_junction.append(j)
                for turn, amount in zip(turns, amounts, strict=True):
                    row = np.zeros(steps, dtype=np.int8)
                    stage = 2 * axis + (turn == "l") if protected else axis
                    row[3 * stage] = 2 if turn == "l" and not protected else 3
                    row[3 * stage + 1] = 1
                    index[j, d, turn] = len(use_lane)
                    use_lane.append(len(lane_junction) - 1)
                    use_group.append(len(use_group))
                    flow.append(base * amount)
                    display.append(row)
                    yields.append([])
    for (j, d, turn), u in index.items():
        if turn == "l" and not protected:
            yields[u] = [index[j, (d + 2) % 4, t] for t in "tr"]
    feeds: list[tuple[int, int, float, float]] = []
    for j in range(junctions):
        x, y = j % columns, j // columns
        for d, (dx, dy) in enumerate(_DIRECTIONS):
            if not (0 <= x - dx < columns and 0 <= y - dy < rows):
                continue
            up = (y - dy) * columns + x - dx
            travel = spacing_s * rng.uniform(0.7, 1.3)
            for turn in "trl":
                for source, share in ((d, 0.7), ((d - 1) % 4, 0.15), ((d + 1) % 4, 0.1)):
                    movement = "t" if source == d else ("r" if (source + 1) % 4 == d else "l")
                    feeds.append((index[up, source, movement], index[j, d, turn], share, travel))
    return TimingProblem(
        cycle_given_s=np.full(junctions, step_given[:steps].sum()),
        offset_given_s=rng.integers(0, 80, junctions).astype(float),
        cycle_min_s=np.full(junctions, 30.0 if stages == 2 else 40.0),
        cycle_max_s=np.full(junctions, 120.0),
        fixed=np.isin(np.arange(junctions), fixed),
        area=np.zeros(junctions, dtype=np.int64),
        step_junction=np.repeat(np.arange(junctions), steps),
        step_variable=np.tile([True, False, False], junctions * stages),
        step_given_s=step_given,
        step_min_s=np.tile([5.0, 3.0, 1.0], junctions * stages),
        step_max_s=np.tile([np.inf, 3.0, 1.0], junctions * stages),
        lane_junction=np.array(lane_junction),
        lane_storage_veh=np.full(len(lane_junction), storage_veh),
        use_lane=np.array(use_lane),
        use_group=np.array(use_group),
        use_flow_veh_per_h=np.array(flow),
        use_saturation_veh_per_h=np.full(len(flow), 1800.0),
        use_display=np.array(display),
        yields_start=np.concatenate(([0], np.cumsum([len(row) for row in yields]))),
        yields_to=np.array([o for row in yields for o in row], dtype=np.int64),
        feed_from_use=np.array([f[0] for f in feeds], dtype=np.int64),
        feed_to_use=np.array([f[1] for f in feeds], dtype=np.int64),
        feed_share=np.array([f[2] for f in feeds]),
        feed_travel_s=np.array([f[3] for f in feeds]),
    )


def with_traffic(
    problem: TimingProblem,
    *,
    duration_s: float = 900.0,
    realisations: int = 2,
    seed: int = 0,
    length_m: float = 250.0,
    driver: Driver = Driver(),
) -> TimingProblem:
    """The same problem with a street: every lane of it is a link, and each use leads to the lanes it feeds or out."""
    targets: list[list[tuple[int, float]]] = [[] for _ in range(problem.uses)]
    for use, to, share in zip(problem.feed_from_use, problem.feed_to_use, problem.feed_share, strict=True):
        targets[use].append((int(problem.use_lane[to]), float(share)))
    moves = []  # from, to, use
    for use in range(problem.uses):
        lane = int(problem.use_lane[use])
        onward = sorted({to for to, _ in targets[use]}) or [problem.lanes + lane]
        moves += [(lane, to, use) for to in onward]
    moves.sort()
    of_use = [[m for m, move in enumerate(moves) if move[2] == use] for use in range(problem.uses)]
    yields = [
        [m for other in problem.yields_to[problem.yields_start[u] : problem.yields_start[u + 1]] for m in of_use[other]]
        for _, _, u in moves
    ]
    links = 2 * problem.lanes  # those that lead to a junction, then one way out for each
    lanes = Lanes(
        link_first_lane=np.arange(links + 1),
        link_changes=np.ones(links, bool),
        lane_length_m=np.full(links, length_m),
        lane_speed_m_per_s=np.full(links, 13.9),
        entry_headway_s=np.full(links, 2.0),
        move_from_lane=np.array([move[0] for move in moves]),
        move_to_lane=np.array([move[1] for move in moves]),
        move_to_link=np.array([move[1] for move in moves]),
        move_headway_s=np.full(len(moves), 2.0),
        move_travel_s=np.full(len(moves), 1.5),
        move_use=np.array([move[2] for move in moves]),
        yields_start=np.concatenate(([0], np.cumsum([len(row) for row in yields]))),
        yields_to=np.array([m for row in yields for m in row], dtype=np.int64),
        driver=driver,
    )
    rng = np.random.default_rng(seed)
    days = tuple(_day(problem, moves, duration_s, rng) for _ in range(realisations))
    return problem.replace(traffic=Traffic(lanes, days, duration_s))


def _day(
    problem: TimingProblem, moves: list[tuple[int, int, int]], duration_s: float, rng: np.random.Generator
) -> Vehicles:
    """Vehicles that enter on lanes nobody feeds and turn at random, in proportion to the flows."""
    fed = set(problem.use_lane[problem.feed_to_use].tolist())
    rows: list[tuple[float, tuple[int, ...]]] = []
    for lane in sorted(set(range(problem.lanes)) - fed):
        flow = problem.use_flow_veh_per_h[problem.use_lane == lane].sum()
        for depart_s in rng.uniform(0.0, duration_s, int(flow * duration_s / 3600.0)):
            path = [lane]
            while path[-1] < problem.lanes and len(path) < 12:
                here = [move for move in moves if move[0] == path[-1]]
                weights = np.array([problem.use_flow_veh_per_h[move[2]] for move in here]) + 1e-9
                path.append(here[int(rng.choice(len(here), p=weights / weights.sum()))][1])
            rows.append((float(depart_s), tuple(path)))
    rows.sort()
    paths = sorted({path for _, path in rows})
    return Vehicles(
        depart_s=np.array([row[0] for row in rows]),
        path=np.array([paths.index(row[1]) for row in rows], dtype=np.int64),
        path_start=np.concatenate(([0], np.cumsum([len(path) for path in paths]))).astype(np.int64),
        path_links=np.array([link for path in paths for link in path], dtype=np.int64),
    )
