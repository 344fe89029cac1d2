"""Free choice of the next stage: ways from every stage to the others, so that a controller goes where it is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from networks.junction import GREENS, GroupKind, Intersection
from networks.network import Network
from signals.control import successions
from signals.plan import IntersectionPlan, StagesBody, StageTiming, Transition
from signals.rules import Rules
from signals.safety.today import today_of
from signals.safety.traps import TrapJudge
from signals.timing.bounds import as_long_as_alone
from signals.timing.detection import Loops
from signals.timing.ways import Ways

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_LEAST_STAGES = 3


def with_free_choice(
    timing: IntersectionPlan, intersection: Intersection, network: Network, rules: Rules
) -> IntersectionPlan:
    """An actuated timing in which the controller may go from each stage to any other one that is called.

    Left out are ways that no intergreen is known for, that change a green as it never changes today, that would let a
    green with a maximum go on beyond it, that would trap a left, and that pass over a green which nobody in its lanes
    can call. Every stage is as long as the minimum greens and clearances of its groups ask for alone. Itself where
    nothing is to be chosen, and where greens flash before they end: the end would have to be known before the next
    stage is.
    """
    body = timing.body
    rows = [rules.group(intersection.id, name) for name in timing.group_ids]
    if not isinstance(body, StagesBody) or len(body.sequence) < _LEAST_STAGES:
        return timing
    if any(row.green_flash_ds for row in rows):
        return timing
    street = _Street(intersection, network, rules)
    round_ = _Round(body, [row.max_green_ds is not None for row in rows], street.uncalled(body))
    ways = [
        Transition(from_stage=body.sequence[one].id, to_stage=body.sequence[other].id, interstage=steps)
        for one, other in round_.moves()
        if (steps := street.ways.way(body.sequence[one].displays, body.sequence[other].displays)) is not None
    ]
    ways = [way for way in ways if not street.traps(timing, body, way)]
    if not ways:
        return timing
    stages = tuple(as_long_as_alone(stage, timing.group_ids, intersection, rules) for stage in body.sequence)
    freed = timing.model_copy(update={"body": StagesBody(sequence=stages, transitions=tuple(ways))})
    return freed.model_copy(update={"call_limit_ds": _round_ds(stages, ways)})


def _round_ds(stages: Sequence[StageTiming], ways: Sequence[Transition]) -> int:
    """Every stage once, at its longest, with its longest interstage [ds]."""
    total_ds = 0
    for stage in stages:
        own = [stage.interstage, *(way.interstage for way in ways if way.from_stage == stage.id)]
        total_ds += max(sum(step.duration_ds for step in steps) for steps in own)
        total_ds += stage.duration_ds if stage.actuation is None else stage.actuation.max_ds
    return total_ds


@dataclass(frozen=True, slots=True)
class _Round:
    """Stages by their place in the sequence; every move goes onward round it, past the stages that it leaves out."""

    body: StagesBody
    limited: Sequence[bool]  # by column: green no longer than a maximum
    uncalled: frozenset[int]  # columns of groups that must come in every round

    def moves(self) -> Iterator[tuple[int, int]]:
        """From and to, of moves beside the sequence, nearest first; greens with a maximum go on only towards the end of
        their window in the sequence, and one stage of each uncalled group is never passed over."""
        count = len(self.body.sequence)
        kept = {self._kept(column) for column in self.uncalled}
        for one in range(count):
            for length in range(2, count):
                between = {(one + n) % count for n in range(1, length)}
                other = (one + length) % count
                if not between & kept and not any(self._beyond(column, one, length) for column in self._limits):
                    yield one, other

    @property
    def _limits(self) -> list[int]:
        return [column for column, limited in enumerate(self.limited) if limited]

    def _green(self, column: int) -> list[bool]:
        return [stage.displays[column] in _GREEN_LETTERS for stage in self.body.sequence]

    def _kept(self, column: int) -> int:
        green = self._green(column)
        return max((at for at, lit in enumerate(green) if lit), key=lambda at: self.body.sequence[at].duration_ds)

    def _beyond(self, column: int, one: int, length: int) -> bool:
        """Whether a green lasts over a move that leaves out a stage in which the group is red."""
        green, count = self._green(column), len(self.body.sequence)
        lasts = green[one] and green[(one + length) % count]
        return lasts and not all(green[(one + n) % count] for n in range(length))


class _Street:
    """What the street and the rules say of changes and lanes."""

    def __init__(self, intersection: Intersection, network: Network, rules: Rules) -> None:
        self._intersection, self._rules = intersection, rules
        today = today_of(intersection)
        self._traps = TrapJudge(intersection, today, left_hand=network.left_hand_traffic)
        self.ways = Ways(intersection, rules, today)
        self._served = [group.kind is not GroupKind.UNUSED for group in intersection.groups]
        self._loops = Loops(network)
        self._lanes: dict[str, set[str]] = {}  # by group
        for movement in intersection.movements:
            if movement.turn != "crossing":
                for lane_link in map(network.lane_link, movement.lane_link_ids):
                    if lane_link.group_id is not None:
                        self._lanes.setdefault(lane_link.group_id, set()).add(lane_link.from_lane_id)

    def uncalled(self, body: StagesBody) -> frozenset[int]:
        """Columns of the groups with a lane whose queue calls none of their stages, and of those without lanes."""
        calling = [{*self._loops.lanes_of(stage, body, self._intersection)} for stage in body.sequence]
        found = set()
        for column, group in enumerate(self._intersection.groups):
            own = [
                lanes
                for stage, lanes in zip(body.sequence, calling, strict=True)
                if stage.displays[column] in _GREEN_LETTERS
            ]
            lanes = self._lanes.get(group.id, set())
            if self._served[column] and own and not (lanes and lanes <= set().union(*own)):
                found.add(column)
        return frozenset(found)

    def traps(self, timing: IntersectionPlan, body: StagesBody, way: Transition) -> bool:
        """Whether a way ends the yellow of a left while the oncoming green stays, as it never does today."""
        alone = timing.model_copy(update={"body": body.model_copy(update={"transitions": (way,)})})
        return any(self._traps.violations(successions(alone)))
