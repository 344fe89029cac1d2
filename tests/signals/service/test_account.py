"""The account of a job: every part of the report is there, and its numbers are those of their sources."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from networks.junction import InheritedFault
from signals.reports import ReportContent, render
from signals.rules import Crossing, Rules, Sourced, rules_of
from signals.safety import Violation, ring_structure, stage_order
from signals.service.account import account
from signals.service.account.judged import guards_of
from signals.service.account.statement import RULES, inherited_of, inputs_of
from signals.service.estimate import scaled
from signals.service.job import Outcome
from signals.service.request import Decision
from signals.timing.plans import actuated
from signals.timing.problem import problem_of
from signals.timing.response import Response
from signals.validation.guard import Guard
from tests import fakes
from tests.signals.service import outcomes

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
VOID = frozenset({"meta", "br", "link", "img", "hr"})
CASES = (
    outcomes.recommended,
    outcomes.kept_for_a_guard,
    outcomes.kept_without_candidate,
    outcomes.stopped,
)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcomes.recommended()


@pytest.fixture(scope="module")
def content(outcome: Outcome) -> ReportContent:
    return account(outcome, NOW)


class _Tags(HTMLParser):
    """Every tag that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opened and closed at once."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("case", CASES)
def test_every_end_of_a_job_gives_a_whole_page(case: object) -> None:
    page = render(account(case(), NOW))  # type: ignore[operator]
    tags = _Tags()
    tags.feed(page)
    assert not tags.wrong
    assert not tags.open
    for part in ("verdict", "not-better", "network", "corridors", "junctions", "safety", "data", "limits", "sources"):
        assert f'id="{part}"' in page
    assert not re.search(r"\b(nan|inf)\b|>None<|None s", re.sub(r"<style.*?</style>", "", page, flags=re.S))


def test_gain_and_guards_are_the_judges(outcome: Outcome, content: ReportContent) -> None:
    validation = outcome.validation
    assert validation is not None
    assert validation.difference is not None
    assert content.gain is not None
    assert content.verdict == "better"
    assert content.gain.difference_s_per_veh == validation.difference.mean_s_per_veh
    assert (content.gain.low_s_per_veh, content.gain.high_s_per_veh) == (
        validation.difference.low_s_per_veh,
        validation.difference.high_s_per_veh,
    )
    assert content.guards is not None
    assert len(content.guards) == len(validation.guards)
    assert "every guard held" in content.reason


def test_what_a_clean_trial_leaves_open_is_said(content: ReportContent) -> None:
    assert "0 of 6 runs" in {note.where: note.text for note in content.notes}["rare jams"]


def test_a_broken_guard_stands_first() -> None:
    content = account(outcomes.kept_for_a_guard(), NOW)
    assert content.decision == "kept"
    assert content.guards is not None
    assert not content.guards[0].held
    assert "N0C0" in content.guards[0].name
    assert content.notes[0].text.startswith("guard broken")
    assert "not recommended" in content.after_means
    assert outcomes.CANDIDATE in content.after_means
    assert content.junctions[0].cycle_after_s == 60  # the candidate is shown for comparison
    assert {signal.kind for signal in content.map_signals} <= {"kept", "worse"}


def test_of_the_crossings_of_a_junction_the_one_nearest_to_its_limit_is_told() -> None:
    """Broken ones each for itself; the others stand in the validation's own file."""
    outcome = outcomes.recommended()
    assert outcome.validation is not None

    def waits(crossing: str, wait_s: float, most_s: float) -> Guard:
        found = f"{wait_s:.1f} s mean wait (incumbent 20.0 s)"
        return Guard("wait on foot", f"N0C0, crossing {crossing}", found, f"at most {most_s:.1f} s", wait_s > most_s)

    crossings = (waits("n", 30, 60), waits("e", 70, 60), waits("s", 65, 75), waits("w", 10, 60))
    alone = Guard("wait on foot", "N0C1, crossing n", "5.0 s mean wait (incumbent 5.0 s)", "at most 60.0 s", False)
    guards = guards_of(replace(outcome.validation, guards=(*crossings, alone)))
    assert guards is not None
    assert [(guard.name, guard.held, guard.found, guard.allowed) for guard in guards] == [
        ("N0C0, crossing e: wait on foot", False, "70.0 s mean wait (incumbent 20.0 s)", "at most 60.0 s"),
        (
            "N0C0, nearest to its limit of 3 crossings: wait on foot",
            True,
            "crossing s: 65.0 s mean wait (incumbent 20.0 s)",
            "at most 75.0 s",
        ),
        ("N0C1, crossing n: wait on foot", True, "5.0 s mean wait (incumbent 5.0 s)", "at most 60.0 s"),
    ]


