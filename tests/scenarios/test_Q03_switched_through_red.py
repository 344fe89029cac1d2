"""Plans that share no picture, stages by night, rings by day: SUMO is led through red and shows what was foreseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.control import NotExpressible
from signals.control.between import everything_between
from signals.control.transitions import Handover, Method, transition
from signals.plan import IntersectionPlan, TimingPlan
from signals.programs.sumo import write_switching
from signals.rules import Rules, rules_of
from signals.safety import audit, audit_between, check, check_transition
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, coordinated, of_sumo, rings
from tests.signals.sumo_streets import executed, street
from tests.signals.transition_plans import stages

_END_S = 1800


def _lagging(fields: Fields) -> None:
    """In each street one left leads and one lags, so that the lefts are never green together."""
    fields["body"]["rings"][1] = [[6, 5], [8, 7]]


def _plans(network: Network) -> dict[str, TimingPlan]:
    whole, timings = touched(network), {"night": stages(network, (3, 0), 11), "day": rings(of_sumo, _lagging)}
    return {name: whole.model_copy(update={"intersections": (timing,)}) for name, timing in timings.items()}


@pytest.mark.scenario
@pytest.mark.parametrize("first_s", [300, 333, 377])
def test_the_street_shows_what_was_foreseen(first_s: int, tmp_path: Path) -> None:
    network = sumo_net.read(street("lefts"))
    rules, plans = rules_of(network), _plans(network)
    assert all(check(plan, network, rules) == () for plan in plans.values())
    turns = [(0, "night"), (first_s, "day"), (first_s + 700, "night"), (_END_S, "")]
    write_switching(plans, "night", turns[1:3], network, tmp_path / "day.add.xml", rules=rules)
    shown = executed(street("lefts"), tmp_path / "day.add.xml", tmp_path, _END_S)["A0"]
    channels = [group.channels[0] for group in network.intersections[0].groups]
    for (_, old), (switch_s, new), (until_s, _) in zip(turns, turns[1:], turns[2:], strict=False):
        before, after = (plans[name].intersections[0] for name in (old, new))
        foreseen = transition(before, after, 10 * switch_s, "dwell", rules)
        end_s = switch_s + foreseen.duration_ds // 10
        seen = tuple(
            ("".join(state[at] for at in channels), 10) for second, state in shown if switch_s <= second < end_s
        )
        assert seen == tuple((displays, 10) for displays, ds in foreseen.rows for _ in range(ds // 10))
        assert "r" * len(channels) in {displays for displays, _ in seen}

        def as_shown(one: IntersectionPlan, other: IntersectionPlan, at: int, how: Method, given: Rules) -> Handover:
            return Handover(at, seen, 10)  # noqa: B023

        moments = [10 * switch_s]
        assert check_transition(before, after, network, rules, "dwell", switches_ds=moments, simulate=as_shown) == ()
        between = everything_between(before, (after,), "dwell", rules)
        assert (
            audit_between(
                [row for row in shown if switch_s - 200 <= row[0] < until_s], between, network.intersections[0]
            )
            == ()
        )
        assert audit({"A0": [row for row in shown if end_s <= row[0] < until_s]}, plans[new], network) == ()


def test_without_rules_or_time_it_is_refused(tmp_path: Path) -> None:
    network = sumo_net.read(street("lefts"))
    plans, path = _plans(network), tmp_path / "day.add.xml"
    with pytest.raises(NotExpressible, match="no picture with a green is common"):
        write_switching(plans, "night", [(300, "day")], network, path)
    with pytest.raises(NotExpressible, match="before the way to 'day' is over"):
        write_switching(plans, "night", [(300, "day"), (310, "night")], network, path, rules=rules_of(network))
    free = {**plans, "day": plans["day"].model_copy(update={"intersections": (rings(of_sumo, _lagging, coordinated),)})}
    with pytest.raises(NotExpressible, match="SUMO switches between fixed plans"):
        write_switching(free, "night", [(300, "day")], network, path, rules=rules_of(network))
    assert not path.exists()
