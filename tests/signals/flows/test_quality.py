"""Quality of detectors: what is dropped, and what is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from networks.network import Detector, DetectorKind, Network
from signals.flows.quality import Dropped, clean
from signals.flows.records import record_frame
from tests.fakes import crossroads


def street() -> Network:
    """A crossroads with an advance and a stop-line detector on both lanes of NC."""
    detectors = [
        Detector(f"{kind.name[0]}{lane}", f"NC_{lane}", 300.0 - distance, distance, 2.0, kind)
        for lane in (0, 1)
        for kind, distance in ((DetectorKind.ADVANCE, 40.0), (DetectorKind.STOP_LINE, 1.0))
    ]
    return replace(crossroads(), detectors=tuple(detectors))


def records(
    counts: dict[str, list[float]], occupancy: list[float] | float = np.nan, duration_s: float = 300.0
) -> pd.DataFrame:
    rows = [(key, i, count) for key, series in counts.items() for i, count in enumerate(series)]
    return record_frame(
        detector_id=[key for key, _, _ in rows],
        start_s=[duration_s * i for _, i, _ in rows],
        duration_s=[duration_s] * len(rows),
        count_veh=[count for _, _, count in rows],
        occupancy_share=[occupancy if isinstance(occupancy, float) else occupancy[i] for _, i, _ in rows],
        speed_m_per_s=[np.nan] * len(rows),
    )


def poisson(mean: float, size: int = 48, seed: int = 1) -> list[float]:
    return np.random.default_rng(seed).poisson(mean, size).astype(float).tolist()


def found_by(dropped: tuple[Dropped, ...]) -> dict[str, str]:
    return {row.detector_id: row.test for row in dropped}


def test_good_detectors_stay() -> None:
    table = records({"A0": poisson(12.0), "S0": poisson(12.0, seed=2), "S1": poisson(0.4)}, occupancy=0.1)
    # a quiet loop may be occupied without a count now and then, and a count may repeat by chance
    table.loc[table["detector_id"] == "S1", "occupancy_share"] = np.where(
        table.loc[table["detector_id"] == "S1", "count_veh"] > 0, 0.02, 0.0
    )
    cleaned, dropped = clean(table, street())
    assert dropped == ()
    assert len(cleaned) == len(table)


def test_stuck_at_one_count() -> None:
    assert found_by(clean(records({"A0": [17.0] * 20}), street())[1]) == {"A0": "stuck"}
    assert found_by(clean(records({"A0": poisson(12.0, 10) + [9.0] * 20}), street())[1]) == {"A0": "stuck"}
    ones = [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0]
    assert clean(records({"A0": ones}), street())[1] == ()
    living = np.random.default_rng(1).uniform(0.5, 0.9, 20).tolist()  # a queue behind a fixed signal
    assert clean(records({"A0": [17.0] * 20}, occupancy=living), street())[1] == ()


def test_dead_while_neighbours_count() -> None:
    zero = [0.0] * 48
    _, dropped = clean(records({"A0": zero, "S0": poisson(5.0)}), street())
    assert found_by(dropped) == {"A0": "dead"}
    assert "S0 on the same lane" in dropped[0].found
    assert clean(records({"A0": zero, "S0": zero, "S1": poisson(5.0)}), street())[1] == ()  # a lane nobody uses


def test_impossible_rates() -> None:
    _, dropped = clean(records({"A0": [*poisson(12.0), 300.0]}), street())
    assert dropped == (Dropped("A0", "impossible rate", 1, "up to 3600 veh/h", False),)
    cleaned, dropped = clean(records({"A0": [300.0, 12.0, 280.0, 11.0]}), street())
    assert cleaned.empty
    assert dropped[0].whole_detector
    assert clean(records({"A0": [5.0, 4.0, 3.0]}, duration_s=5.0), street())[1] == ()  # the head of a platoon


def test_contradictions() -> None:
    _, dropped = clean(records({"A0": poisson(12.0)}, occupancy=0.0), street())
    assert found_by(dropped) == {"A0": "contradiction"}
    _, dropped = clean(records({"A0": [0.0] * 48}, occupancy=1.0), street())
    assert found_by(dropped) == {"A0": "contradiction"}


def test_without_counts_or_off_the_network() -> None:
    _, dropped = clean(records({"A0": [np.nan] * 4, "elsewhere": poisson(3.0)}), street())
    assert found_by(dropped) == {"A0": "missing", "elsewhere": "not in the network"}
