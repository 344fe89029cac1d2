"""Timing sheets: what is written is read back exactly, faults are told with their places, rules may come from one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings

from networks.faults import InputError
from networks.network import Network
from signals.control import NotExpressible, running_plan
from signals.plan import DetectorUse, read_plan, write_plan
from signals.programs import sumo
from signals.programs.sheet import named_in, read, safety_inputs, write
from signals.rules import Rules, rules_of
from signals.safety import check
from tests.contracts.handed_in import sample
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, coordinated, phase, plan_of, rings
from tests.strategies import networks

CORRIDOR = corridor(2)
WALKERS = crossroads(True)


def test_everything_that_rings_can_say_is_kept(tmp_path: Path) -> None:
    def more(fields: Fields) -> None:
        coordinated(fields)
        body = fields["body"]
        body |= {"force_off": "fixed", "maximum_mode": "max2", "permissive": "single", "correction": "dwell"}
        for row in body["ring_phases"]:
            row |= {"max_green_2_ds": 605, "recall": "soft"}
        phase(fields, 2)["group_ids"] = ["10"]
        phase(fields, 7)["omitted"], phase(fields, 7)["split_ds"] = True, 0
        phase(fields, 8)["split_ds"] += 150
        trailing = {"trailing_green_ds": 5, "trailing_yellow_ds": 30, "trailing_red_ds": 10}
        body["overlaps"] = [
            {"group_id": "9", "parents": [2, 3], "modifiers": [5], **trailing},
            {"group_id": "5", "parents": [2], "kind": "flashing yellow arrow"},
        ]
        fields["parameters"] = [("b", "2"), ("a", "1 = \"one\" \\ 'ü'")]

    uses = (DetectorUse(detector_id="d 1", target="3", calls=False), DetectorUse(detector_id="d2", target="4"))
    plan = plan_of(rings(more).model_copy(update={"detectors": uses}))
    write(plan, crossroads(), tmp_path / "sheet.toml")
    assert read(tmp_path / "sheet.toml", crossroads()) == plan


@settings(max_examples=30)
@given(network=networks())
def test_safety_inputs_written_are_the_rules_again_with_the_sheet_as_source(
    tmp_path_factory: pytest.TempPathFactory, network: Network
) -> None:
    path = tmp_path_factory.getbasetemp() / "rules.toml"
    before = rules_of(network)
    write(running_plan(network), network, path, before)
    after = rules_of(network, sheet=safety_inputs(path, network))
    assert _values(after) == _values(before)
    group = after.intersections[0].groups[0]
    assert group.yellow.source == "timing sheet rules.toml"
    assert check(running_plan(network), network, after) == check(running_plan(network), network, before)


def _values(rules: Rules) -> list[object]:
    return [
        [
            [(g.min_green_ds, g.yellow_ds, g.red_amber_ds, g.walk_ds, g.pedestrian_clearance_ds) for g in one.groups],
            [
                (e.ending, e.starting, e.time and e.time.value_ds, e.handover and e.handover.value_ds)
                for e in one.intergreens
            ],
        ]
        for one in rules.intersections
    ]


ARROW = """
[junction.C.giving_way_s]
"1" = { "4" = 3.5 }
"""


def test_an_arrow_that_goes_out_has_a_time_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    path.write_text(GOOD + ARROW)
    rules = rules_of(crossroads(), sheet=safety_inputs(path, crossroads()))
    entry = rules.intergreen("C", "1", "4")
    assert entry.time is not None
    assert entry.handover is not None
    assert (entry.time.value_ds, entry.handover.value_ds) == (55, 35)
    assert entry.handover.source == "timing sheet sheet.toml"
    write(read(path, crossroads()), crossroads(), tmp_path / "again.toml", rules)
    assert _values(rules_of(crossroads(), sheet=safety_inputs(tmp_path / "again.toml", crossroads()))) == _values(rules)
    file = tmp_path / "rules.toml"
    file.write_text('[intersection.C.group."1"]\nyellow_s = 4\n')
    longer = rules_of(crossroads(), engineer_file=file, sheet=safety_inputs(path, crossroads()))
    entry = longer.intergreen("C", "1", "4")
    assert entry.handover is not None
    assert entry.handover.value_ds == 45  # the engineer made the yellow 1 s longer


def test_an_arrow_time_alone_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(GOOD + ARROW.replace('"4" = 3.5', '"10" = 3, "11" = 3'))
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.toml", crossroads())
    assert "from '1' to '11', needed two signal groups and time_s" in str(caught.value)


def test_the_engineers_file_goes_before_the_sheet_and_the_sheet_before_the_running_program(tmp_path: Path) -> None:
    said = safety_inputs(sample("format", "sheet"), crossroads())
    file = tmp_path / "rules.toml"
    file.write_text('[intersection.C.group."0"]\nyellow_s = 4\n')
    rules = rules_of(crossroads(), engineer_file=file, sheet=said)
    assert (rules.group("C", "0").yellow_ds, rules.group("C", "0").yellow.source) == (40, "engineer's file rules.toml")
    assert (rules.group("C", "1").min_green_ds, rules.group("C", "1").min_green.source) == (
        70,
        "timing sheet good.toml",
    )
    assert rules.group("C", "1").yellow.source == "fakes"
    entry = rules.intergreen("C", "1", "4")
    assert entry.time is not None
    assert (entry.time.value_ds, entry.time.source) == (55, "timing sheet good.toml")
    alone = rules_of(crossroads(), sheet=said).group("C", "0").yellow
    assert (alone.value_ds, alone.source) == (35, "timing sheet good.toml")


def test_what_is_left_untouched_stands_there_as_it_runs_and_may_not_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    write(running_plan(CORRIDOR), CORRIDOR, path, rules_of(CORRIDOR))
    text = path.read_text()
    table = tomllib.loads(text)["junction"]["C1"]
    assert table["untouched"] is True
    assert (table["control"], table["cycle_s"], table["offset_s"]) == ("fixed", 80, 0)
    assert [(row.get("stage"), row["start_s"], row["duration_s"]) for row in table["intervals"]] == [
        ("S1", 0, 40), (None, 40, 3), (None, 43, 2), ("S2", 45, 30), (None, 75, 3), (None, 78, 2),
    ]  # fmt: skip
    assert [row["shows"] for row in table["groups"]][:2] == ["Gyr rrr", "Gyr rrr"]
    assert read(path, CORRIDOR) == running_plan(CORRIDOR).model_copy(update={"rules_digest": "", "name": "running"})
    assert text.count("duration_s = 40") == 2
    longer = text.replace("cycle_s = 80", "cycle_s = 81").replace("duration_s = 40", "duration_s = 41")
    path.write_text(re.sub("start_s = [0-9]+, *", "", longer))
    with pytest.raises(InputError) as caught:
        read(path, CORRIDOR)
    assert [str(fault) for fault in caught.value.faults] == [
        f"sheet.toml, junction '{name}': untouched: found cycle_s, intervals not as it runs today, "
        "needed what runs, or no timing beside it"
        for name in ("C0", "C1")
    ]


def test_who_is_named_and_who_runs_on(tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    whole = touched(CORRIDOR)
    write(whole.model_copy(update={"intersections": whole.intersections[1:]}), CORRIDOR, path)
    assert named_in(path, CORRIDOR) == ("C1",)
    path.write_text(path.read_text().replace("only_these = true\n", ""))
    assert [timing.untouched for timing in read(path, CORRIDOR).intersections] == [False, True]


GOOD = sample("format", "sheet").read_text()
FAULTS = {
    "no sheet at all": (('[sheet]\nformat = "greenband-sheet"', "[sheet]"), "timing sheet: found format None"),
    "another version": (("version = 1", "version = 2"), "needed format 'greenband-sheet', version 1"),
    "unknown key": (("cycle_s", "cicle_s"), "junction 'C': key: found 'cicle_s' unknown"),
    "missing key": (('offset_of = ["2", "6"]\n', ""), "junction 'C': offset_of: found nothing"),
    "missing column": (("split_s = 13, ", ""), "row of ring phases 3: split_s: found nothing"),
    "unknown column": (("{ ring_phase = 3,", "{ ring_phase = 3, spilt_s = 1,"), "ring phases 3: key: found 'spilt_s'"),
    "no number": (("split_s = 13", 'split_s = "13"'), "row of ring phases 3: split_s: found '13'"),
    "not finite": (("split_s = 13", "split_s = nan"), "row of ring phases 3: split_s: found nan"),
    "hundredths": (("split_s = 13", "split_s = 13.25"), "row of ring phases 3: split_s: found 13.25"),
    "negative": (("offset_s = 12", "offset_s = -12"), "offset_s: found -12"),
    "truth as number": (("offset_s = 12", "offset_s = true"), "offset_s: found True"),
    "a word of none": (('"fixed"', '"fixd"'), "needed one of fixed, coordinated actuated, actuated"),
    "ring sums": (("split_s = 35", "split_s = 45"), "ring 1: ring sum: found 100 s, needed the cycle of 90 s"),
    "unknown ring phase": (("1 2 | 3 4", "1 2 | 3 9"), "sequence: found [1, 2, 3, 5, 6, 7, 8, 9]"),
    "no ring": (('"1 2 | 3 4"', '"1 2 | 3 x"'), "rings: found '1 2 | 3 x'"),
    "unknown group": (('drives = ["2"]', 'drives = ["77"]'), "signal group: found '77' unknown"),
    "group twice": (('{ group = "11" }', '{ group = "10" }'), "found '10' twice"),
    "group missing": ((', { group = "11" }', ""), "groups: found no row for 11"),
    "a yellow too long": (("yellow_s = 3.5", "yellow_s = 7"), "yellow_s: found 7.0, needed 0 to 6"),
    "no pair": (('"4" = 5.5', '"0" = 5.5'), "intergreen: found a pair that does not conflict"),
    "unknown junction": (("[junction.C.inter", "[junction.X.inter"), "junction: found 'X' unknown, needed one of C"),
    "no junction": ((GOOD[GOOD.index("[junction.C]") :], ""), "junction: found nothing"),
    "a list for a table": ((GOOD[GOOD.index("[junction.C]") :], "[junction]\nC = []"), "found a list of 0"),
    "both forms": (
        ("[junction.C]\n", "[junction.C]\nuntouched = true\n"),
        "intervals not as it runs today, needed what runs",
    ),
    "untouched, and a key that nobody knows": (
        (GOOD[GOOD.index("[junction.C]") :], "[junction.C]\nuntouched = true\nforever = true"),
        "key: found 'forever' unknown",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_with_its_place(what: str, tmp_path: Path) -> None:
    (old, new), expected = FAULTS[what]
    assert old in GOOD
    (tmp_path / "bad.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.toml", crossroads())
    assert expected in str(caught.value)
    assert all(fault.where.startswith("bad.toml") for fault in caught.value.faults)


def test_faults_of_all_parts_are_told_together(tmp_path: Path) -> None:
    text = (
        GOOD.replace("split_s = 13", "split_s = -1").replace("yellow_s = 3.5", "yellow_s = 7").replace('"4" =', '"0" =')
    )
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.toml", crossroads())
    assert {fault.what for fault in caught.value.faults} == {"split_s", "yellow_s", "intergreen"}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"a = " + b"[" * 100_000,
        b"a = " + b"9" * 10_000,
        b".".join([b"a"] * 20_000) + b" = 1",
        b'[sheet]\nformat = "greenband-sheet"\nversion = 1\n[junction.C]\nrings = ' + b"[" * 300 + b"]" * 300,
        GOOD.encode() + b" " * (33 * 2**20),
    ],
)
def test_hostile_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.toml", crossroads())
    assert len(str(caught.value)) < 5000


def test_stages_are_told_with_their_places(tmp_path: Path) -> None:
    write(touched(t_junction()), t_junction(), tmp_path / "good.toml")
    good = (tmp_path / "good.toml").read_text()
    for old, new, expected in (
        ("start_s = 45", "start_s = 44", "interval 4: start_s: found 44, needed 45"),
        ('stage = "S1", ', "", "interval 1: stage: found nothing"),
        ('"Gyr rrr"', '"Gyr rr"', "shows: found group '0': 5 letters, needed 6, one per interval"),
        ("duration_s = 20 }", "duration_s = 20, min_s = 5 }", "interval 4: max_s: found nothing"),
        ("duration_s = 3 }", "duration_s = 3, min_s = 2 }", "actuation: found in an interstage"),
        ("cycle_s = 70", "cycle_s = 71", "cycle: found 71 s, needed the sum of the sequence, 70 s"),
    ):
        assert old in good
        (tmp_path / "bad.toml").write_text(good.replace(old, new))
        with pytest.raises(InputError, match=r"bad\.toml") as caught:
            read(tmp_path / "bad.toml", t_junction())
        assert expected in str(caught.value)


def test_what_does_not_fit_the_street_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotExpressible):
        write(touched(t_junction()), crossroads(), tmp_path / "sheet.toml")
    plan = running_plan(crossroads(green_s=(20, 20)))
    with pytest.raises(NotExpressible):
        write(plan, crossroads(), tmp_path / "sheet.toml")
    assert [*tmp_path.iterdir()] == []


REFERENCE = plan_of(rings())


def test_the_reference_plan_goes_through_sheet_json_and_sumo(tmp_path: Path) -> None:
    """Ring 1 1,2|3,4 with splits 15, 35, 13, 27 s; ring 2 5,6|7,8 with 17, 33, 15, 25 s; cycle 90 s."""
    street = crossroads()
    write(REFERENCE, street, tmp_path / "sheet.toml")
    write_plan(read(tmp_path / "sheet.toml", street), tmp_path / "plan.json")
    sumo.write(read_plan(tmp_path / "plan.json"), street, tmp_path / "plan.add.xml")
    back = sumo.read(tmp_path / "plan.add.xml", street)
    assert back == REFERENCE
    assert back.digest() == REFERENCE.digest()
    lines = (tmp_path / "sheet.toml").read_text().splitlines()
    assert 'rings = ["1, 2 | 3, 4", "5, 6 | 7, 8"]' in lines
    rows = [line for line in lines if "split_s" in line]
    assert [re.findall(r"split_s = (\d+)", row)[0] for row in rows] == ["15", "35", "13", "27", "17", "33", "15", "25"]


UNSOUND = {  # twins that cannot be built: the sheet, the JSON and the types refuse them alike
    "split of 2 is 45 s": (("split_s = 35", "split_s = 45"), "ring sum"),
    "barrier not crossed together": (("split_s = 35", "split_s = 33"), "concurrency group"),
    "split below its minimum green": (("split_s = 13, min_green_s = 5", "split_s = 13, min_green_s = 9"), "split"),
    "a ring phase in both rings": (('"5, 6 | 7, 8"', '"5, 2 | 7, 8"'), "sequence"),
    "barriers in one ring only": (('"5, 6 | 7, 8"', '"5, 6, 7, 8"'), "barriers"),
    "coordinated on both sides of the barrier": (
        ("coordinated = [2, 6]", "coordinated = [2, 8]"),
        "coordinated ring phases",
    ),
    "two coordinated in one ring": (("coordinated = [2, 6]", "coordinated = [1, 2]"), "coordinated ring phases"),
    "offset beyond the cycle": (("offset_s = 0", "offset_s = 90"), "offset"),
    "reference that is not there": (('offset_of = ["2", "6"]', 'offset_of = ["2", "9"]'), "offset reference"),
}
UNSAFE = {  # twins that can be built, and break a rule
    "yellow": (("yellow_s = 3", "yellow_s = 2.5"), "yellow"),
    "red clearance": (("red_clearance_s = 2", "red_clearance_s = 1"), "intergreen"),
    "a through of the cross street beside 6": (('drives = ["10", "9"]', 'drives = ["7", "9"]'), "conflict"),
}


@pytest.mark.parametrize("what", [*UNSOUND, *UNSAFE])
def test_broken_twins_of_the_reference_plan_are_refused_with_the_right_rule(what: str, tmp_path: Path) -> None:
    street, path = crossroads(), tmp_path / "sheet.toml"
    write(REFERENCE, street, path)
    assert check(read(path, street), street, rules_of(street)) == ()
    (old, new), rule = (UNSOUND | UNSAFE)[what]
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    if what in UNSOUND:
        with pytest.raises(InputError) as caught:
            read(path, street)
        assert rule in {fault.what for fault in caught.value.faults}
    else:
        assert rule in {violation.rule for violation in check(read(path, street), street, rules_of(street))}
