"""Whether stages round a coordinated one ended where the clock lets them, in every cycle that was executed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise, takewhile

from signals.intervals import local_ds, reference_ds
from signals.plan import IntersectionPlan, StagesBody, StageTiming, seconds
from signals.safety.coordination import ends_of
from signals.safety.violation import Violation

_CYCLES_TO_BEGIN = 3  # in which a record may be without an end of the coordinated stage at its second


@dataclass(frozen=True, slots=True)
class _Arc:
    """Where on the local clock a picture may end: from `first_ds` for `length_ds`, and a step more before and after."""

    picture: str
    first_ds: int
    length_ds: int
    cycle_ds: int
    step_ds: int

    def has(self, local_ds: int) -> bool:
        return (local_ds - self.first_ds + self.step_ds - 1) % self.cycle_ds <= self.length_ds + 2 * (self.step_ds - 1)

    def __str__(self) -> str:
        ends = (self.first_ds, self.first_ds + self.length_ds)
        return " to ".join(dict.fromkeys(seconds(end_ds % self.cycle_ds) for end_ds in ends))


def off_the_clock(
    shown: Sequence[tuple[int, str]], timing: IntersectionPlan, where: str, step_ds: int
) -> Iterator[Violation]:
    """Per stage the first end outside of what it can reach (one step more, for a change can only happen at a step).

    `shown` are (time ds, picture), a row per step. Judged is what follows the first end of the coordinated stage at its
    second: who begins amid a cycle has to get in step. A stage is known by its picture where no other has the same.
    """
    body = timing.body
    if not isinstance(body, StagesBody) or body.coordinated is None:
        return
    arcs = dict(_arcs(timing, body, step_ds))
    main = arcs.get(body.coordinated)
    if main is None:
        return
    ends = [(local_ds(timing, at), before, at) for (_, before), (at, after) in pairwise(shown) if before != after]
    in_step = [*dropwhile(lambda end: end[1] != main.picture or not main.has(end[0]), ends)]
    if not in_step and len(shown) * step_ds > _CYCLES_TO_BEGIN * body.length_ds:
        yield Violation("executed", f"{where}, stage {body.coordinated!r}", "never in step", f"an end at {main}")
    for name, arc in arcs.items():
        wrong = next((end for end in in_step if end[1] == arc.picture and not arc.has(end[0])), None)
        if wrong is not None:
            found = f"ended at second {wrong[2] / 10:g}, {seconds(wrong[0])} into the cycle"
            yield Violation("executed", f"{where}, stage {name!r}", found, f"an end at {arc}")


def _arcs(timing: IntersectionPlan, body: StagesBody, step_ds: int) -> Iterator[tuple[str, _Arc]]:
    zero_ds, ends = reference_ds(timing), ends_of(timing)
    pictures = [picture for one in body.sequence for picture in (one.displays, *(s.displays for s in one.interstage))]
    for stage in body.sequence:
        own, held_ds = ends[stage.id], _held_ds(stage)
        if pictures.count(stage.displays) == 1 + len(held_ds):
            first_ds = own.planned_ds - own.sooner_ds + sum(held_ds) - zero_ds
            yield stage.id, _Arc(stage.displays, first_ds, own.sooner_ds + own.later_ds, body.length_ds, step_ds)


def _held_ds(stage: StageTiming) -> list[int]:
    """The steps after a stage that show the same as it: the flash of its greens."""
    return [step.duration_ds for step in takewhile(lambda step: step.displays == stage.displays, stage.interstage)]
