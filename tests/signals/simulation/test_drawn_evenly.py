"""Drivers of the laboratory: as independent draws on average, but spread evenly; speed factors as the simulator's."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pytest

from signals.simulation import discharge
from signals.simulation.demand_files import Item
from signals.simulation.discharge import StopLine, headways_s
from signals.simulation.drawn_evenly import SpeedFactors, shares_below, speed_factors_of, types_drawn
from signals.simulation.fleet import MADE
from signals.simulation.process import environment, simulator_home

QUEUES, QUEUE_VEH = 24, 28


def item(**attributes: str) -> Item:
    return Item("vType", (("id", "one"), *attributes.items()))


def test_the_slowest_of_the_queues_are_spread_as_independent_draws_are_and_far_more_evenly() -> None:
    """The slowest of n uniform draws has mean 1 / (n + 1)."""
    slowest = [shares_below(QUEUES, QUEUE_VEH, np.random.default_rng(seed)).min(axis=0) for seed in range(200)]
    free = [np.random.default_rng(seed).random((QUEUE_VEH, QUEUES)).min(axis=0) for seed in range(200)]
    assert np.mean(slowest) == pytest.approx(1 / (QUEUE_VEH + 1), rel=0.01)
    assert np.std([one.mean() for one in slowest]) < 0.3 * np.std([one.mean() for one in free])


def test_all_shares_together_are_uniform_and_the_slowest_stand_anywhere() -> None:
    many = [shares_below(QUEUES, QUEUE_VEH, np.random.default_rng(seed)) for seed in range(200)]
    shares = np.sort(np.concatenate([one.ravel() for one in many]))
    assert np.abs(shares - np.linspace(0, 1, len(shares))).max() < 0.005
    places = Counter(int(place) for one in many for place in one.argmin(axis=0))
    assert set(places) == set(range(QUEUE_VEH))
    assert max(places.values()) < 1.4 * min(places.values())


def test_types_are_drawn_as_often_as_their_shares_say() -> None:
    drawn = types_drawn([0.9, 0.07, 0.03], QUEUES, QUEUE_VEH, np.random.default_rng(1))
    assert drawn.shape == (QUEUE_VEH, QUEUES)
    counts = np.bincount(drawn.ravel(), minlength=3)
    assert np.abs(counts - np.array([0.9, 0.07, 0.03]) * drawn.size).max() <= 1
    assert len({tuple(column) for column in drawn.T}) > 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, SpeedFactors(1.0, 0.1)),
        ({"vClass": "truck"}, SpeedFactors(1.0, 0.05)),
        ({"speedDev": "0.05"}, SpeedFactors(1.0, 0.05)),
        ({"speedFactor": "1.1"}, SpeedFactors(1.1, 0.1)),
        ({"speedFactor": "1.1", "speedDev": "0.02"}, SpeedFactors(1.1, 0.02)),
        ({"speedFactor": "normc(1.1, 0.2,0.8,1.4)"}, SpeedFactors(1.1, 0.2, 0.8, 1.4)),
        ({"speedFactor": "norm(1.1,0.05)", "speedDev": "0.01"}, SpeedFactors(1.1, 0.01)),
        ({"vClass": "bicycle"}, None),
        ({"speedFactor": "uniform(0.8,1.2)"}, None),
        ({"speedDev": "much"}, None),
        ({"speedFactor": "normc(1,0.1,2,1)"}, None),
    ],
)
def test_speed_factors_are_read_of_a_type(words: dict[str, str], expected: SpeedFactors | None) -> None:
    assert speed_factors_of(item(**words)) == expected


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"vClass": "truck"},
        {"vClass": "bus"},
        {"vClass": "taxi"},
        {"speedFactor": "1.1"},
        {"speedFactor": "normc(1.1,0.2,0.8,1.4)"},
        {"speedFactor": "norm(1.1,0.05)"},
    ],
)
def test_they_are_what_the_simulator_draws(words: dict[str, str], tmp_path: Path) -> None:
    """Mean and deviation of 300 vehicles of the type as the simulator made them."""
    one = item(**words)
    (tmp_path / "street.net.xml").write_text(discharge._street([(StopLine(13.9, 13.9), "0.0")]))
    route = '<route edges="a0.0 b0.0"/>'
    cars = "".join(f'<vehicle id="{n}" type="one" depart="{5 * n}">{route}</vehicle>' for n in range(300))
    (tmp_path / "cars.rou.xml").write_text(f"<routes>{one.text()}{cars}</routes>")
    run = [
        str(simulator_home() / "bin" / "sumo"),
        "-n",
        "street.net.xml",
        "-r",
        "cars.rou.xml",
        "--vehroute-output",
        "told.xml",
    ]
    where = environment(simulator_home(), tmp_path)
    told = ["--vehroute-output.speedfactor", "--xml-validation", "never", "--no-step-log", "--end", "1700"]
    subprocess.run(
        [*run, *told, "--vehroute-output.write-unfinished"], cwd=tmp_path, env=where, check=True, capture_output=True
    )
    drawn = [float(part.split('"')[1]) for part in (tmp_path / "told.xml").read_text().split("speedFactor=")[1:]]
    assert len(drawn) == 300
    known = speed_factors_of(one)
    assert known is not None
    expected = [known.at((n + 0.5) / 2000) for n in range(2000)]
    assert fmean(drawn) == pytest.approx(fmean(expected), abs=0.02)
    assert stdev(drawn) == pytest.approx(stdev(expected), abs=0.012)


def test_equal_stop_lines_discharge_alike(tmp_path: Path) -> None:
    """What is left between them is how drivers dawdle: with drivers of their own it was a hundredth."""
    lines = [StopLine(8.3, 8.3, 20.0 + number / 1000) for number in range(8)]
    found = np.array(list(headways_s(lines, MADE.with_gap(0.76), 0.5, tmp_path).values()))
    assert found.std(ddof=1) < 0.002 * found.mean()
