"""Four signals with four cycles on a road near its capacity: each was timed alone, and nothing is coordinated.

    python sim_configs/cycles4/generate.py FOLDER

writes street.net.xml and vehicles.rou.xml: the same bytes every time (with the same SUMO).
"""

from __future__ import annotations

import sys
from pathlib import Path

from signals.scenarios.main_road import Crossroads, Road, write

ROAD = Road(
    signals=(
        Crossroads(0, 220, 200, 72, 0, (460, 260, 0)),
        Crossroads(260, 200, 240, 80, 11, (460, 260, 0)),
        Crossroads(640, 300, 280, 96, 40, (460, 340, 0)),
        Crossroads(950, 200, 180, 90, 27, (460, 220, 0)),
    ),
    begin_s=61_200,  # 17:00
    seed=40_095,
    from_west_veh_per_h=865,
    from_east_veh_per_h=820,
    lanes=1,
    pocket_m=70,
    buses_per_h=10,
    stay_share=0.75,
    across_share=0.7,
)


def generate(folder: Path) -> None:
    """Write the scenario's files into a folder."""
    write(ROAD, folder)


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
