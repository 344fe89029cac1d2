"""Three signals, one entry asked for more than its green lets in, while capacity elsewhere is unused.

    python sim_configs/entry3/generate.py FOLDER

writes street.net.xml and vehicles.rou.xml: the same bytes every time (with the same SUMO).
"""

from __future__ import annotations

import sys
from pathlib import Path

from signals.scenarios.main_road import Crossroads, Road, write

ROAD = Road(
    signals=(
        Crossroads(0, 180, 160, 90, 0, (420, 200, 0)),
        Crossroads(280, 720, 200, 90, 20, (420, 320, 0)),  # counted before what lies north was built
        Crossroads(600, 160, 180, 90, 43, (420, 200, 0)),
    ),
    begin_s=25_200,  # 07:00
    seed=30_720,
    from_west_veh_per_h=680,
    from_east_veh_per_h=620,
    lanes=2,
    pocket_m=60,
    buses_per_h=10,
    stay_share=0.7,
    across_share=0.5,
)


def generate(folder: Path) -> None:
    """Write the scenario's files into a folder."""
    write(ROAD, folder)


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
