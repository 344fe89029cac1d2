"""Why a family of controllers cannot run a timing in stages."""

from __future__ import annotations

from collections.abc import Iterator

from networks.faults import Fault
from signals.controllers.family import Stages
from signals.plan import Actuation, IntersectionPlan, StagesBody, Step


def stage_reasons(timing: IntersectionPlan, body: StagesBody, able: Stages, where: str) -> Iterator[Fault]:
    """All reasons."""
    if len(body.sequence) > able.most:
        yield Fault("stages", where, f"{len(body.sequence)}", f"at most {able.most}")
    changes = [(f"interstage after {stage.id!r}", stage.interstage) for stage in body.sequence]
    changes += [(f"transition {t.from_stage!r} to {t.to_stage!r}", t.interstage) for t in body.transitions]
    for stage in body.sequence:
        place = f"{where}, stage {stage.id!r}"
        yield from able.green.faults("green", place, stage.duration_ds)
        if stage.actuation is not None:
            yield from _actuated(stage.actuation, able, place)
    for name, steps in changes:
        for number, step in enumerate(steps, start=1):
            yield from able.interstage.faults(f"step {number}", f"{where}, {name}", step.duration_ds)
        if not able.red_amber and any("u" in step.displays for step in steps):
            yield Fault("red-amber", f"{where}, {name}", "shown", "none")
    if body.transitions and not able.jumps:
        yield Fault("transitions", where, f"{len(body.transitions)} beside the sequence", "none")
    gaps = {stage.actuation.gap_ds for stage in body.sequence if stage.actuation is not None}
    if len(gaps) > 1 and able.gaps == "one":
        yield Fault("gap", where, "gaps that differ between stages", "one for all")
    limits = (
        ("limit of presence", timing.presence_limit_ds, able.presence),
        ("limit of calls", timing.call_limit_ds, able.calls),
    )
    for name, limit_ds, known in limits:
        if known is not None:
            yield from known.faults(name, where, limit_ds)
        elif limit_ds is not None:
            yield Fault(name, where, f"{limit_ds / 10:g} s", "none")
    if able.group_times:
        yield from _group_times(timing, [steps for _, steps in changes], where)


def _actuated(rule: Actuation, able: Stages, place: str) -> Iterator[Fault]:
    yield from able.limits.faults("minimum", place, rule.min_ds)
    yield from able.limits.faults("maximum", place, rule.max_ds)
    yield from able.gap.faults("gap", place, rule.gap_ds)
    window = (rule.earliest_end_ds, rule.latest_end_ds)
    if window != (None, None) and not able.windows:
        yield Fault("end of stage", place, "a window in the cycle", "none")
    for name, end_ds in zip(("earliest end", "latest end"), window, strict=True):
        if end_ds is not None and end_ds % able.green.step_ds:
            yield Fault(name, place, f"{end_ds / 10:g} s", f"steps of {able.green.step_ds / 10:g} s")
    if rule.skippable and not able.skips:
        yield Fault("skipping", place, "asked for", "none")


def _group_times(timing: IntersectionPlan, changes: list[tuple[Step, ...]], where: str) -> Iterator[Fault]:
    """Groups whose yellow or red-amber differs from change to change."""
    for position, group_id in enumerate(timing.group_ids):
        for letter, name in (("y", "yellow"), ("u", "red-amber")):
            shown = {sum(s.duration_ds for s in steps if s.displays[position] == letter) for steps in changes} - {0}
            if len(shown) > 1:
                found = ", ".join(f"{time_ds / 10:g} s" for time_ds in sorted(shown))
                yield Fault(name, f"{where}, signal group {group_id!r}", found, "one, the same at every change")
