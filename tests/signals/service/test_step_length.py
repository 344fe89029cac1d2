"""Steps of simulations are as long as queues allow that should discharge, unless the engineer says how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from networks.network import Network
from signals.discharge import Discharge, LaneGroupDischarge
from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.service.estimate import Street
from signals.service.step_length import with_step
from signals.trials import Laboratory
from signals.watch import Watch
from tests import fakes


@dataclass
class Queues:
    """A laboratory in which so many of four lane groups miss their target, by step [s]; None: nothing is aimed at."""

    missed: dict[float, int] | None

    def discharge(self, step_s: float, watch: Watch) -> Discharge | None:
        if self.missed is None:
            return None
        reached = [1500.0 if at < self.missed[step_s] else 1800.0 for at in range(4)]
        groups = [LaneGroupDischarge("C0", str(at), (), "through", 1800.0, flow, "") for at, flow in enumerate(reached)]
        return Discharge(step_s, 1.0, tuple(groups), "cars")


def _street(tmp_path: Path, file: str = "") -> Street:
    network: Network = fakes.corridor(3)
    rules = tmp_path / "rules.toml"
    rules.write_text(file)
    return Street(network, rules_of(network, "field", rules, pedestrians="none"), running_plan(network))


@pytest.mark.parametrize(
    ("missed", "step_s"),
    [
        ([{1.0: 0, 0.5: 0}], 1.0),
        ([{1.0: 2, 0.5: 0}], 0.5),
        ([{1.0: 2, 0.5: 1}], 0.5),
        ([{1.0: 2, 0.5: 2}], 1.0),  # shorter steps are of no use
        ([{1.0: 0, 0.5: 0}, {1.0: 1, 0.5: 0}], 0.5),  # vehicles of the verdict, not those of the race
        ([None], 1.0),
    ],
)
def test_the_longest_step_in_which_the_fewest_lane_groups_miss(
    missed: list[dict[float, int] | None], step_s: float, tmp_path: Path
) -> None:
    street = _street(tmp_path)
    found = with_step(street, [cast(Laboratory, Queues(one)) for one in missed], Watch())
    assert found.longest_step_s == step_s
    assert found == street if step_s == 1.0 else "in steps of 1 s" in found.why_step


def test_what_the_engineer_says_goes_before(tmp_path: Path) -> None:
    street = _street(tmp_path, "[simulation]\nstep_s = 1.0\n")
    assert with_step(street, [cast(Laboratory, Queues({1.0: 4, 0.5: 0}))], Watch()) == street


def test_the_rules_stay_as_they_are(tmp_path: Path) -> None:
    """Plans name them by their digest."""
    street = _street(tmp_path)
    found = with_step(street, [cast(Laboratory, Queues({1.0: 1, 0.5: 0}))], Watch())
    assert found.rules == street.rules
