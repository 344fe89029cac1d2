"""Five signals 60 to 110 m apart near capacity: what has no room between two of them stands in the way of the first.

    python sim_configs/shortlinks5/generate.py FOLDER

writes street.net.xml and vehicles.rou.xml: the same bytes every time (with the same SUMO).
"""

from __future__ import annotations

import sys
from pathlib import Path

from signals.scenarios.main_road import Crossroads, Road, write

ROAD = Road(
    signals=(
        Crossroads(0, 200, 230, 80, 0, (480, 260, 0)),
        Crossroads(90, 210, 190, 80, 31, (480, 240, 0)),
        Crossroads(150, 260, 240, 80, 7, (480, 300, 0)),
        Crossroads(260, 200, 220, 80, 52, (480, 260, 0)),
        Crossroads(340, 230, 200, 80, 15, (480, 240, 0)),
    ),
    begin_s=61_200,  # 17:00
    seed=50_060,
    from_west_veh_per_h=460,
    from_east_veh_per_h=420,
    lanes=1,
    pocket_m=25,
    buses_per_h=8,
    stay_share=0.6,
    across_share=0.7,
)


def generate(folder: Path) -> None:
    """Write the scenario's files into a folder."""
    write(ROAD, folder)


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
