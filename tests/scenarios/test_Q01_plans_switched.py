"""A schedule switches plans in SUMO: nothing is cut, and after each transition the new plan is shown to the second."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.control import NotExpressible
from signals.control.transitions import Handover, Method, transition
from signals.intervals import local_ds, picture_at
from signals.plan import IntersectionPlan, Schedule, TimingPlan, switches
from signals.plan.schedule import WEEKDAYS
from signals.programs.sumo import write_switching
from signals.rules import Rules, rules_of
from signals.safety import audit, check, check_transition
from tests.signals.plan.schedules import week
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import executed, street

_DAY = date(2026, 7, 1)
_MORNING_S, _NIGHT_S, _END_S = 300, 1200, 1800


def _plan(network: Network, extra_s: tuple[int, int], offset_s: int) -> TimingPlan:
    def change(fields: dict[str, object]) -> None:
        for stage, more_s in zip(fields["body"]["sequence"], extra_s, strict=False):  # type: ignore[index]
            stage["duration_ds"] += 10 * more_s
        fields["offset_ds"] = 10 * offset_s

    return changed(touched(network), change)


def _schedule() -> Schedule:
    rows = ((time(0, 5), "day"), (time(0, 20), "night"))
    return week(entries=tuple({"weekdays": WEEKDAYS, "start": start, "plan": plan} for start, plan in rows))


def _picture(plan: TimingPlan, second: int) -> str:
    timing = plan.intersections[0]
    return picture_at(timing, local_ds(timing, 10 * second))


def _of_executed(shown: list[tuple[float, str]], network: Network, switch_s: int, end_s: int) -> Handover:
    """What was shown from a switch on as a course, one letter per group."""
    channels = [group.channels[0] for group in network.intersections[0].groups]
    rows = [
        ("".join(state[channel] for channel in channels), 10) for time_s, state in shown if switch_s <= time_s < end_s
    ]
    return Handover(10 * switch_s, tuple(rows), 10)


@pytest.mark.scenario
def test_the_street_shows_what_was_foreseen(tmp_path: Path) -> None:
    network = sumo_net.read(street("crossings"))
    rules = rules_of(network)
    plans = {"night": _plan(network, (0, 0), 11), "day": _plan(network, (13, 4), 40)}
    assert all(check(plan, network, rules) == () for plan in plans.values())
    start, later = switches(_schedule(), _DAY)
    assert (start, later) == ("night", ((_MORNING_S, "day"), (_NIGHT_S, "night")))
    write_switching(plans, start, later, network, tmp_path / "day.add.xml")
    shown = executed(street("crossings"), tmp_path / "day.add.xml", tmp_path, _END_S, flow=False)["A0"]
    last_s = 0
    for (old, new), switch_s, until_s in (
        (("night", "day"), _MORNING_S, _NIGHT_S), (("day", "night"), _NIGHT_S, _END_S),
    ):  # fmt: skip
        before, after = plans[old].intersections[0], plans[new].intersections[0]
        foreseen = transition(before, after, 10 * switch_s, "gsp", rules)
        end_s = switch_s + foreseen.duration_ds // 10
        made = _of_executed(shown, network, switch_s, end_s)
        assert made.rows == tuple((displays, 10) for displays, ds in foreseen.rows for _ in range(ds // 10))

        def as_shown(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, given: Rules) -> Handover:
            return made if at == made.switch_ds else transition(one, other, at, how, given)  # noqa: B023

        found = check_transition(before, after, network, rules, "gsp", switches_ds=[10 * switch_s], simulate=as_shown)
        assert found == ()
        assert audit({"A0": [row for row in shown if end_s <= row[0] < until_s]}, plans[new], network) == ()
        assert audit({"A0": [row for row in shown if last_s <= row[0] < switch_s]}, plans[old], network) == ()
        last_s = end_s


@pytest.mark.scenario
def test_a_jump_of_sumo_is_found(tmp_path: Path) -> None:
    """Without GSP and `synchron` SUMO takes the new picture at the switch second: greens end without yellow."""
    network = sumo_net.read(street("crossings"))
    rules, night = rules_of(network), _plan(network, (0, 0), 11)
    open_then = _picture(night, _MORNING_S).index("G")
    day = next(p for o in range(100) if _picture(p := _plan(network, (13, 4), o), _MORNING_S)[open_then] == "r")
    plans = {"night": night, "day": day}
    write_switching(plans, "night", [(_MORNING_S, "day")], network, tmp_path / "day.add.xml")
    text = (tmp_path / "day.add.xml").read_text().replace('procedure="GSP" synchron="true"', "")
    (tmp_path / "day.add.xml").write_text(text)
    shown = executed(street("crossings"), tmp_path / "day.add.xml", tmp_path, 600, flow=False)["A0"]
    made = _of_executed(shown, network, _MORNING_S, 500)
    before, after = plans["night"].intersections[0], plans["day"].intersections[0]

    def as_shown(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, given: Rules) -> Handover:
        return made if at == made.switch_ds else transition(one, other, at, how, given)

    found = check_transition(before, after, network, rules, "gsp", switches_ds=[10 * _MORNING_S], simulate=as_shown)
    assert "change" in {violation.rule for violation in found}


def test_what_sumo_cannot_switch_is_refused(tmp_path: Path) -> None:
    network = sumo_net.read(street("crossings"))
    plan = _plan(network, (0, 0), 0)
    later = plan.model_copy(update={"sync_reference_s": 3600})
    with pytest.raises(NotExpressible, match="count from midnight: plan 'b'"):
        write_switching({"a": plan, "b": later}, "a", [(10, "b")], network, tmp_path / "day.add.xml")
    uneven = plan.intersections[0].model_copy(update={"offset_ds": 5})
    other = plan.model_copy(update={"intersections": (uneven,)})
    with pytest.raises(NotExpressible, match="between whole seconds"):
        write_switching({"a": plan, "b": other}, "a", [(10, "b")], network, tmp_path / "day.add.xml")
