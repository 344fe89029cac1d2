"""Pairs of safe fixed plans for tests of transitions: junctions known by heart, random greens, offsets, sequences."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from networks.network import Network
from signals.intervals import course
from signals.plan import ControlMode, IntersectionPlan
from signals.rules import Rules, rules_of
from signals.safety import check
from tests.fakes import crossroads, t_junction
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, free, lagging, phase, plan_of, rings, walking
from tests.signals.ring_plans import coordinated as in_coordination


class Pair:
    """Two timings of one intersection, with its street and rules; told in few words where a test fails."""

    def __init__(self, network: Network, rules: Rules, old: IntersectionPlan, new: IntersectionPlan) -> None:
        self.network, self.rules, self.old, self.new = network, rules, old, new

    def __repr__(self) -> str:
        return f"Pair({course(self.old)}, offset {self.old.offset_ds}; {course(self.new)}, offset {self.new.offset_ds})"


def _longer(extra_s: tuple[int, int], offset_s: int) -> Any:
    def change(fields: dict[str, Any]) -> None:
        stages = fields["body"]["sequence"]
        for stage, more_s in zip(stages, extra_s, strict=False):
            stage["duration_ds"] += 10 * more_s
        fields["offset_ds"] = 10 * offset_s

    return change


def stages(network: Network, extra_s: tuple[int, int], offset_s: int) -> IntersectionPlan:
    """What runs today with longer stages and an offset."""
    return changed(touched(network), _longer(extra_s, offset_s)).intersections[0]


def two_stages(pedestrians: bool = True) -> Pair:
    """The crossroads: from 80 s to 100 s, 37 s later on the clock."""
    network = crossroads(pedestrians)
    return Pair(network, rules_of(network), stages(network, (0, 0), 0), stages(network, (15, 5), 37))


def ring_timing(more_s: tuple[int, int], offset_s: int, *, lags: bool, walks: bool) -> IntersectionPlan:
    """Fixed rings with longer throughs and an offset."""

    def change(fields: Fields) -> None:
        for number in (2, 6):
            phase(fields, number)["split_ds"] += 10 * more_s[0]
        for number in (4, 8):
            phase(fields, number)["split_ds"] += 10 * more_s[1]
        fields["cycle_ds"] += 10 * sum(more_s)
        fields["offset_ds"] = 10 * offset_s

    return rings(*([walking] if walks else []), *([lagging] if lags else []), change)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Two safe plans of one intersection: stages or rings, with or without groups on foot."""
    more, offset = st.tuples(st.integers(0, 25), st.integers(0, 25)), st.integers(0, 60)
    kind = draw(st.sampled_from(["crossroads", "walkers", "t", "rings", "walking rings"]))
    if "rings" in kind:
        walks = kind == "walking rings"
        network = crossroads(pedestrians=walks)
        timings = [ring_timing(draw(more), draw(offset), lags=draw(st.booleans()), walks=walks) for _ in range(2)]
    else:
        network = {"crossroads": crossroads(), "walkers": crossroads(True), "t": t_junction()}[kind]
        timings = [stages(network, draw(more), draw(offset)) for _ in range(2)]
    pair = Pair(network, rules_of(network), *timings)
    for timing in timings:
        assert [v for v in check(plan_of(timing, network), network, pair.rules) if v.rule != "cycle"] == []
    return pair


def actuated(timing: IntersectionPlan, less_s: int, more_s: int, *, coordinated: bool) -> IntersectionPlan:
    """The same stages under traffic: each up to `less_s` shorter, as its groups allow, and `more_s` longer."""
    fields = timing.model_dump()
    fields["control_mode"] = ControlMode.COORDINATED if coordinated else ControlMode.ACTUATED
    fields["cycle_ds"] = timing.body.length_ds if coordinated else None
    at_ds = 0
    for stage in fields["body"]["sequence"]:
        end_ds = at_ds + stage["duration_ds"]
        at_ds = end_ds + sum(step["duration_ds"] for step in stage["interstage"])
        shortest_ds = max(stage["duration_ds"] - 10 * less_s, min(stage["duration_ds"], 50))
        stage["actuation"] = {"min_ds": shortest_ds, "max_ds": stage["duration_ds"] + 10 * more_s}
        if coordinated:
            window = {
                "earliest_end_ds": end_ds % timing.body.length_ds,
                "latest_end_ds": end_ds % timing.body.length_ds,
            }
            stage["actuation"] |= window
    return IntersectionPlan.model_validate(fields)


def opposed(timing: IntersectionPlan) -> IntersectionPlan:
    """The same stages with nobody giving way: no picture is as before. Nobody calls it safe."""
    fields = timing.model_dump()
    for picture in (p for stage in fields["body"]["sequence"] for p in (stage, *stage["interstage"])):
        picture["displays"] = picture["displays"].replace("g", "G")
    return IntersectionPlan.model_validate(fields)


def of_every_kind(*, walks: bool = False) -> dict[str, IntersectionPlan]:
    """A plan of each body and mode of control for the crossroads; of rings also with lead and lag."""
    network, more = crossroads(walks), [walking] if walks else []
    night, day = stages(network, (0, 0), 7), stages(network, (15, 5), 37)
    return {
        "fixed stages": night,
        "other fixed stages": day,
        "coordinated stages": actuated(day, 0, 20, coordinated=True),
        "free stages": actuated(night, 0, 20, coordinated=False),
        "fixed rings": rings(*more),
        "coordinated rings": rings(*more, in_coordination),
        "free rings": rings(*more, free),
        "fixed rings with lag": rings(*more, lagging),
        "coordinated rings with lag": rings(*more, lagging, in_coordination),
        "free rings with lag": rings(*more, lagging, free),
    }


@st.composite
def mixed(draw: st.DrawFn, count: int = 2) -> tuple[Network, Rules, list[IntersectionPlan]]:
    """Safe plans of one intersection in stages, in any mode of control."""
    network = draw(st.sampled_from([crossroads(), crossroads(True), t_junction()]))
    more, plans = st.tuples(st.integers(0, 25), st.integers(0, 25)), list[IntersectionPlan]()
    for _ in range(count):
        timing = stages(network, draw(more), draw(st.integers(0, 60)))
        if draw(st.booleans()):
            less_s, coordinated = draw(st.integers(0, 15)), draw(st.booleans())
            timing = actuated(timing, less_s, draw(st.integers(0, 20)), coordinated=coordinated)
        plans.append(timing)
    rules = rules_of(network)
    for timing in plans:
        assume([v for v in check(plan_of(timing, network), network, rules) if v.rule != "cycle"] == [])
    return network, rules, plans
