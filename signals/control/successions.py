"""Which picture can follow which, and how long each can stand: stages in every control mode, and fixed rings.

Fixed: the sequence, every picture exactly its duration. Actuated and coordinated: a stage stands between its minimum
and its maximum, then the sequence goes on or a permitted transition is taken; interstages always stand exactly their
time. The windows of coordinated control (earliest and latest end) only narrow this, so what is safe here is safe there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signals.control.rings import expanded
from signals.plan import ControlMode, IntersectionPlan, RingsBody, Step


class NotModelled(ValueError):
    """What a plan can show is not known yet, so nobody may call it safe."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What all groups show together, and how long it can stand. `stage_id` is None inside an interstage.

    `plans`: of plans in a row the numbers of those that show it so; none where only the way between them does.
    """

    displays: str
    min_ds: int
    max_ds: int
    stage_id: str | None
    place: str
    plans: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Successions:
    """All pictures and, for each, the pictures that can follow it (positions in `pictures`)."""

    pictures: tuple[Picture, ...]
    following: tuple[tuple[int, ...], ...]

    def shown_by(self, plans: Sequence[int]) -> Successions:
        """The same, as pictures of these plans."""
        pictures = tuple(replace(picture, plans=tuple(plans)) for picture in self.pictures)
        return Successions(pictures, self.following)


def successions(timing: IntersectionPlan) -> Successions:
    """The pictures an intersection can show and their order. Raises `NotModelled` for actuated rings (see `reach`)."""
    body = timing.body
    if isinstance(body, RingsBody):
        return _of_fixed_rings(timing, body)
    pictures: list[Picture] = []
    following: list[list[int]] = []
    at_stage: dict[str, int] = {}

    def put(picture: Picture) -> int:
        pictures.append(picture)
        following.append([])
        return len(pictures) - 1

    def lead(origin: int, interstage: tuple[Step, ...], place: str) -> int:
        for step in interstage:
            reached = put(Picture(step.displays, step.duration_ds, step.duration_ds, None, place))
            following[origin].append(reached)
            origin = reached
        return origin

    for stage in body.sequence:
        shortest = longest = stage.duration_ds
        if stage.actuation is not None and timing.control_mode is not ControlMode.FIXED:
            shortest, longest = stage.actuation.min_ds, stage.actuation.max_ds
        at_stage[stage.id] = put(Picture(stage.displays, shortest, longest, stage.id, f"stage {stage.id!r}"))
    order = [stage.id for stage in body.sequence]
    for stage, target in zip(body.sequence, order[1:] + order[:1], strict=True):
        last = lead(at_stage[stage.id], stage.interstage, f"between stages {stage.id!r} and {target!r}")
        following[last].append(at_stage[target])
        if stage.actuation is not None and stage.actuation.skippable:
            raise NotModelled(
                f"intersection {timing.intersection_id!r}: stage {stage.id!r} can be skipped; say it by transitions"
            )
    for transition in body.transitions:
        place = f"between stages {transition.from_stage!r} and {transition.to_stage!r}"
        last = lead(at_stage[transition.from_stage], transition.interstage, place)
        following[last].append(at_stage[transition.to_stage])
    return Successions(tuple(pictures), tuple(tuple(dict.fromkeys(nexts)) for nexts in following))


def _of_fixed_rings(timing: IntersectionPlan, body: RingsBody) -> Successions:
    if timing.control_mode is not ControlMode.FIXED:
        raise NotModelled(f"intersection {timing.intersection_id!r}: actuated rings have no single course")
    steps = expanded(timing, body)
    pictures, at = [], 0
    for displays, duration_ds in steps:
        pictures.append(Picture(displays, duration_ds, duration_ds, None, f"{at / 10:g} s after the first barrier"))
        at += duration_ds
    return Successions(tuple(pictures), tuple(((k + 1) % len(steps),) for k in range(len(steps))))