def test_without_a_candidate_there_is_no_after() -> None:
    content = account(outcomes.kept_without_candidate(), NOW)
    assert content.verdict is None
    assert content.gain is None
    assert content.guards is None
    assert not (content.notes)
    assert not (content.measures)
    assert not (content.approaches)
    assert not content.candidates
    junction = content.junctions[0]
    assert junction.cycle_before_s == 80
    assert junction.cycle_after_s is None
    assert junction.stages_before
    assert not junction.stages_after
    assert not junction.changes
    assert content.corridors[0].before
    assert not content.corridors[0].after
    page = render(content)
    assert "not available" in page
    assert "no candidate came as far as the judge" in page


def test_a_stopped_trial_says_so() -> None:
    content = account(outcomes.stopped(), NOW)
    assert content.decision == "undecided"
    assert content.gain is None
    assert content.guards is None
    assert content.reason == "Stopped before the first look, which is after 6 pairs."


def test_a_better_candidate_that_failed_the_last_safety_check() -> None:
    whole = outcomes.recommended()
    failed = replace(
        whole, decision=Decision.KEPT, plan=whole.street.incumbent, reasons=("executed: C0: found red, needed green",)
    )
    content = account(failed, NOW)
    assert "failed the last safety check" in content.reason
    assert "found red, needed green" in content.reason


def test_before_and_after_are_of_the_same_demand(outcome: Outcome, content: ReportContent) -> None:
    street = outcome.street
    busier = scaled(outcome.estimated.whole, 1.15)
    proposal = outcome.proposal
    searched = replace(proposal, running=problem_of(street.network, busier, street.rules, proposal.running.plan))
    again = account(replace(outcome, proposal=searched), NOW)
    assert again.junctions == content.junctions


def test_map_has_every_signal(content: ReportContent) -> None:
    assert [(s.label, s.x_m, s.y_m) for s in content.map_signals] == [("C0", 0, 0), ("C1", 300, 0), ("C2", 600, 0)]
    assert max(link.emphasis for link in content.map_links) == 1.0


def test_data_quality_and_fit(content: ReportContent) -> None:
    assert (content.detectors_used, content.detectors_dropped) == (2, 2)
    assert content.data_quality is not None
    assert content.demand_fit is not None
    assert {(row.detector_id, row.test) for row in content.data_quality} == {
        ("d7", "stuck"),
        ("d99", "not in the network"),
        ("d3", "silent"),
    }
    assert content.demand_fit[0].place == "link W0C0"
    assert content.demand_fit[-1].censored
    assert any("1 links (C0C1)" in note for note in content.demand_notes)
    assert dict(content.movements_by_knowledge) == {"observed": 12, "inferred": 24, "unidentifiable": 0}


def test_the_safety_statement_names_rules_and_sources(content: ReportContent) -> None:
    assert content.safety is not None
    assert content.safety.passed
    assert not content.safety.running_plan
    assert len(content.safety.rules_checked) == len(RULES)
    assert content.safety.executed == (
        "6 runs of the candidate: every display in all of them is what it says",
        "6 runs of the running plan: every display in all of them is what it says",
    )
    sources = dict(content.safety.inputs_from)
    assert sources["minimum green"] == "profile literature (36 values)"
    assert "running program" in sources["intergreen of conflicting groups, either way"]


