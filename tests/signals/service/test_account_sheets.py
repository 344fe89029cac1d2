"""Timing sheets to print: in the controller's terms, minimums ticked, changes marked, sources named."""

from __future__ import annotations

from dataclasses import replace

from signals.control import running_plan
from signals.plan import TimingPlan
from signals.reports import TimingSheet, render_sheets
from signals.rules import rules_of
from signals.service.account.sheets import sheets_of
from tests.fakes import corridor, crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, phase, plan_of, rings, walking

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
    assert (value, sources[letter]) == ("12", "formula: 12.8 m / 1.07 m/s")
    row = dict(sheet.matrix)["12"]
    assert [*zip(sheet.matrix_columns, row, strict=True)][:5] == [
        ("0", "13 e"), ("1", "13 e"), ("2", "13 e"), ("3", "13 e"), ("4", ""),
    ]  # fmt: skip
    assert sources["e"] == "running program"


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


def test_what_is_left_as_it_runs_has_a_sheet_only_on_request() -> None:
    network = corridor(2)
    plan = running_plan(network)
    assert sheets_of(network, plan, plan, rules_of(network)) == ()
    assert len(sheets_of(network, plan, plan, rules_of(network), untouched=True)) == 2


def test_the_page_has_a_place_to_sign_and_the_whole_digest() -> None:
    sheet = _of_rings()
    page = render_sheets([sheet, replace(sheet, junction_id="<b>'&", name="<b>'&")], "street")
    assert page.count('class="sheet"') == page.count(sheet.plan_digest) == 2
    for word in ("Name", "Licence", "Date", "Signature", "Ring 1: 1 for 11 s, 2 for 39 s | 3 for 11 s"):
        assert word in page
    assert "<b>'&" not in page
    assert "<script" not in page
    assert "break-before: page" in page
