"""Timing sheets to print: in the controller's terms, minimums ticked, changes marked, sources named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape

from networks.importers import sumo_net
from signals.control import running_plan
from signals.controllers import Controllers
from signals.plan import TimingPlan
from signals.reports import TimingSheet, render_sheets
from signals.rules import rules_of
from signals.service.account.choices import LIMIT, MOVES, choices
from signals.service.account.sheets import sheets_of
from signals.timing.plans import actuated
from signals.timing.plans import coordinated as coordinated_stages
from signals.timing.response import Response
from tests.fakes import corridor, crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, coordinated, phase, plan_of, rings, walking
from tests.signals.rules.test_field import with_tight_pairs
from tests.signals.sumo_streets import street as generated

WALKERS = crossroads(True)


def _of_rings(today: TimingPlan | None = None) -> TimingSheet:
    plan = plan_of(rings(walking), WALKERS)
    (sheet,) = sheets_of(WALKERS, plan, today or running_plan(WALKERS), rules_of(WALKERS))
    return sheet


def test_ring_phases_stand_with_split_and_least_split() -> None:
    rows = {row.name: row for row in _of_rings().rows}
    assert [*rows] == [str(number) for number in range(1, 9)]
    assert [(row.start_s, row.duration_s) for row in rows.values()][:4] == [(0, 11), (11, 39), (50, 11), (61, 39)]
    assert rows["1"].minimum_s == 10  # minimum green 5, yellow 3, red clearance 2
    assert rows["2"].minimum_s == 32  # walk 7, clearance 12, 8 of the buffer, yellow 3, red clearance 2
    assert all(row.held for row in rows.values())
    assert rows["2"].drives == "10, (9), 14 on foot"
    assert rows["2"].marks == "coordinated"
    assert rows["2"].before_s is None
    assert replace(rows["1"], minimum_s=11.5).held is False


def test_what_differs_from_today_is_marked() -> None:
    def today(fields: Fields) -> None:
        walking(fields)
        for number, split_s in {1: 13, 2: 37}.items():
            phase(fields, number)["split_ds"] = 10 * split_s
        fields["offset_ds"] = 100

    sheet = _of_rings(plan_of(rings(today), WALKERS))
    assert [row.name for row in sheet.rows if row.changed] == ["1", "2"]
    assert [(fact.name, fact.before) for fact in sheet.facts if fact.changed] == [
        ("offset", "10 s: first green of 2, 6"),
    ]
    assert {group.label.partition(":")[0] for group in sheet.groups if group.changed} == {"5", "10", "9"}


def test_safety_inputs_name_their_sources() -> None:
    sheet = _of_rings()
    assert sheet.input_columns == ("min. green", "yellow", "walk", "clearance on foot")
    sources = dict(sheet.sources)
    assert sources["a"] == "profile literature"
    crossing = next(group for group in sheet.groups if group.label.startswith("14"))
    assert (crossing.green_s, crossing.minimum_s, crossing.held) == (19, 19, True)
    value, letter = crossing.inputs[3].split()
    assert (value, sources[letter]) == ("12", "formula: 12.8 m / 1.07 m/s, up to tenths")
    row = dict(sheet.matrix)["12"]
    assert [*zip(sheet.matrix_columns, row, strict=True)][:5] == [
        ("0", "13 e"), ("1", "13 e"), ("2", "13 e"), ("3", "13 e"), ("4", ""),
    ]  # fmt: skip
    assert sources["e"] == "running program"


def test_the_numbers_of_formulas_stand_with_the_letter_by_group() -> None:
    street = with_tight_pairs(crossroads())
    plan = running_plan(street)
    rules = rules_of(street, "field", pedestrians="none")
    (sheet,) = sheets_of(street, plan, plan, rules, untouched=True)
    row = dict(sheet.matrix)["1"]
    _, letter = row[sheet.matrix_columns.index("4")].split()
    said = dict(sheet.sources)[letter]
    law, *numbers = said.split("; group ")
    time = rules.intergreen("C", "1", "4").time
    assert time is not None
    assert time.source in {f"{law}: {one.partition(': ')[2]}" for one in numbers}
    groups = [name for one in numbers for name in one.partition(": ")[0].split(", ")]
    assert sorted(groups) == sorted({entry.ending for entry in rules.intersection("C").intergreens} & {*groups})
    assert len(groups) == len({*groups}) > 4
    assert said in unescape(render_sheets([sheet], "street"))


def test_stages_stand_with_todays_duration_of_the_same_greens() -> None:
    network = corridor(2)

    def longer(fields: Fields) -> None:
        fields["body"]["sequence"][1]["duration_ds"] = 350

    plan = changed(touched(network), longer)
    first, second = sheets_of(network, plan, running_plan(network), rules_of(network))
    assert [(r.name, r.start_s, r.duration_s, r.before_s, r.changed) for r in first.rows] == [
        ("S1", 0, 40, 40, False),
        ("S2", 45, 35, 30, True),
    ]
    assert [fact.name for fact in first.facts if fact.changed] == ["cycle"]
    assert not any(row.changed for row in second.rows)
    assert first.rows[0].details == ("5 = 3 + 2",)  # yellow, all red


def test_stages_start_where_the_greens_of_their_groups_do() -> None:
    """All seconds of a page in stages are of one clock, also where its zero is the end of the coordinated stage."""
    street = corridor(2)
    plan = coordinated_stages(touched(street), street, rules_of(street))
    sheet, _ = sheets_of(street, plan, running_plan(street), rules_of(street))
    assert next(fact.value for fact in sheet.facts if fact.name == "offset") == "40 s: green end of S1"
    assert {row.name: row.start_s for row in sheet.rows} == {"S1": 40, "S2": 5}
    assert {group.greens.partition("\N{EN DASH}")[0].lstrip("(") for group in sheet.groups} == {"5", "40"}
    assert sheet.rows[0].details[sheet.detail_columns.index("ends at")] == "0"
    assert sheet.rows[0].details[sheet.detail_columns.index("detectors")] == ""  # none can end the coordinated one


def test_todays_offset_is_said_by_the_reference_of_the_plan_too() -> None:
    street = corridor(2)
    plan = coordinated_stages(touched(street), street, rules_of(street))
    sheet, _ = sheets_of(street, plan, running_plan(street), rules_of(street))
    (offset,) = [fact for fact in sheet.facts if fact.name == "offset"]
    assert not offset.changed  # the same second of the clock, by another name
    (timing, *others) = plan.intersections
    moved = plan.model_copy(update={"intersections": (timing.model_copy(update={"offset_ds": 120}), *others)})
    sheet, _ = sheets_of(street, moved, running_plan(street), rules_of(street))
    (offset,) = [fact for fact in sheet.facts if fact.name == "offset"]
    assert (offset.value, offset.before) == (
        "12 s: green end of S1",
        "0 s: stage start of S1 (40 s: green end of S1)",
    )


def test_a_column_of_nothing_is_not_printed() -> None:
    sheet = _of_rings()
    shown = [sheet.detail_columns[at] for at in sheet.shown_details]
    assert {*sheet.detail_columns} - {*shown} == {"max 2", "detectors"}
    page = render_sheets([sheet], "street")
    assert "max 1</th>" in page
    assert "max 2</th>" not in page


def test_the_page_says_which_demand_it_is_for() -> None:
    street = corridor(2)
    plan = touched(street).model_copy(update={"made_for": "17:00 to 18:00, zone UTC"})
    sheet, _ = sheets_of(street, plan, running_plan(street), rules_of(street))
    assert (sheet.facts[0].name, sheet.facts[0].value) == ("made for", "17:00 to 18:00, zone UTC")


def test_letters_of_formulas_are_explained_where_some_stand() -> None:
    explained = "In formulas W and s are the way"
    assert explained not in render_sheets([_of_rings()], "street")
    street = with_tight_pairs(crossroads())
    (sheet,) = sheets_of(street, touched(street), running_plan(street), rules_of(street, "field"))
    assert explained in render_sheets([sheet], "street")


def test_what_is_left_as_it_runs_has_a_sheet_only_on_request() -> None:
    network = corridor(2)
    plan = running_plan(network)
    assert sheets_of(network, plan, plan, rules_of(network)) == ()
    assert len(sheets_of(network, plan, plan, rules_of(network), untouched=True)) == 2


def test_what_runs_on_with_faults_is_told_and_ticked_nowhere() -> None:
    sound = crossroads()
    (place,) = sound.intersections
    pairs = tuple(  # more than lies between their greens today
        replace(pair, intergreen_ds=(60, 50)) if (pair.first, pair.second) == ("1", "4") else pair
        for pair in place.pairs
    )
    faulty = replace(sound, intersections=(replace(place, pairs=pairs),))
    for street, fine in ((sound, True), (faulty, False)):
        plan, rules = running_plan(street), rules_of(street)
        (sheet,) = sheets_of(street, plan, plan, rules, untouched=True)
        page = render_sheets([sheet], "street")
        assert (sheet.untouched, sheet.faults == ()) == (True, fine)
        assert "Left exactly as it runs today" in page
        assert ("with faults of its own" in page) == (not fine)
        assert ('<span class="good">✓</span>' in page) == fine


def test_the_page_has_a_place_to_sign_and_the_whole_digest() -> None:
    sheet = _of_rings()
    page = render_sheets([sheet, replace(sheet, junction_id="<b>'&", name="<b>'&")], "street")
    assert page.count('class="sheet"') == page.count(sheet.plan_digest) == 2
    for word in (
        "Name",
        "Licence",
        "Date",
        "Signature",
        "Ring 1: 1 for 11 s, 2 for 39 s (walk 7 s, clearance 12 s) | 3 for 11 s",
    ):
        assert word in page
    assert "<b>'&" not in page
    assert "<script" not in page
    assert "break-before: page" in page


def test_loops_and_limits_of_presence_are_on_the_page() -> None:
    street = crossroads()
    plan = actuated(touched(street), street, rules_of(street), Response(loops_ahead_ds=15, presence_limit_ds=300))
    (sheet,) = sheets_of(street, plan, running_plan(street), rules_of(street))
    facts = {fact.name: fact.value for fact in sheet.facts}
    assert facts["loops"] == "taken for granted in every lane, 1.5 s of driving before the stop line"
    assert facts["limit of presence"] == "30 s; occupied for longer, a loop holds no green"


def test_moves_and_what_a_call_waits_at_most_are_on_the_page() -> None:
    street = sumo_net.read(generated("lefts"))
    plan = actuated(touched(street), street, rules_of(street), Response(chooses=True))
    (sheet,) = sheets_of(street, plan, running_plan(street), rules_of(street))
    facts = {fact.name: fact.value for fact in sheet.facts}
    assert facts[MOVES].startswith("S1 to S2 (3 s), S3 (5 s), S4 (5 s); S2 to S3 (5 s), S4 (5 s), S1 (5 s); S3 to")
    assert facts[LIMIT] == (
        "132 s; whoever has called for so long comes before all who have not, so that no call waits longer than 264 s"
    )
    (line,) = choices(plan)
    assert line.endswith("The longest that a call can wait for its green: A0 264 s.")
    assert choices(touched(street)) == []


def test_permissive_periods_stand_in_seconds_where_calls_are_served_in_them() -> None:
    (sheet,) = sheets_of(
        WALKERS, plan_of(rings(walking, coordinated), WALKERS), running_plan(WALKERS), rules_of(WALKERS)
    )
    at = sheet.detail_columns.index("permissive period")
    shown = {row.name: row.details[at] for row in sheet.rows}
    # 2 begins 11 s after the first barrier and is forced off at 45 s; 4 at 95 s, less 5 s of green, or 27 s on foot
    assert (shown["2"], shown["4"], shown["3"]) == ("", "34–79, on foot to 57", "34–40")
    assert all(len(row.details) == len(sheet.detail_columns) for row in sheet.rows)
    assert "calls that come in it are served in the same cycle" in render_sheets([sheet], "street")
    assert "permissive period" not in _of_rings().detail_columns
    assert "calls that come in it" not in render_sheets([_of_rings()], "street")


def _told(name: str, *changes: Callable[[Fields], None]) -> TimingSheet:
    plan = plan_of(rings(walking, *changes), WALKERS)
    controllers = Controllers({"C": name}, "controllers.toml")
    (sheet,) = sheets_of(WALKERS, plan, running_plan(WALKERS), rules_of(WALKERS), controllers=controllers)
    return sheet


def test_offset_and_local_clock_are_those_of_the_family_that_stands_there() -> None:
    """2 begins 11 s after the first barrier and turns yellow at 45 s, 34 s later; 6 begins at 13 s."""
    ours, other = _of_rings(), _told("type-170")
    said = {fact.name: fact.value for fact in other.facts}
    assert said["controller family"] == "type-170"
    assert said["offset"] == "34 s: first yellow of 2, 6"
    assert said["the same offset in plan.json"] == "0 s: first green of 2, 6"
    assert said["local zero"] == "45 s after the first barrier"
    assert (ours.zero_s, other.zero_s) == (11, 45)
    two, before = (next(g for g in sheet.groups if g.label.startswith("10")).greens for sheet in (other, ours))
    assert (before, two) == ("0–34", "66–100")
    assert other.plan_digest == ours.plan_digest
    same = {fact.name: fact.value for fact in _told("nema-ts2").facts}
    assert same["offset"] == "0 s: first green of 2, 6"
    assert "the same offset in plan.json" not in same


def test_who_rests_in_walk_is_told_the_flashing_dont_walk() -> None:
    def rests(fields: Fields) -> None:
        for number in (2, 6):
            phase(fields, number)["pedestrian_mode"] = "rest in walk"

    said = {fact.name: fact.value for fact in _told("type-170", rests).facts}
    assert said["offset"].endswith("s: begin flashing don't walk of 2, 6")


def test_a_family_that_runs_no_such_body_is_told_nothing() -> None:
    said = {fact.name: fact.value for fact in _told("stage-fixed").facts}
    assert said["controller family"] == "stage-fixed, which cannot be told this timing"
    assert said["offset"] == "0 s: first green of 2, 6"
