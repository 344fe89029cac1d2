"""What of stages a family lacks, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signals.controllers import family, not_expressible
from signals.plan import Actuation, ControlMode, IntersectionPlan, StagesBody, Transition
from tests.signals.controllers.timed import stages

Fields = dict[str, Any]


def _first(**values: Any) -> Callable[[Fields], None]:
    return lambda fields: fields["body"]["sequence"][0].update(values)


def _red_amber(fields: Fields) -> None:
    for stage in fields["body"]["sequence"]:
        last = stage["interstage"][-1]
        last["displays"] = last["displays"].replace("r", "u")


def _interstage(duration_ds: int) -> Callable[[Fields], None]:
    return lambda fields: fields["body"]["sequence"][0]["interstage"][0].update(duration_ds=duration_ds)


def _many(fields: Fields) -> None:
    one = fields["body"]["sequence"][0]
    fields["body"]["sequence"] += [{**one, "id": f"more {n}", "interstage": [*one["interstage"]]} for n in range(7)]


def acting(**values: Any) -> IntersectionPlan:
    """Both stages actuated, in the cycle."""
    rule = Actuation.model_validate({"min_ds": 50, "max_ds": 400, "gap_ds": 30} | values)
    body = stages().body
    assert isinstance(body, StagesBody)
    sequence = tuple(stage.model_copy(update={"actuation": rule}) for stage in body.sequence)
    return stages().model_copy(update={"control_mode": ControlMode.COORDINATED, "body": StagesBody(sequence=sequence)})


def present(limit_ds: int, *, free: bool = False) -> IntersectionPlan:
    """Loops taken for granted, and a limit to how long one that is occupied counts."""
    values: Fields = {"loops_ahead_ds": 15, "presence_limit_ds": limit_ds}
    if free:
        values |= {"control_mode": ControlMode.ACTUATED, "cycle_ds": None}
    return acting().model_copy(update=values)


def _jumping(call_limit_ds: int | None = None) -> IntersectionPlan:
    body = stages(_many).body
    assert isinstance(body, StagesBody)
    first, third = body.sequence[0], body.sequence[2]
    way = Transition(from_stage=first.id, to_stage=third.id, interstage=first.interstage)
    longer = StagesBody(sequence=body.sequence[:3], transitions=(way,))
    values = {"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "body": longer, "call_limit_ds": call_limit_ds}
    return stages().model_copy(update=values)


CASES = {
    "as it runs": (stages(), "stage-fixed", []),
    "a green in tenths": (stages(_first(duration_ds=405)), "stage-fixed", ["cycle", "green"]),
    "a yellow in tenths": (stages(_interstage(35)), "stage-fixed", ["cycle", "step 1"]),
    "red-amber": (stages(_red_amber), "stage-fixed", []),
    "nine stages": (stages(_many), "stage-fixed", ["cycle", "stages"]),
    "windows": (acting(earliest_end_ds=350, latest_end_ds=400), "stage-actuated", []),
    "windows in tenths": (acting(earliest_end_ds=355, latest_end_ds=400), "stage-actuated", ["earliest end"] * 2),
    "a gap in tenths": (acting(gap_ds=27), "stage-actuated", []),
    "a minimum in tenths": (acting(min_ds=55), "stage-actuated", ["minimum"] * 2),
    "a limit of presence": (present(300), "stage-actuated", []),
    "a limit of presence in tenths": (present(305), "stage-actuated", ["limit of presence"]),
    "a limit of presence, in a chain": (present(300, free=True), "gbt-20999", ["limit of presence"]),
    "skipping": (acting(skippable=True), "stage-actuated", []),
    "jumps": (_jumping(), "stage-actuated", []),
    "jumps, in a chain": (_jumping(), "gbt-20999", ["transitions"]),
    "a limit of calls": (_jumping(2000), "stage-actuated", []),
    "a limit of calls in tenths": (_jumping(2005), "stage-actuated", ["limit of calls"]),
    "a limit of calls, in a chain": (_jumping(2000), "gbt-20999", ["transitions", "limit of calls"]),
}


@pytest.mark.parametrize(("timing", "name", "whats"), CASES.values(), ids=CASES)
def test_what_a_family_lacks(timing: IntersectionPlan, name: str, whats: list[str]) -> None:
    assert [fault.what for fault in not_expressible(timing, family(name))] == whats


def test_yellow_is_the_group_s_own_and_the_same_at_every_change() -> None:
    """A group that ends twice in the cycle, with another yellow each time."""
    plain = stages().body
    assert isinstance(plain, StagesBody)

    def change(fields: Fields) -> None:
        first, second = fields["body"]["sequence"]
        for stage, yellow_ds in ((first, 30), (second, 40)):
            step = stage["interstage"][0]
            step.update(displays="y" * len(step["displays"]), duration_ds=yellow_ds)

    faults = not_expressible(stages(change), family("stage-fixed"))
    assert {fault.what for fault in faults} == {"yellow"}
    assert str(faults[0]).endswith("yellow: found 3 s, 4 s, needed one, the same at every change")
    assert not_expressible(stages(change), family("sumo-any")) == ()


@pytest.mark.parametrize("name", ["stage-fixed", "stage-actuated", "gbt-20999"])
def test_what_is_fixed_stays_expressible_where_more_is(name: str) -> None:
    assert not_expressible(stages(), family(name)) == ()
