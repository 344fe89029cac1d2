"""What the controllers cannot run of a plan, as findings; and the families for every intersection."""

from __future__ import annotations

from dataclasses import replace

from signals.control import running_plan
from signals.controllers import NOBODY_SAID, Controllers
from signals.plan import TimingPlan
from signals.safety import crowded, families_by_intersection, never_runnable, unrunnable
from tests.fakes import corridor
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import plan_of, rings

STREET = corridor(2)
ON_STAGES = ("gbt-20999", "stage-actuated", "stage-fixed", "sumo-any")


def _tenths(at: int) -> TimingPlan:
    return changed(touched(STREET), lambda fields: fields["body"]["sequence"][0].update(duration_ds=405), at)


def test_where_nobody_said_what_stands_there_nothing_is_found() -> None:
    assert unrunnable(_tenths(0), NOBODY_SAID) == ()
    assert unrunnable(_tenths(0), Controllers({"C1": "stage-fixed"})) == ()


def test_all_reasons_are_found_with_the_family() -> None:
    both = Controllers({"C0": "stage-fixed", "C1": "nema-ts2"})
    assert [str(one) for one in unrunnable(_tenths(0), both)] == [
        "controller: intersection 'C0': found cycle 80.5 s, needed 20 to 255 s in whole seconds"
        " (controller family stage-fixed)",
        "controller: intersection 'C0', stage 'S1': found green 40.5 s, needed 1 to 255 s in whole seconds"
        " (controller family stage-fixed)",
        "controller: intersection 'C1': found body stages, needed rings (controller family nema-ts2)",
    ]


def test_who_can_never_run_a_body_of_its_kind_is_told_at_once() -> None:
    both = Controllers({"C0": "nema-ts2", "C1": "type-170"}, "controllers.toml")
    needed = "needed one that runs stages, as this timing is made, or untouched = true for it (--rules)"
    first = str(never_runnable(touched(STREET), both)[0])
    assert first == (
        "controllers.toml, intersection 'C0': controller family: found nema-ts2, which runs rings only, " + needed
    )
    assert [fault.found for fault in never_runnable(touched(STREET), both)] == [
        "nema-ts2, which runs rings only",
        "type-170, which runs rings only",
    ]
    assert never_runnable(touched(STREET), Controllers({"C0": "stage-fixed", "C1": "sumo-any"})) == ()
    assert never_runnable(running_plan(STREET), both) == ()
    in_rings = plan_of(rings())
    (fault,) = never_runnable(in_rings, Controllers({"C": "stage-fixed"}))
    assert (fault.found, never_runnable(in_rings, Controllers({"C": "nema-ts2"}))) == (
        "stage-fixed, which runs stages only",
        (),
    )


def test_what_is_left_untouched_runs_on_whatever_stands_there() -> None:
    assert unrunnable(running_plan(STREET), Controllers({"C0": "nema-ts2", "C1": "nema-ts2"})) == ()


def test_families_of_every_intersection() -> None:
    assert families_by_intersection(_tenths(1), STREET) == {"C0": ON_STAGES, "C1": ("sumo-any",)}
    assert families_by_intersection(running_plan(STREET), STREET) == {"C0": ON_STAGES, "C1": ON_STAGES}
    first = replace(STREET, intersections=STREET.intersections[:1])
    assert families_by_intersection(touched(STREET), first) == {"C0": ON_STAGES}


def test_what_is_kept_word_for_word_runs_where_it_runs() -> None:
    one = STREET.intersections[0]
    kind = replace(one, running=replace(one.running, kind="delay_based"))
    street = replace(STREET, intersections=(kind,))
    assert families_by_intersection(running_plan(street), street) == {"C0": ("sumo-any",)}


def _plans(count: int, at: int = 0) -> dict[str, TimingPlan]:
    """Plans that differ at one intersection."""
    return {
        f"p{number}": changed(touched(STREET), lambda fields, more=number: fields.update(offset_ds=10 * more), at)
        for number in range(count)
    }


def test_more_plans_than_the_family_holds_are_told_where() -> None:
    both = Controllers({"C0": "stage-fixed", "C1": "stage-fixed"})
    assert crowded(_plans(8), both) == ()
    assert [str(one) for one in crowded(_plans(9), both)] == [
        "controller: intersection 'C0': found 9 plans: p0, p1, p2, p3, p4, p5, p6, p7, p8, needed at most 8"
        " (controller family stage-fixed)"
    ]
    assert [one.where for one in crowded(_plans(9, 1), both)] == ["intersection 'C1'"]
    assert crowded(_plans(9), Controllers({"C0": "stage-actuated"})) == ()
    assert crowded(_plans(9), Controllers({"C0": "sumo-any"})) == ()
    assert crowded(_plans(9), NOBODY_SAID) == ()


def test_alike_timings_are_one_plan_and_what_runs_today_is_not_sent() -> None:
    both = Controllers({"C0": "stage-fixed", "C1": "stage-fixed"})
    again = {f"again {name}": plan for name, plan in _plans(8).items()}
    assert crowded(_plans(8) | again, both) == ()
    running = {f"r{number}": running_plan(STREET) for number in range(9)}
    assert crowded(running, both) == ()
    assert len(crowded(_plans(8) | running, both)) == 1  # the one that runs is kept there as well
