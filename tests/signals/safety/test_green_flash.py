"""Green flash: counts into the shortest green, is green to all others, and has to be known before a green ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from networks.faults import InputError
from networks.network import Network
from signals.plan import ControlMode, TimingPlan
from signals.rules import Rules, rules_of
from signals.safety import check
from tests.fakes import crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import coordinated, plan_of, rings

NETWORK = crossroads()
THROUGH = "1"  # green for 40 s in the first of two stages, then 3 s yellow and 2 s red


def _rules(folder: Path, **said: float) -> Rules:
    lines = "".join(f"{key} = {value:g}\n" for key, value in said.items())
    (folder / "rules.toml").write_text(f'[intersection.C.group."{THROUGH}"]\n{lines}')
    return rules_of(NETWORK, engineer_file=folder / "rules.toml")


def _found(plan: TimingPlan, rules: Rules, network: Network = NETWORK) -> list[tuple[str, str, str]]:
    return [(violation.rule, violation.found, violation.needed) for violation in check(plan, network, rules)]


def test_minimum_green_and_flash_stand_one_after_the_other(tmp_path: Path) -> None:
    plan = touched(NETWORK)
    fits, short = (_rules(tmp_path, min_green_s=s, green_flash_s=4) for s in (36, 37))
    assert fits.group("C", THROUGH).min_green_ds == 400
    assert _found(plan, fits) == []
    needed = "at least 41 s (engineer's file rules.toml; 4 s of it green flash: engineer's file rules.toml)"
    assert _found(plan, short) == [("min-green", "40 s", needed)]
    with pytest.raises(InputError, match="minimum, with green flash, not above maximum"):
        _rules(tmp_path, min_green_s=36, green_flash_s=4, max_green_s=39)


def test_what_runs_today_flashes_within_its_green(tmp_path: Path) -> None:
    """Where nobody says a minimum, today's green less the flash can be one, and the digest knows of it."""
    rules, plain = _rules(tmp_path, green_flash_s=4), rules_of(NETWORK)
    assert _found(touched(NETWORK), rules) == []
    assert rules.group("C", THROUGH).min_green.value_ds == plain.group("C", THROUGH).min_green.value_ds
    assert rules.digest() != plain.digest()
    assert "green_flash" not in plain.model_dump_json()  # and digests are as before where there is none


def test_people_on_foot_have_their_clearance_instead(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    (tmp_path / "rules.toml").write_text('[intersection.C.group."12"]\ngreen_flash_s = 3\n')
    with pytest.raises(InputError, match="green_flash_s"):
        rules_of(network, engineer_file=tmp_path / "rules.toml")


def _actuated(fields: dict[str, Any], lead_s: float = 0, free: bool = True) -> None:
    """The first stage may end early; its last seconds moved into its interstage."""
    stage = fields["body"]["sequence"][0]
    stage["duration_ds"] -= round(lead_s * 10)
    lead = ({"displays": stage["displays"], "duration_ds": round(lead_s * 10)},) if lead_s else ()
    stage["interstage"] = (*lead, *stage["interstage"])
    limits = (
        {"min_ds": 350, "max_ds": 420} if free else {"min_ds": stage["duration_ds"], "max_ds": stage["duration_ds"]}
    )
    stage["actuation"] = limits
    fields |= {"control_mode": ControlMode.ACTUATED, "cycle_ds": None}


@pytest.mark.parametrize(
    ("lead_s", "free", "known"),
    [(0, True, "0 s"), (2, True, "2 s"), (2.9, True, "2.9 s"), (3, True, None), (4, True, None), (0, False, None)],
)
def test_a_stage_that_traffic_ends_flashes_in_its_interstage(
    lead_s: float, free: bool, known: str | None, tmp_path: Path
) -> None:
    rules = _rules(tmp_path, min_green_s=5, green_flash_s=3)
    plan = changed(touched(NETWORK), lambda fields: _actuated(fields, lead_s, free))
    expected = [] if known is None else [("green-flash", f"its end is known {known} before", "3 s for its green flash")]
    assert _found(plan, rules) == expected


def test_actuated_rings_tell_no_end_ahead(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('[intersection.C.group."10"]\ngreen_flash_s = 3\nmin_green_s = 2\n')
    rules = rules_of(NETWORK, engineer_file=tmp_path / "rules.toml")
    assert "green-flash" not in {v.rule for v in check(plan_of(rings()), NETWORK, rules)}
    found = [v for v in check(plan_of(rings(coordinated)), NETWORK, rules) if v.rule == "green-flash"]
    assert [violation.where for violation in found] == ["intersection 'C', signal group '10'"]
    assert found[0].needed == "fixed control: 3 s for its green flash"
