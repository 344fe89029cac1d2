"""Actuated stages of a junction whose greens flash: told ahead, safe, and shown so by SUMO."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.intervals import second_by_second
from signals.plan import ControlMode, OffsetReference, StagesBody, TimingPlan, referred
from signals.programs.sumo import read, write
from signals.rules import Rules, rules_of
from signals.safety import audit, check
from signals.timing.green_flash import told_ahead
from signals.timing.plans import actuated, coordinated
from tests.signals.plans import touched
from tests.signals.sumo_streets import executed, street

FLASH_S = 3


@pytest.fixture(scope="module")
def network() -> Network:
    return sumo_net.read(street("grid"))


@pytest.fixture(scope="module")
def rules(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Rules:
    path = tmp_path_factory.mktemp("rules") / "rules.toml"
    path.write_text(
        "".join(
            f'[intersection."{one.id}".group."{group.id}"]\nmin_green_s = 3\ngreen_flash_s = {FLASH_S}\n'
            for one in network.intersections
            for group in one.groups
        )
    )
    return rules_of(network, engineer_file=path)


def test_what_is_told_ahead_shows_the_same_at_the_same_seconds(network: Network, rules: Rules) -> None:
    for timing in touched(network).intersections:
        assert isinstance(timing.body, StagesBody)
        first = timing.body.sequence[0].id
        for form in (timing, referred(timing, OffsetReference.GREEN_END, [first])):
            told = told_ahead(form, network.intersection(timing.intersection_id), rules)
            assert isinstance(told.body, StagesBody)
            assert told != form
            same = referred(told, OffsetReference.STAGE_START, [first])
            assert same.offset_ds == timing.offset_ds
            assert second_by_second(same) == second_by_second(timing)
            assert told_ahead(told, network.intersection(timing.intersection_id), rules) == told


@pytest.mark.parametrize("mode", [ControlMode.ACTUATED, ControlMode.COORDINATED])
def test_traffic_ends_a_green_only_before_its_flash(
    mode: ControlMode, network: Network, rules: Rules, tmp_path: Path
) -> None:
    free = mode is ControlMode.ACTUATED

    def form(of: Rules) -> TimingPlan:
        plan = touched(network)
        return actuated(plan, network, of) if free else coordinated(plan, network, of)

    assert {violation.rule for violation in check(form(rules_of(network)), network, rules)} >= {"green-flash"}
    plan = form(rules)
    assert check(plan, network, rules) == ()
    crossroads = [timing for timing in plan.intersections if timing.intersection_id in ("A0", "B0")]
    assert all(timing.control_mode is mode for timing in crossroads)
    write(plan, network, tmp_path / "plan.add.xml")
    assert read(tmp_path / "plan.add.xml", network) == plan
    shown = executed(street("grid"), tmp_path / "plan.add.xml", tmp_path, 600)
    assert audit(shown, plan, network) == ()
    for timing in crossroads:
        channels = {group.id: group.channels[0] for group in network.intersection(timing.intersection_id).groups}
        for group_id in timing.group_ids:
            column = "".join(state[channels[group_id]] for _, state in shown[timing.intersection_id])
            lengths = [len([*run]) for green, run in groupby(letter in "gG" for letter in column) if green]
            assert min(lengths[1:-1]) >= 3 + FLASH_S
