"""Plans for tests: what runs today as a touched plan, changed ones, and random sound ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from networks.network import Network
from signals.control import timing_of
from signals.plan import (
    Actuation,
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
    Transition,
)

EVERYDAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def one_plan_every_day(digest: str) -> dict[str, Any]:
    """A schedule of a week to come, with one plan from six o'clock on, as its document."""
    return {
        "format": "greenband-schedule",
        "version": 1,
        "zone": "Europe/Berlin",
        "valid_from": "2096-03-01",
        "valid_to": "2096-03-07",
        "plans": [{"name": "day", "digest": digest}],
        "entries": [{"start": "06:00:00", "plan": "day", "weekdays": EVERYDAY}],
    }


def touched(network: Network, **fields: Any) -> TimingPlan:
    """What runs today, but not marked untouched, so that everything is judged."""
    timings = tuple(timing_of(i.running, i) for i in network.intersections)
    return TimingPlan(network_digest=network.digest, intersections=timings, **fields)


def changed(plan: TimingPlan, change: Callable[[dict[str, Any]], None], at: int = 0) -> TimingPlan:
    """A sound copy of a plan in which `change` has altered one intersection's fields (a fixed cycle is made to fit)."""
    timing = plan.intersections[at]
    fields = timing.model_dump()
    fields["body"] = {**fields["body"], "sequence": [dict(stage) for stage in fields["body"]["sequence"]]}
    for stage in fields["body"]["sequence"]:
        stage["interstage"] = [dict(step) for step in stage["interstage"]]
    change(fields)
    sequence = fields["body"]["sequence"]
    length_ds = sum(s["duration_ds"] + sum(step["duration_ds"] for step in s["interstage"]) for s in sequence)
    for stage in sequence:
        stage["interstage"] = tuple(stage["interstage"])
    fields["body"]["sequence"] = tuple(sequence)
    if fields["control_mode"] != ControlMode.ACTUATED:
        fields["cycle_ds"] = length_ds
        fields["offset_ds"] %= length_ds
    timings = list(plan.intersections)
    timings[at] = IntersectionPlan.model_validate(fields)
    return plan.model_copy(update={"intersections": tuple(timings)})


@st.composite
def plans_of(draw: st.DrawFn, network: Network, intersections: Sequence[IntersectionPlan]) -> TimingPlan:
    """These timings as a plan with whatever a plan says of itself."""
    return TimingPlan(
        name=draw(st.sampled_from(["", "morning <&\"'> ü"])),
        network_digest=network.digest,
        rules_digest=draw(st.sampled_from(["", "a" * 64])),
        zone=draw(st.sampled_from(["", "Europe/Berlin"])),
        made_for=draw(st.sampled_from(["", '07:00 to 08:00, "hour" <ä> 5 %'])),
        sync_reference_s=draw(st.sampled_from([0, 3600])),
        period_begin_s=25_200,
        period_end_s=28_800,
        intersections=tuple(intersections),
    )


_NAMES = st.text(alphabet="abcXYZ012 äß<&\"'>_-", min_size=1, max_size=6)


def _on_the_clock(sequence: Sequence[StageTiming], main: str, cycle_ds: int, gap_ds: int | None) -> list[StageTiming]:
    """The same stages, of which `main` ends when planned."""
    stages, end_ds = [], 0
    for stage in sequence:
        end_ds += stage.duration_ds
        rule = stage.actuation or Actuation(min_ds=stage.duration_ds, max_ds=stage.duration_ds, gap_ds=gap_ds)
        ends = {"earliest_end_ds": end_ds % cycle_ds, "latest_end_ds": end_ds % cycle_ds}
        held = stage.model_copy(update={"actuation": rule.model_copy(update=ends)})
        stages.append(held if stage.id == main else stage)
        end_ds += sum(step.duration_ds for step in stage.interstage)
    return stages


@st.composite
def timings(draw: st.DrawFn, intersection_id: str, group_ids: tuple[str, ...]) -> IntersectionPlan:
    """A sound timing of any control mode, safe or not, that SUMO has words for."""
    count = len(group_ids)
    mode = draw(st.sampled_from(ControlMode))
    pictures = st.text(alphabet="rGgs", min_size=count, max_size=count).filter(lambda p: set("gG") & set(p))
    steps = st.builds(
        Step,
        displays=st.text(alphabet="ruygG", min_size=count, max_size=count),
        duration_ds=st.integers(1, 99),
    )
    interstages = st.lists(steps, max_size=2).map(tuple)
    ids = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    plain = [
        StageTiming(
            id=name, displays=draw(pictures), duration_ds=draw(st.integers(1, 600)), interstage=draw(interstages)
        )
        for name in ids
    ]
    length_ds = StagesBody(sequence=tuple(plain)).length_ds
    sequence, transitions, main = plain, [], None
    if mode is not ControlMode.FIXED:
        gap_ds = draw(st.none() | st.integers(1, 50))
        sequence = [
            stage.model_copy(update={"actuation": draw(_actuations(mode, length_ds, gap_ds))}) for stage in plain
        ]
        following = {(a, b) for a, b in zip(ids, ids[1:] + ids[:1], strict=True)}
        ways = [(a, b) for a in ids for b in ids if (a, b) not in following and a != b]
        main = draw(st.sampled_from([None, *ids])) if mode is ControlMode.COORDINATED else None
        if main is not None:
            sequence, ways = _on_the_clock(sequence, main, length_ds, gap_ds), []
        for a, b in draw(st.lists(st.sampled_from(ways), max_size=3, unique=True)) if ways else []:
            transitions.append(Transition(from_stage=a, to_stage=b, interstage=draw(interstages)))
    responds = mode is not ControlMode.FIXED
    parameters = draw(st.sampled_from([(), (("detector-gap", "2.5"), ("freq", "300"))])) if responds else ()
    own_words = responds and not parameters
    return IntersectionPlan(
        intersection_id=intersection_id,
        program_id=draw(_NAMES.filter(lambda name: not name.isspace() and " " not in name)),
        control_mode=mode,
        group_ids=group_ids,
        cycle_ds=None if mode is ControlMode.ACTUATED else length_ds,
        offset_ds=draw(st.integers(0, length_ds - 1)),
        offset_reference=draw(st.sampled_from([OffsetReference.STAGE_START, OffsetReference.GREEN_END])),
        reference=(draw(st.sampled_from(ids)),),
        body=StagesBody(sequence=tuple(sequence), transitions=tuple(transitions), coordinated=main),
        loops_ahead_ds=draw(st.none() | st.integers(1, 50)) if own_words else None,
        presence_limit_ds=draw(st.none() | st.integers(1, 600)) if own_words else None,
        call_limit_ds=draw(st.none() | st.integers(1, 3000)) if own_words else None,
        parameters=parameters,
    )


@st.composite
def _actuations(draw: st.DrawFn, mode: ControlMode, cycle_ds: int, gap_ds: int | None) -> Actuation | None:
    if not draw(st.booleans()):
        return None
    low, high = sorted((draw(st.integers(1, 500)), draw(st.integers(1, 500))))
    if mode is ControlMode.ACTUATED:
        return Actuation(min_ds=low, max_ds=high, gap_ds=gap_ds)
    ends = st.none() | st.integers(0, cycle_ds - 1)
    return Actuation(min_ds=low, max_ds=high, earliest_end_ds=draw(ends), latest_end_ds=draw(ends), gap_ds=gap_ds)
