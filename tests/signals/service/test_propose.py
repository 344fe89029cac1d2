"""Candidates: which junctions they time anew, and that they keep the rules that hold, whatever runs today."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.network import Network
from optimizers.methods import resplit, webster
from signals.plan import StagesBody
from signals.programs.sumo import running_plan
from signals.rules import Rules, rules_of
from signals.safety import check
from signals.service.propose import Proposal, leave_faulty_untouched, propose, with_lawful_interstages
from tests.fakes import corridor, crossroads
from tests.signals.timing.demands import demand

METHODS = {"resplit": resplit, "webster": webster}
LONGER = """
[intersection.C{0}.group.1]
yellow_s = 4.5
[[intersection.C{1}.intergreen]]
from = "4"
to = "1"
time_s = 9
"""


def _proposal(network: Network, rules: Rules) -> Proposal:
    return propose(
        network, demand(network), rules, running_plan(network),
        methods=METHODS, effort=400, seed=1, stop=lambda: False, report=lambda doing, share: None,
    )  # fmt: skip


def _lost_ds(proposal: Proposal, intersection_id: str) -> set[int]:
    """Interstage time in the cycle of each candidate with the running stages [ds]."""
    found = set()
    for candidate in proposal.candidates:
        body = candidate.plan.intersection(intersection_id).body
        assert isinstance(body, StagesBody)
        if "running stages" in candidate.name:
            found.add(sum(step.duration_ds for stage in body.sequence for step in stage.interstage))
    return found


@pytest.mark.parametrize(
    ("network", "first", "second"), [(corridor(2), "0", "1"), (crossroads(True), "", "")], ids=["corridor", "walkers"]
)
def test_longer_values_of_the_engineer_make_longer_interstages(
    network: Network, first: str, second: str, tmp_path: Path
) -> None:
    (tmp_path / "rules.toml").write_text(LONGER.format(first, second))
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")
    proposal = _proposal(network, rules)
    assert proposal.candidates
    assert proposal.refused == ()
    for candidate in proposal.candidates:
        assert check(candidate.plan, network, rules) == ()
    usual = _proposal(network, rules_of(network))
    # a yellow of 4.5 s and 2 s of red: 7 s in whole seconds instead of 5 s; an intergreen of 9 s instead of 5 s
    longer_ds = {f"C{first}": 20, f"C{second}": 40} if first != second else {"C": 60}
    for name, more_ds in longer_ds.items():
        (before_ds,) = _lost_ds(usual, name)
        assert _lost_ds(proposal, name) == {before_ds + more_ds}


def test_the_problem_of_the_incumbent_is_what_runs_today(tmp_path: Path) -> None:
    network = corridor(2)
    (tmp_path / "rules.toml").write_text(LONGER.format("0", "1"))
    rules = rules_of(network, engineer_file=tmp_path / "rules.toml")
    running = _proposal(network, rules).running
    base = leave_faulty_untouched(network, rules, running_plan(network))
    assert running.plan == base
    assert float(running.problem.step_given_s.sum()) == 2 * 80.0
    start = with_lawful_interstages(network, rules, base)
    assert start != base
    assert [timing.cycle_ds for timing in start.intersections] == [800, 800]
    assert with_lawful_interstages(network, rules_of(network), base) == base
