"""How long signals take to be back in step: told where a method is named, and what to give where none is."""

from __future__ import annotations

from signals.controllers import Controllers
from signals.plan import ControlMode
from signals.rules import rules_of
from signals.service.recovery import recovery_known
from tests.fakes import corridor, crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, coordinated, plan_of, rings

STREET = corridor(2)
NOBODY = Controllers({})


def _by(correction: str) -> list[str]:
    def named(fields: Fields) -> None:
        fields["body"]["correction"] = correction

    plan = plan_of(rings(coordinated, named))
    known = recovery_known(plan, rules_of(crossroads()), NOBODY)
    assert known.not_shown == ()
    return [f"{flag.found}; {flag.needed}" for flag in known.flags]


def test_rings_name_their_method() -> None:
    """90 s to run out, and 90 s more to be held at once, or a fifth of them in each of five cycles."""
    (dwelling,) = _by("dwell")
    assert dwelling.startswith("at most 180 s out of step, 2.0 cycles (at 'C'); ")
    assert dwelling.endswith("by dwell, named by the plan that follows")
    (adding,) = _by("add only")
    assert adding.startswith("at most 630 s out of step, 7.0 cycles")


def test_stages_need_their_controllers() -> None:
    plan = touched(STREET)
    (line,) = recovery_known(plan, rules_of(STREET), NOBODY).not_shown
    assert "C0, C1" in line
    assert "--controllers" in line
    known = recovery_known(plan, rules_of(STREET), Controllers({"C0": "stage-fixed", "C1": "stage-fixed"}))
    assert known.not_shown == ()
    (flag,) = known.flags
    assert flag.where == "intersections C0, C1"


def test_what_runs_free_or_as_today_is_not_asked() -> None:
    free = changed(touched(STREET), lambda fields: fields.update(control_mode=ControlMode.ACTUATED, cycle_ds=None), 0)
    (line,) = recovery_known(free, rules_of(STREET), NOBODY).not_shown
    assert "C0" not in line
    timings = tuple(timing.model_copy(update={"untouched": True}) for timing in free.intersections)
    today = free.model_copy(update={"intersections": timings})
    assert recovery_known(today, rules_of(STREET), NOBODY).not_shown == ()
