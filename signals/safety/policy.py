"""What the rules leave as it runs: stages and their order, how lefts are served, right turn on red."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from networks.faults import InputError
from networks.junction import Display, Intersection
from networks.network import Network
from networks.turns import across_groups
from signals.control import timing_of
from signals.plan import IntersectionPlan, RingsBody, StagesBody
from signals.rules import Rules
from signals.safety.detectors import DetectorJudge
from signals.safety.ring_sequence import sequence_violations, turning_of
from signals.safety.ring_structure import structure_violations
from signals.safety.spans import Spans
from signals.safety.stage_order import StageOrder
from signals.safety.today import Today
from signals.safety.violation import Violation

_GREEN = frozenset("gG")


class PolicyJudge:
    """Judges one intersection by the policies of the rules; finds nothing where the rules have none."""

    def __init__(self, intersection: Intersection, network: Network, rules: Rules, today: Today) -> None:
        self._intersection, self._policy, self._today = intersection, rules.policy, today
        self._where, self._left_hand = f"intersection {intersection.id!r}", network.left_hand_traffic
        self._detectors = DetectorJudge(intersection, network)
        across = across_groups(intersection, left_hand=self._left_hand)
        self._lefts = [(at, group.id) for at, group in enumerate(intersection.groups) if group.id in across]
        self._order: StageOrder | None = None  # that of today, worked out when first asked for

    def violations(self, timing: IntersectionPlan, order: Spans) -> Iterator[Violation]:
        """All violations of the policies."""
        if self._policy.stages_as_today and self._running is not None:
            yield from self._of_stages(timing, self._running)
        if self._policy.left_turns_as_today:
            yield from self._of_lefts(order)
        if self._policy.detectors_as_found:
            yield from self._detectors.violations(timing)

    @cached_property
    def _running(self) -> StagesBody | RingsBody | None:
        """What runs; None where that is nothing to compare with: such a program can only run on untouched."""
        try:
            return timing_of(self._intersection.running, self._intersection).body
        except InputError:
            return None

    def _of_stages(self, timing: IntersectionPlan, running: StagesBody | RingsBody) -> Iterator[Violation]:
        """The running stages, each once a cycle, in their order but for lefts that lead or lag; rings serve them
        between their barriers. Running rings stay as they are but for their times, and for such lefts."""
        if isinstance(running, RingsBody):
            turning = turning_of(self._intersection, left_hand=self._left_hand)
            yield from structure_violations(timing, running, turning)
            return
        if isinstance(timing.body, RingsBody):
            yield from sequence_violations(timing, timing.body, running, self._intersection, left_hand=self._left_hand)
            yield from self._of_right_on_red()
            return
        if self._order is None:
            self._order = StageOrder(self._intersection, running, left_hand=self._left_hand)
        yield from self._order.violations(timing.body)

    def _of_right_on_red(self) -> Iterator[Violation]:
        """Who may stop and then turn today: rings have no word for it, and show red."""
        for group in self._intersection.groups:
            if Display.STOP_THEN_TURN.value in self._today.letters[group.id]:
                found, needed = "red, for rings have no word for right turn on red", "stop then turn, as today"
                yield Violation("right-on-red", f"{self._where}, signal group {group.id!r}", found, needed)

    def _of_lefts(self, order: Spans) -> Iterator[Violation]:
        """Lefts show the greens that they show today: protected, permitted, or both."""
        for position, name in self._lefts:
            shown, as_today = _GREEN & {*order.columns[position]}, self._today.letters[name] & _GREEN
            if shown != as_today:
                where = f"{self._where}, signal group {name!r}"
                yield Violation("left-turn-mode", where, _mode(shown), f"{_mode(as_today)}, as today")


def _mode(greens: frozenset[str]) -> str:
    names = {"G": "protected", "g": "permitted"}
    return " and ".join(names[letter] for letter in sorted(greens)) or "no green"
