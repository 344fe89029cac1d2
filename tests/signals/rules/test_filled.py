"""The filled-in engineer's file: read again it gives the same values, whatever the profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.network import Network
from signals.rules import Rules, filled_in, profile_names, rules_of
from tests.fakes import corridor, crossroads, t_junction

STREETS = {
    "crossroads": crossroads(),
    "on foot": crossroads(pedestrians=True),
    "T": t_junction(),
    "corridor": corridor(2),
}


def values(rules: Rules) -> list[object]:
    """All times of the rules, without their sources."""
    return [
        (
            one.cycle_min.value_ds,
            one.cycle_max.value_ds,
            one.max_stages,
            one.untouched == "",
            [
                (g.group_id, g.min_green_ds, g.max_green_ds, g.yellow_ds, g.red_amber_ds, g.walk_ds,
                 g.pedestrian_clearance_ds)
                for g in one.groups
            ],
            [
                (e.ending, e.starting, e.time and e.time.value_ds, e.handover and e.handover.value_ds)
                for e in one.intergreens
            ],
        )
        for one in rules.intersections
    ]  # fmt: skip


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("street", STREETS)
def test_read_again_it_gives_the_same_values(street: str, profile: str, tmp_path: Path) -> None:
    network: Network = STREETS[street]
    rules = rules_of(network, profile)
    file = tmp_path / "filled.toml"
    file.write_text(filled_in(rules, network))
    again = rules_of(network, profile, file)
    assert values(again) == values(rules)
    assert again.margins == rules.margins


def test_every_value_has_its_source_beside_it() -> None:
    text = filled_in(rules_of(crossroads(), "field"), crossroads())
    for line in text.splitlines():
        if line.startswith(("min_green_s", "yellow_s", "time_s", "cycle_m")):
            assert "  # " in line, line
    assert "# assumed crossing over" in text
