"""Free choice of the next stage, told: where a controller may go from each stage, and how long a call can wait."""

from __future__ import annotations

from collections.abc import Iterator

from signals.control import longest_wait_ds
from signals.plan import IntersectionPlan, StagesBody, Step, TimingPlan
from signals.service.account.names import short

MOVES, LIMIT = "moves from stage to stage", "limit of calls"


def choice_facts(timing: IntersectionPlan) -> dict[str, str]:
    """The moves and the limit of calls of a timing, as facts of its page; nothing where its stages have one order."""
    body = timing.body
    if not isinstance(body, StagesBody) or not body.transitions:
        return {}
    said = {MOVES: "; ".join(_moves(body))}
    if timing.call_limit_ds is not None:
        said[LIMIT] = (
            f"{timing.call_limit_ds / 10:g} s; whoever has called for so long comes before all who have not, "
            f"so that no call waits longer than {longest_wait_ds(timing) / 10:g} s"
        )
    return said


def choices(plan: TimingPlan) -> list[str]:
    """What has to be known of a plan's free choices of the next stage, a line each; nothing where it has none."""
    free = [timing for timing in plan.intersections if choice_facts(timing)]
    if not free:
        return []
    waits = ", ".join(f"{short(timing.intersection_id)} {longest_wait_ds(timing) / 10:g} s" for timing in free)
    return [
        "The controller has the choice of the next stage (its moves stand on the page to sign); in the simulation SUMO"
        " goes to the stage that most loops call. Who has passed the loop but not the stop line when the green ends"
        f" calls nothing until somebody follows. The longest that a call can wait for its green: {waits}."
    ]


def _moves(body: StagesBody) -> Iterator[str]:
    """Per stage where it may lead, with the seconds in between."""
    order = [stage.id for stage in body.sequence]
    for at, stage in enumerate(body.sequence):
        ways = [(order[(at + 1) % len(order)], stage.interstage)]
        ways += [(way.to_stage, way.interstage) for way in body.transitions if way.from_stage == stage.id]
        yield f"{stage.id} to {', '.join(f'{to} ({_seconds(steps)})' for to, steps in ways)}"


def _seconds(steps: tuple[Step, ...]) -> str:
    return f"{sum(step.duration_ds for step in steps) / 10:g} s"