def test_assumed_crossings_count_together_whatever_their_links_are_called() -> None:
    sources = dict(inputs_of(rules_of(fakes.corridor(2), "field")))
    assert sources["minimum green"] == "profile field (16 values); assumed crossing, walk and clearance (8 values)"
    assert sources["longest step of simulations"] == "profile field (1 value)"


def test_every_rule_of_the_check_is_named() -> None:
    import signals.safety

    of_plans = [
        path.read_text()
        for path in Path(signals.safety.__file__).parent.glob("*.py")
        if path.stem
        not in ("audit", "executed_ends", "executed_ring_ends", "flags", "transitions")  # shown, ways, flags
    ]
    text = "".join(of_plans)
    named = set(re.findall(r'Violation\(\s*"([a-z-]+)"', text)) | {
        *("min-green", "pedestrian-green", "yellow", "red-amber", "walk", "pedestrian-clearance"),
        *(ring_structure.RULE, stage_order.RULE),
    }
    assert named - {"inherited", "program", "cycles-apart"} == set(RULES)  # of what runs today; a flag


def test_faults_of_the_running_plan_are_not_called_ours() -> None:
    fault = Violation("yellow", "intersection 'C0'", "2 s", "3 s")
    content = account(replace(outcomes.kept_without_candidate(), violations=(fault,)), NOW)
    page = render(content)
    assert content.safety is not None
    assert content.safety.running_plan
    assert not content.safety.passed
    assert "Faults of today." in page
    assert "must not run" not in re.sub(r"Where the street has some[^<]*", "", page)


def test_faults_of_today_are_listed_with_their_consequence(outcome: Outcome) -> None:
    network = outcome.street.network
    first, *others = network.intersections
    fault = InheritedFault("missing-yellow", first.id, "group 3", "0 s of yellow", "at least 3 s")
    faulty = replace(network, intersections=(replace(first, inherited_faults=(fault,)), *others))
    for recommended, consequence in ((True, "repaired"), (False, "runs on in the plan that is kept")):
        rows = inherited_of(faulty, outcome.street.rules, outcome.plan, recommended=recommended)
        assert [(row.rule, row.junction_id, row.consequence) for row in rows] == [
            ("missing-yellow", first.id, consequence)
        ]


