"""Who of a demand is calibrated: cars by their shares, trucks and buses as they are, nobody on rails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from signals.simulation.demand_files import read_demand
from signals.simulation.fleet import MADE, Fleet, fleet_of, with_gap

TYPES = """
<vType id="small" vClass="passenger" tau="0.7" accel="3.0"/>
<vType id="truck" vClass="truck"/>
<vType id="tram" vClass="tram"/>
<vTypeDistribution id="town">
<vType id="old" probability="3" tau="1.4"/><vType id="van" vClass="delivery"/></vTypeDistribution>
<vTypeDistribution id="both" vTypes="small truck" probabilities="0.5 0.5"/>
"""


def fleet(write: Callable[..., Path], types: str, *names: str) -> Fleet:
    vehicles = "".join(
        f'<vehicle id="{at}" depart="{at}" {f"""type="{name}" """ if name else ""}><route edges="a b"/></vehicle>'
        for at, name in enumerate(names)
    )
    return fleet_of(read_demand([write(f"<routes>{types}{vehicles}</routes>")]))


def test_departures_give_the_shares(written: Callable[..., Path]) -> None:
    found = fleet(written, TYPES, "", "small", "truck", "tram", "town", "both")
    shares = {one.item.get("id"): one.share for one in found.types}
    assert shares == pytest.approx({"DEFAULT_VEHTYPE": 1.0, "small": 1.5, "truck": 1.5, "old": 0.75, "van": 0.25})
    assert found.words.startswith("cars of 2 types")
    assert "35 % trucks and buses" in found.words


def test_only_cars_get_the_gap_and_keep_all_else(written: Callable[..., Path]) -> None:
    gaps = {
        one.item.get("id"): (one.item.get("tau"), one.item.get("accel"))
        for one in fleet(written, TYPES, "small", "truck", "town").with_gap(1.234)
    }
    assert gaps == {
        "small": ("1.2340", "3.0"), "truck": (None, None), "old": ("1.2340", None), "van": (None, None)
    }  # fmt: skip


def test_types_inside_a_distribution_get_it_too(written: Callable[..., Path]) -> None:
    demand = read_demand([written(f'<routes>{TYPES}<vehicle id="v" depart="0"><route edges="a"/></vehicle></routes>')])
    texts = {item.get("id"): with_gap(item, 1.1).text() for item in demand.definitions}
    assert 'id="old" tau="1.1000" probability="3"' in texts["town"]
    assert 'id="van" vClass="delivery"' in texts["town"]
    assert texts["both"] == '<vTypeDistribution id="both" vTypes="small truck" probabilities="0.5 0.5"/>'


def test_vehicles_without_types_are_the_simulators_default(written: Callable[..., Path]) -> None:
    found = fleet(written, "", "", "")
    assert [one.item for one in found.types] == [one.item for one in MADE.types]
    assert found.words == "cars of the simulator's default type, calibrated"
