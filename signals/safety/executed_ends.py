"""Whether executed ends were where the clock lets them be, in every cycle: stages round a coordinated one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import dropwhile, pairwise, takewhile

from signals.intervals import local_ds, reference_ds
from signals.plan import ControlMode, IntersectionPlan, StagesBody, StageTiming, seconds
from signals.safety.coordination import ends_of
from signals.safety.executed_arcs import CYCLES_TO_BEGIN, Arc
from signals.safety.executed_ring_ends import rings_off_the_clock
from signals.safety.violation import Violation


def off_the_clock(
    shown: Sequence[tuple[int, str]], timing: IntersectionPlan, where: str, step_ds: int
) -> Iterator[Violation]:
    """Of each stage or ring phase the first end outside of what it can reach (a change falls anywhere in its step).

    `shown` are (time ds, picture), a row per step. Of stages is judged what follows the first end of the coordinated
    stage at its second: who begins amid a cycle has to get in step. A stage is known by its picture where no other has
    the same. Of rings see `rings_off_the_clock`.
    """
    if isinstance(timing.body, StagesBody):
        yield from _stages_off_the_clock(shown, timing, timing.body, where, step_ds)
    elif timing.control_mode is ControlMode.COORDINATED:
        yield from rings_off_the_clock(shown, timing, timing.body, where, step_ds)


def _stages_off_the_clock(
    shown: Sequence[tuple[int, str]], timing: IntersectionPlan, body: StagesBody, where: str, step_ds: int
) -> Iterator[Violation]:
    if body.coordinated is None:
        return
    arcs = {name: (picture, arc) for name, picture, arc in _arcs(timing, body, step_ds)}
    if body.coordinated not in arcs:
        return
    main_picture, main = arcs[body.coordinated]
    ends = [(local_ds(timing, at), before, at) for (_, before), (at, after) in pairwise(shown) if before != after]
    in_step = [*dropwhile(lambda end: end[1] != main_picture or not main.has(end[0]), ends)]
    if not in_step and len(shown) * step_ds > CYCLES_TO_BEGIN * body.length_ds:
        yield Violation("executed", f"{where}, stage {body.coordinated!r}", "never in step", f"an end at {main}")
    for name, (picture, arc) in arcs.items():
        wrong = next((end for end in in_step if end[1] == picture and not arc.has(end[0])), None)
        if wrong is not None:
            found = f"ended at second {wrong[2] / 10:g}, {seconds(wrong[0])} into the cycle"
            yield Violation("executed", f"{where}, stage {name!r}", found, f"an end at {arc}")


def _arcs(timing: IntersectionPlan, body: StagesBody, step_ds: int) -> Iterator[tuple[str, str, Arc]]:
    """Per stage that has a picture of its own: its id, the picture, and where that may end."""
    zero_ds, ends = reference_ds(timing), ends_of(timing)
    pictures = [picture for one in body.sequence for picture in (one.displays, *(s.displays for s in one.interstage))]
    for stage in body.sequence:
        own, held_ds = ends[stage.id], _held_ds(stage)
        if pictures.count(stage.displays) == 1 + len(held_ds):
            first_ds = own.planned_ds - own.sooner_ds + sum(held_ds) - zero_ds
            yield stage.id, stage.displays, Arc(first_ds, own.sooner_ds + own.later_ds, body.length_ds, step_ds)


def _held_ds(stage: StageTiming) -> list[int]:
    """The steps after a stage that show the same as it: the flash of its greens."""
    return [step.duration_ds for step in takewhile(lambda step: step.displays == stage.displays, stage.interstage)]
