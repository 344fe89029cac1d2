"""Lead and lag in stages: the orders in which left-turn stages may stand to the throughs of their road."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product

from networks.junction import GREENS, Intersection
from networks.network import Network
from networks.turns import across_groups
from signals.intervals import reference_ds
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, StagesBody, Step
from signals.rules import Rules
from signals.safety.judging import IntersectionJudge
from signals.safety.today import today_of
from signals.timing.allowed import allowed
from signals.timing.bounds import stage_minimums_ds
from signals.timing.lawful import cut_to_length
from signals.timing.ways import Ways

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_MOST_ORDERS = 64
_MOST_LED = 4  # left-turn stages of one road
Order = tuple[int, ...]  # places in today's sequence


@dataclass(frozen=True, slots=True)
class LedStages:
    """A timing whose lefts lead or lag otherwise than today, and what it is, in words for people."""

    timing: IntersectionPlan
    why: str


@dataclass(frozen=True, slots=True)
class _Lefts:
    """Lefts with a stage of their own: the approaches that they come from, and the stages of their throughs."""

    approaches: frozenset[str]
    throughs: frozenset[int]


def lead_lag(
    timing: IntersectionPlan,
    network: Network,
    rules: Rules,
    *,
    responding: Callable[[IntersectionPlan], IntersectionPlan] | None = None,
) -> list[LedStages]:
    """The safe orders of a timing in stages other than its own, in fixed control with its stages and its cycle.

    In each road the left-turn stages stand before or after the throughs; all else keeps its order. Interstages between
    stages that meet anew are worked out by the rules; time that they need or leave over is taken from the stages, or
    given to the longest. An order is dropped where any rule of the safety check is broken (a left trapped, a group
    served twice, ...). `responding` makes the form of it that traffic changes, which must be safe as well.
    """
    body = timing.body
    if not isinstance(body, StagesBody) or timing.untouched or timing.cycle_ds is None or body.transitions:
        return []
    intersection = network.intersection(timing.intersection_id)
    lefts = _lefts(body, intersection, left_hand=network.left_hand_traffic)
    if not lefts:
        return []
    judge = IntersectionJudge(intersection, network, rules)
    ways = Ways(intersection, rules, today_of(intersection))
    found = []
    for order in islice(_orders(len(body.sequence), lefts), 1, _MOST_ORDERS):
        made = _in_order(timing, body, order, ways, intersection, rules)
        if made is None:
            continue
        forms = [made, responding(made)] if responding else [made]
        if all(allowed(form, judge) for form in forms):
            chosen = "of all orders in which lefts may lead or lag, the one that served the vehicles best"
            found.append(LedStages(made, f"{_words(order, lefts, body)}; {chosen}"))
    return found


def left_turn_stages(timing: IntersectionPlan, network: Network) -> bool:
    """Whether a timing has stages that could lead or lag."""
    if not isinstance(timing.body, StagesBody) or timing.untouched:
        return False
    intersection = network.intersection(timing.intersection_id)
    return bool(_lefts(timing.body, intersection, left_hand=network.left_hand_traffic))


def _lefts(body: StagesBody, intersection: Intersection, *, left_hand: bool) -> dict[int, _Lefts]:
    """By their place: stages in which lefts give way to nobody, whose throughs have stages without that."""
    across = across_groups(intersection, left_hand=left_hand)
    movement = {one.id: one for one in intersection.movements}
    served = [[movement[name] for name in group.movement_ids] for group in intersection.groups]
    turning = [at for at, group in enumerate(intersection.groups) if group.id in across]
    shown = [stage.displays for stage in body.sequence]
    onward = [
        {
            one.from_link_id
            for movements, letter in zip(served, picture, strict=True)
            if letter in _GREEN_LETTERS
            for one in movements
            if one.turn == "through"
        }
        for picture in shown
    ]
    found = {}
    for at, picture in enumerate(shown):
        own = [column for column in turning if picture[column] == "G"]
        approaches = frozenset(one.from_link_id for column in own for one in served[column])
        throughs = frozenset(
            other
            for other in range(len(shown))
            if approaches <= onward[other] and all(shown[other][column] != "G" for column in own)
        )
        if own and throughs:
            found[at] = _Lefts(approaches, throughs)
    return found


def _orders(count: int, lefts: Mapping[int, _Lefts]) -> Iterator[Order]:
    """All orders, today's first: of each road one of its own."""
    orders: list[Order] = [tuple(range(count))]
    for road in _roads(lefts):
        orders = [other for order in orders for other in _of_road(order, road, lefts)]
    yield from dict.fromkeys(_begun(order, lefts) for order in orders)


def _roads(lefts: Mapping[int, _Lefts]) -> list[frozenset[int]]:
    """Left-turn stages with their throughs; those that share one are of one road."""
    roads: list[frozenset[int]] = []
    for at, one in lefts.items():
        own = {at, *one.throughs}
        roads = [*(road for road in roads if not road & own), frozenset(own).union(*(r for r in roads if r & own))]
    return roads


