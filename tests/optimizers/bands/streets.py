"""Synthetic arteries and networks of arteries for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimizers.bands.street import Artery, BandProblem, Passage


def artery(
    places_m: Sequence[float],
    reds_share: Sequence[float],
    *,
    speeds_m_per_s: tuple[float, float] = (13.9, 13.9),
    ratio: tuple[float, float] | None = None,
    weights: tuple[float, float] = (1.0, 1.0),
) -> Artery:
    """Signals at `places_m` whose red, the same for both directions, is centred at their local zero."""
    red, links = np.array(reds_share, dtype=float), len(places_m) - 1
    outbound = Passage(
        signals=np.arange(links + 1),
        green_start_share=red[:, None] / 2.0,
        green_share=1.0 - red[:, None],
        distance_m=np.diff(np.array(places_m, dtype=float)),
        speed_low_m_per_s=np.full(links, speeds_m_per_s[0]),
        speed_high_m_per_s=np.full(links, speeds_m_per_s[1]),
        weight=np.full(links, weights[0]),
    )
    return Artery(outbound, replace(backwards(outbound), weight=np.full(links, weights[1])), ratio)


def backwards(passage: Passage) -> Passage:
    """The same greens, links and speeds, driven the other way."""
    return Passage(
        passage.signals[::-1], passage.green_start_share[::-1], passage.green_share[::-1], passage.distance_m[::-1],
        passage.speed_low_m_per_s[::-1], passage.speed_high_m_per_s[::-1], passage.weight[::-1],
    )  # fmt: skip


def alone(one: Artery, cycle_s: tuple[float, float], slowness_change_s_per_m: float = np.inf) -> BandProblem:
    """The problem of one artery without choice of patterns."""
    return BandProblem(np.ones(len(one.outbound.signals), dtype=int), (one,), *cycle_s, slowness_change_s_per_m)


def random_artery(signals: int, seed: int, speeds_m_per_s: tuple[float, float] = (13.9, 13.9)) -> Artery:
    """Links of 150 to 500 m, reds of 40 to 55 %."""
    rng = np.random.default_rng(seed)
    places_m = np.concatenate(([0.0], np.cumsum(rng.integers(150, 500, signals - 1))))
    return artery(places_m.tolist(), rng.uniform(0.40, 0.55, signals).tolist(), speeds_m_per_s=speeds_m_per_s)


def network(
    columns: int, rows: int, seed: int = 0, *, speeds_m_per_s: tuple[float, float] = (13.9, 13.9), cycle_s: float = 80.0
) -> BandProblem:
    """A grid whose rows and columns are arteries of unequal weight; streets take turns at every signal, with 5 % of
    the cycle lost between them."""
    rng = np.random.default_rng(seed)
    upward = rng.uniform(0.35, 0.50, columns * rows)
    lengths_m = {"along": rng.integers(150, 500, columns - 1), "up": rng.integers(150, 500, rows - 1)}
    arteries = []
    for numbers, starts, greens, which in (
        *(([y * columns + x for x in range(columns)], upward + 0.05, 0.90 - upward, "along") for y in range(rows)),
        *(([y * columns + x for y in range(rows)], 0.0 * upward, upward, "up") for x in range(columns)),
    ):
        links = len(numbers) - 1
        outbound = Passage(
            signals=np.array(numbers),
            green_start_share=starts[numbers][:, None],
            green_share=greens[numbers][:, None],
            distance_m=lengths_m[which].astype(float),
            speed_low_m_per_s=np.full(links, speeds_m_per_s[0]),
            speed_high_m_per_s=np.full(links, speeds_m_per_s[1]),
            weight=np.full(links, rng.uniform(0.5, 1.5) * links),
        )
        arteries.append(Artery(outbound, backwards(outbound)))
    return BandProblem(np.ones(columns * rows, dtype=int), tuple(arteries), cycle_s, cycle_s)