def test_what_the_rules_find_in_the_running_program_is_listed(outcome: Outcome, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text("[intersection.C0.group.1]\nyellow_s = 4\n")
    network = outcome.street.network
    rules = rules_of(network, engineer_file=file)
    rows = inherited_of(network, rules, outcome.street.incumbent, recommended=False)
    assert {(row.rule, row.junction_id) for row in rows} == {("yellow", "C0"), ("intergreen", "C0")}
    (yellow,) = [row for row in rows if row.rule == "yellow"]
    assert yellow.where.startswith("signal group '1'")
    assert (yellow.found, yellow.needed) == ("3 s", "exactly 4 s")


def test_seeds_sources_and_candidates(outcome: Outcome, content: ReportContent) -> None:
    assert content.seeds == tuple(range(1001, 1007))
    assert [(row.purpose, row.realisations, row.seeds, row.runs) for row in content.runs] == [
        ("race 1 (search seed 1)", "1 to 2", "2 to 3", 4),
        ("verdict (both plans on each)", "1001 to 1006", "1001 to 1006", 12),
    ]
    digests = {source.name: source.digest for source in content.sources}
    assert digests["network"] == outcome.street.network.digest
    assert digests["plan written"] == outcome.plan.digest() == content.plan_digest
    assert digests["candidate judged"] == digests["plan written"]
    assert [(row.place, row.name, row.remark) for row in content.candidates] == [
        (1, outcomes.CANDIDATE, "went to the judge"),
        (2, "running plan", "runs today"),
    ]
    assert content.command == "greenband plan --network street.net.xml --flows flows.csv --out out --effort 4 --pairs 6"
    assert content.period == "07:00 to 08:00"
    assert content.created_utc == "2026-01-02 03:04 UTC"


def test_limits_say_what_this_street_has_not(content: ReportContent) -> None:
    text = " ".join(content.not_modelled)
    assert "no signalised crossing" in text
    assert "right on red" in text
    assert "queues stand on the spot" in text
    assert any("estimated demand" in line for line in content.assumptions)


def test_crossings_that_are_assumed_are_not_called_absent(outcome: Outcome) -> None:
    rules = outcome.street.rules.model_copy(update={"pedestrians": "assumed"})
    found = account(replace(outcome, street=replace(outcome.street, rules=rules)), NOW)
    assert not any("must not run" in line for line in found.not_modelled)
    assert any("one assumed on every leg" in line for line in found.assumptions)


def test_crossings_that_nobody_can_walk_over_are_told_beside_the_decision(outcome: Outcome) -> None:
    """With the reason, and that no verdict holds for them."""
    rules = outcome.street.rules
    (first, *others) = rules.intersections
    walk = Sourced(value_ds=70, source="test")
    over = {"link_ids": ("a",), "length_m": 9.0, "group_ids": (), "walk": walk, "clearance": walk}
    crossing = Crossing(**over, source="assumed crossing over a (9.0 m)", not_served="no green holds the traffic")
    fields = {name: getattr(rules, name) for name in Rules.model_fields} | {"pedestrians": "assumed"}
    fields["intersections"] = (first.model_copy(update={"crossings": (crossing,)}), *others)
    found = account(replace(outcome, street=replace(outcome.street, rules=Rules.model_validate(fields))), NOW)
    (line,) = re.findall("<strong>(.*?)</strong>", render(found))
    assert "1 of 1 crossings on foot are not served" in line
    text = " ".join(found.assumptions)
    assert "crossing-not-served: " in text
    assert "no green holds the traffic" in text
    assert "held; 1 of 1 crossings on foot are not served." in text


def test_without_crossings_by_request_the_decision_is_never_read_without_it(outcome: Outcome) -> None:
    rules = outcome.street.rules.model_copy(update={"pedestrians": "none"})
    page = render(account(replace(outcome, street=replace(outcome.street, rules=rules)), NOW))
    (line,) = re.findall("<strong>(.*?)</strong>", page)
    assert "no crossing on foot was taken into account, as asked for" in line


def test_a_cycle_that_does_not_divide_the_day_is_told_with_its_jump(outcome: Outcome) -> None:
    plan = outcome.plan
    odd = [timing.model_copy(update={"cycle_ds": 620}) for timing in plan.intersections]
    jumping = replace(outcome, plan=plan.model_copy(update={"intersections": tuple(odd)}))
    (line,) = (line for line in account(jumping, NOW).assumptions if "does not divide the day" in line)
    assert f"62 s ({len(odd)} signals) does not divide the day: at 00:00 local time the clock jumps by 28 s" in line


def test_loops_that_a_plan_takes_for_granted_are_told(outcome: Outcome) -> None:
    assert not any("for granted" in line for line in account(outcome, NOW).assumptions)
    network, rules = outcome.street.network, outcome.street.rules
    usual = actuated(outcome.plan, network, rules)
    (line,) = (one for one in account(replace(outcome, plan=usual), NOW).assumptions if "for granted" in one)
    assert "a loop in every lane for granted, 1 s of driving before the stop line;" in line
    limited = actuated(outcome.plan, network, rules, Response(loops_ahead_ds=25, presence_limit_ds=300))
    (line,) = (one for one in account(replace(outcome, plan=limited), NOW).assumptions if "for granted" in one)
    assert "2.5 s of driving before the stop line, where one that is occupied for 30 s holds no green;" in line


def test_it_is_quick(outcome: Outcome) -> None:
    begin = time.perf_counter()
    account(outcome, NOW)
    assert time.perf_counter() - begin < 3.0
