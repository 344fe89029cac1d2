"""Stages round the coordinated one: when traffic may end each of them, such that time left over reaches it.

Every stage but the coordinated one may end sooner than planned, none later. How much sooner is bounded by its minimum
green, and by what the stages after it can take up: where the coordinated one has a maximum green, or time passes
through stages that do not grow (floating force-offs), the others keep more of theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from signals.plan import Actuation, StagesBody, StageTiming
from signals.timing.response import Response

_SECOND_DS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one stage: its shortest and longest green [ds] (None: no limit), and whether detectors see its traffic."""

    low_ds: int
    high_ds: int | None
    seen: bool


@dataclass(frozen=True, slots=True)
class _Room:
    """Of one stage [ds]: its least green, how much sooner it shall end at most, how much it can shrink and grow."""

    least_ds: int
    asked_ds: float
    shrinks_ds: int
    grows_ds: float


def on_the_clock(body: StagesBody, main: str, limits: Sequence[Limits], response: Response) -> StagesBody:
    """The stages with their windows, positions from the start of the sequence; `main` ends when planned, always.

    A stage that nobody sees ends when planned, too, or passes on what it is given where force-offs are floating. `main`
    can wait a whole cycle for its second, if its maximum green allows: so an intersection gets in step.
    """
    count, last = len(body.sequence), body.sequence.index(body.stage(main))
    order = [(last + 1 + n) % count for n in range(count)]
    rooms = {at: _room(body.sequence[at], limits[at], response, main=at == last) for at in order}
    sooner_ds = dict(zip(order, _sooner_ds([rooms[at] for at in order]), strict=True))
    stages, end_ds = [], 0
    for at, stage in enumerate(body.sequence):
        end_ds += stage.duration_ds
        given_ds, waits_ds = sooner_ds[(at - 1) % count], body.length_ds - stage.duration_ds
        rule = Actuation(
            min_ds=rooms[at].least_ds,
            max_ds=stage.duration_ds + int(min(rooms[at].grows_ds, waits_ds if at == last else given_ds)),
            earliest_end_ds=(end_ds - sooner_ds[at]) % body.length_ds,
            latest_end_ds=end_ds % body.length_ds,
            gap_ds=response.gap_ds,
        )
        stages.append(stage.model_copy(update={"actuation": rule}))
        end_ds += sum(step.duration_ds for step in stage.interstage)
    return StagesBody(sequence=tuple(stages), coordinated=main)


def _room(stage: StageTiming, limits: Limits, response: Response, *, main: bool) -> _Room:
    planned_ds, low_ds = stage.duration_ds, min(limits.low_ds, stage.duration_ds)
    asked_ds = math.inf if response.early_ds is None else response.early_ds
    if main or not limits.seen:
        asked_ds = math.inf if response.floating and not main else 0
    grows_ds = math.inf if limits.high_ds is None else max(0, _whole(limits.high_ds) - planned_ds)
    if response.floating and not main:
        grows_ds = 0
        low_ds = low_ds if limits.seen else planned_ds
    return _Room(low_ds, asked_ds, planned_ds - low_ds if limits.seen else 0, grows_ds)


def _sooner_ds(rooms: Sequence[_Room]) -> list[int]:
    """How much sooner than planned each stage may end [ds, whole seconds], in the order that ends with the coordinated
    one: backwards what can be taken up, then forwards what can be given."""
    allowed: list[float] = []
    taken_up_ds = math.inf
    for room in reversed(rooms):
        allowed.append(_whole(min(room.asked_ds, taken_up_ds)))
        taken_up_ds = allowed[-1] + room.grows_ds
    found, given_ds = [], 0
    for room, most_ds in zip(rooms, reversed(allowed), strict=True):
        given_ds = int(min(most_ds, _whole(room.shrinks_ds) + given_ds))
        found.append(given_ds)
    return found


def _whole(time_ds: float) -> float:
    """Down to whole seconds: tenths would make a simulator take shorter steps, ten times as long."""
    return math.inf if math.isinf(time_ds) else time_ds // _SECOND_DS * _SECOND_DS
