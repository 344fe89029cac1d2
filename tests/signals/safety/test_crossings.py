"""Nobody drives over people who walk where no lamps of their own are: the displays of a plan, of rings, of a way."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from networks.network import Network
from signals.control import timing_of
from signals.plan import IntersectionPlan, TimingPlan
from signals.rules import Rules, over_leg, rules_of
from signals.rules.over_leg import shown_by
from signals.safety import check, check_transition, flags
from tests.fakes import crossroads, t_junction, with_letters
from tests.signals.plans import changed, touched

GREENS_S = (40, 30)  # room for walk and clearance on both streets


def _assumed(network: Network) -> Rules:
    return rules_of(network, "literature", pedestrians="assume")


def _with_arrow(network: Network) -> TimingPlan:
    """What runs, but for the main street's right, which goes on beside the stem."""
    shown = with_letters(network, {"WC->CS": "GG"})
    timing = timing_of(shown.intersections[0].running, shown.intersections[0])
    return TimingPlan(network_digest=network.digest, intersections=(timing,))


def test_what_runs_at_a_t_is_safe_to_walk() -> None:
    network = t_junction(GREENS_S)
    assert check(touched(network), network, _assumed(network)) == ()


def test_an_arrow_over_a_leg_that_people_walk_over_is_refused() -> None:
    """As other greens it is allowed: the right meets nobody else there."""
    network = t_junction(GREENS_S)
    plan = _with_arrow(network)
    assert check(plan, network, rules_of(network, pedestrians="none")) == ()
    (found,) = check(plan, network, _assumed(network))
    assert (found.rule, found.needed) == ("crossing", "nobody who does not yield")
    assert found.where == "intersection 'C', assumed crossing over CW, WC (12.8 m)"
    assert found.found == "signal groups '4' drive over it while people walk beside '3'"


def test_a_yellow_over_people_is_refused() -> None:
    network = t_junction(GREENS_S)

    def change(fields: dict[str, object]) -> None:
        main = fields["body"]["sequence"][0]  # type: ignore[index]
        main["interstage"].append({"displays": "rrGGyr", "duration_ds": 10})

    assert "crossing" in {v.rule for v in check(changed(touched(network), change), network, _assumed(network))}


def test_the_green_that_people_walk_beside_is_long_enough_for_them() -> None:
    network = t_junction((40, 15))
    found = check(touched(network), network, rules_of(network, "field"))
    assert {(v.rule, v.where, v.found) for v in found} == {
        ("min-green", "intersection 'C', signal group '3'", "15 s"),
    }


def test_on_the_way_between_plans_each_is_judged_by_itself() -> None:
    """The arrow runs in the second plan; what it breaks there is not broken by the way."""
    network = t_junction(GREENS_S)
    rules = _assumed(network)
    new = _with_arrow(network).intersections[0]
    old = touched(network).intersections[0]
    later: IntersectionPlan = old.model_copy(update={"offset_ds": 150})
    assert check_transition(old, later, network, rules, "dwell") == ()
    assert "crossing" not in {v.rule for v in check_transition(old, new, network, rules, "dwell")}


def test_a_crossing_that_is_not_served_is_to_be_known() -> None:
    network = with_letters(t_junction(GREENS_S), {"WC->CS": "GG"})
    plan, rules = touched(network), rules_of(network, "field")
    (flag,) = [flag for flag in flags(plan, network, rules) if flag.rule == "crossing-not-served"]
    assert flag.place == "assumed crossing over CW, WC (12.8 m)"
    assert flag.found.startswith("no green of today holds the traffic over the leg all along (40 s: right 4, ")
    untouched = plan.model_copy(
        update={"intersections": (plan.intersections[0].model_copy(update={"untouched": True}),)}
    )
    assert flag in flags(untouched, network, rules)  # it is as little served where it runs on


@st.composite
def streets(draw: st.DrawFn) -> Network:
    """A junction on which some movements have other greens than usual."""
    network = draw(st.sampled_from([t_junction(GREENS_S), crossroads(), replace(t_junction(), left_hand_traffic=True)]))
    movements = st.sampled_from([movement.id for movement in network.intersections[0].movements])
    letters = st.sampled_from(["Gr", "rG", "GG", "gr", "rg", "gg", "Gg", "rr"])
    return with_letters(network, draw(st.dictionaries(movements, letters, max_size=4)))


@settings(max_examples=60, deadline=None)
@given(streets())
def test_what_runs_never_drives_over_people_and_served_is_who_can_walk(network: Network) -> None:
    """Whatever runs: each crossing walks beside one group, in one of its greens at least, or says why it does not."""
    rules = _assumed(network)
    assert "crossing" not in {violation.rule for violation in check(touched(network), network, rules)}
    for one in rules.intersections:
        intersection = network.intersection(one.intersection_id)
        for crossing in one.crossings:
            over = over_leg(network, intersection, crossing.link_ids)
            walked = any(over.walked(crossing.group_ids, shown) for shown, _ in shown_by(intersection))
            assert walked is not bool(crossing.not_served)
            assert len(crossing.group_ids) == int(walked)
