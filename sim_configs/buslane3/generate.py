"""Three signals on a road with bus lanes; the buses have a stage of their own, with limits that somebody set.

    python sim_configs/buslane3/generate.py FOLDER

writes street.net.xml and vehicles.rou.xml: the same bytes every time (with the same SUMO).
"""

from __future__ import annotations

import sys
from pathlib import Path

from signals.scenarios.main_road import BusStage, Crossroads, Road, write

ROAD = Road(
    signals=(
        Crossroads(0, 220, 200, 100, 0, (520, 240, 0)),
        Crossroads(240, 280, 260, 100, 60, (420, 300, 0)),
        Crossroads(580, 200, 220, 100, 25, (520, 240, 0)),
    ),
    begin_s=25_200,  # 07:00
    seed=30_012,
    from_west_veh_per_h=640,
    from_east_veh_per_h=580,
    lanes=1,
    pocket_m=60,
    buses_per_h=20,
    stay_share=0.65,
    across_share=0.8,
    yellow_s=4,
    red_s=3,
    bus_stage=BusStage(duration_s=12, min_s=10, max_s=16),
)


def generate(folder: Path) -> None:
    """Write the scenario's files into a folder."""
    write(ROAD, folder)


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
