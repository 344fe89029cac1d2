"""What is told of stages in another order: who leads or lags, and the interstages between those that meet anew."""

from __future__ import annotations

from signals.control import timing_of
from signals.plan import IntersectionPlan, StagesBody
from signals.service.account.stage_order import order_facts, order_reason
from signals.timing.stages import lead_lag
from tests.fakes import crossroads
from tests.signals.judged_streets import judged_street
from tests.signals.plans import touched

_LEFTS = "lefts from left0A0.60.00, right0A0.60.00 now lag (stage S1 after S2)"


def _both() -> tuple[IntersectionPlan, IntersectionPlan]:
    judged = judged_street("led field")
    intersection = judged.network.intersections[0]
    today = timing_of(intersection.running, intersection)
    return today, lead_lag(today, judged.network, judged.rules)[0].timing


def test_the_reason_names_lefts_and_new_interstages() -> None:
    old, new = _both()
    intersection = judged_street("led field").network.intersections[0]
    anew = "between stages that meet anew: S2 to S1 5 s, S1 to S3 5 s, S5 to S2 5 s"
    assert order_reason(new, old, intersection, "", left_hand=False) == f"{_LEFTS}; {anew}"
    assert order_reason(new, old, intersection, "so", left_hand=False) == f"so; {anew}"


def test_the_page_has_both_orders_and_none_where_nothing_is_changed() -> None:
    old, new = _both()
    intersection = judged_street("led field").network.intersections[0]
    said = (f"S2, S1, S3, S4, S5: {_LEFTS}", "S1, S2, S3, S4, S5")
    assert order_facts(new, old, intersection, left_hand=False) == said
    assert order_facts(new, None, intersection, left_hand=False) is None
    assert order_facts(old, old, intersection, left_hand=False) is None


def test_other_stages_are_no_lead_or_lag() -> None:
    network = crossroads()
    (timing,) = touched(network).intersections
    assert isinstance(timing.body, StagesBody)
    stages = tuple(
        stage.model_copy(update={"displays": stage.displays.replace("g", "G")}) for stage in timing.body.sequence
    )
    other = timing.model_copy(update={"body": timing.body.model_copy(update={"sequence": stages})})
    assert order_facts(other, timing, network.intersections[0], left_hand=False) is None
    reason = order_reason(other, timing, network.intersections[0], "", left_hand=False)
    assert reason == "the candidate has its stages in another order"
