"""What a delay per vehicle does not show: read from reports and plans, and told in a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.beside import line_of, shortest_all_red_s, transit_of
from networks.importers.sumo_net import read
from signals.control import running_plan
from signals.rules import Margins
from signals.scenarios.main_road import Crossroads, Road, write
from signals.validation import Guard
from signals.validation.people_guards import transit_guards
from tests.fakes_measures import measures


def test_buses_are_read_from_the_words_of_their_guard() -> None:
    own = measures(60.0, transit_veh=4, transit_delay_s=100.0)
    base = measures(60.0, transit_veh=4, transit_delay_s=120.0)
    assert transit_of(transit_guards([(own, base)], Margins())) == [30.0, 25.0]
    assert transit_of([Guard("no added gridlock", "network", "0 runs in all pairs", "at most 0", False)]) is None


@pytest.mark.parametrize("red_s", [2, 3])
def test_the_shortest_all_red_is_that_of_the_programs(red_s: int, tmp_path: Path) -> None:
    signal = Crossroads(0, 200, 200, 80, 0, (400, 200, 0))
    road = Road(
        signals=(signal,), begin_s=0, seed=1, from_west_veh_per_h=400, from_east_veh_per_h=400, lanes=1, pocket_m=40,
        buses_per_h=4, stay_share=0.5, across_share=0.5, red_s=red_s,
    )  # fmt: skip
    write(road, tmp_path)
    assert shortest_all_red_s(running_plan(read(tmp_path / "street.net.xml"))) == red_s


def test_a_row_tells_both_plans() -> None:
    found = {"transit_s_per_veh": [115.3, 98.04], "shortest_all_red_s": [3.0, 3.0], "gridlocked": [1, 0]}
    row = line_of("buslane3", found | {"teleports": [0, 0], "violations": []})
    assert row == "| buslane3 | 115.3 → 98.0 | 3 → 3 | 1 → 0 | 0 → 0 | safe |"
    row = line_of("x", found | {"transit_s_per_veh": None, "teleports": [0, 0], "violations": ["yellow: ..."]})
    assert row == "| x | - → - | 3 → 3 | 1 → 0 | 0 → 0 | violations: 1 |"