def _of_road(order: Order, road: frozenset[int], lefts: Mapping[int, _Lefts]) -> list[Order]:
    """The order with the lefts of one road before or after its throughs, as it is first; only that one where the stages
    of the road do not follow each other, and where there are too many to try."""
    begin = next((at for at, stage in enumerate(order) if stage in road and order[at - 1] not in road), 0)
    turned = (*order[begin:], *order[:begin])
    run, rest = turned[: len(road)], turned[len(road) :]
    movable, bound = [at for at in run if at in lefts], [at for at in run if at not in lefts]
    if not road.issuperset(run) or len(movable) > _MOST_LED:
        return [order]
    found = [order]
    for leads in product((True, False), repeat=len(movable)):
        before, after = (
            [at for at, lead in zip(movable, leads, strict=True) if lead is which] for which in (True, False)
        )
        for first, last in product((before, before[::-1]), (after, after[::-1])):
            found.append((*first, *bound, *last, *rest))
    return list(dict.fromkeys(found))


def _begun(order: Order, lefts: Mapping[int, _Lefts]) -> Order:
    """The order from today's first stage on, or, where that leads or lags otherwise now, from the first one that
    cannot."""
    today = tuple(range(len(order)))
    first = 0
    if first in lefts and _leads(order, first, lefts) != _leads(today, first, lefts):
        first = next((at for at in today if at not in lefts), 0)
    at = order.index(first)
    return (*order[at:], *order[:at])


def _leads(order: Order, stage: int, lefts: Mapping[int, _Lefts]) -> bool:
    """Whether the throughs of a left-turn stage come after it, with at most other lefts between."""
    at = order.index(stage)
    for other in (*order[at + 1 :], *order[:at]):
        if other in lefts[stage].throughs:
            return True
        if other not in lefts:
            return False
    return False


def _in_order(
    timing: IntersectionPlan, body: StagesBody, order: Order, ways: Ways, intersection: Intersection, rules: Rules
) -> IntersectionPlan | None:
    """The timing with its stages in another order; None where there is no way between two of them."""
    count, stages = len(order), []
    for at, number in enumerate(order):
        stage, onward = body.sequence[number], order[(at + 1) % count]
        steps: tuple[Step, ...] | None = stage.interstage
        if onward != (number + 1) % count:
            steps = ways.way(stage.displays, body.sequence[onward].displays)
        if steps is None:
            return None
        stages.append(stage.model_copy(update={"interstage": steps, "actuation": None}))
    made = timing.model_copy(
        update={
            "control_mode": ControlMode.FIXED,
            "body": StagesBody(sequence=tuple(stages)),
            "offset_reference": OffsetReference.STAGE_START,
            "reference": (stages[0].id,),
            "parameters": (),
        }
    )
    lengths = [stage.duration_ds + sum(step.duration_ds for step in stage.interstage) for stage in body.sequence]
    begun_ds = timing.offset_ds - reference_ds(timing) + sum(lengths[: order[0]])
    fitted = _of_length(made, body.length_ds, stage_minimums_ds(made, intersection, rules))
    return made.model_copy(
        update={"body": fitted, "cycle_ds": fitted.length_ds, "offset_ds": begun_ds % fitted.length_ds}
    )


def _of_length(timing: IntersectionPlan, length_ds: int, lows_ds: Sequence[int]) -> StagesBody:
    """The body, no stage below its minimum, with a length as near to that as they allow."""
    body = timing.body
    assert isinstance(body, StagesBody)
    durations_ds = [max(stage.duration_ds, low_ds) for stage, low_ds in zip(body.sequence, lows_ds, strict=True)]
    spare_ds = length_ds - (body.length_ds + sum(durations_ds) - sum(stage.duration_ds for stage in body.sequence))
    durations_ds[durations_ds.index(max(durations_ds))] += max(0, spare_ds)
    stages = (
        stage.model_copy(update={"duration_ds": duration_ds})
        for stage, duration_ds in zip(body.sequence, durations_ds, strict=True)
    )
    return cut_to_length(StagesBody(sequence=tuple(stages)), length_ds, lows_ds)


def led_otherwise(now: StagesBody, today: StagesBody, intersection: Intersection, *, left_hand: bool = False) -> str:
    """Which lefts lead or lag otherwise than today, in words for people; nothing where the stages are other ones, or
    follow each other as today."""
    shown, then = ([stage.displays for stage in body.sequence] for body in (now, today))
    if sorted(shown) != sorted(then) or len({*then}) < len(then):
        return ""
    order = tuple(then.index(picture) for picture in shown)
    if all((one + 1) % len(order) == other for one, other in pairwise((*order, order[0]))):
        return ""
    return _words(order, _lefts(today, intersection, left_hand=left_hand), today)


def _words(order: Order, lefts: Mapping[int, _Lefts], body: StagesBody) -> str:
    today, ids = tuple(range(len(order))), [stage.id for stage in body.sequence]
    moved = []
    for at, one in lefts.items():
        leads = _leads(order, at, lefts)
        if leads != _leads(today, at, lefts):
            now, place = ("lead", "before") if leads else ("lag", "after")
            throughs = ", ".join(ids[number] for number in sorted(one.throughs))
            links = ", ".join(sorted(one.approaches))
            moved.append(f"lefts from {links} now {now} (stage {ids[at]} {place} {throughs})")
    return "; ".join(moved) or "lefts follow each other in another order"
