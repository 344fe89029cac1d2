"""A junction in stages as it stands at many European crossings, from the types to the street: red-amber, intergreens by
pairs of groups, rights that are cut off early, crossings that start late and end early. Its safety inputs come from its
own timing sheet. Written, read, checked, and shown by SUMO at the expected seconds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.plan import (
    ControlMode,
    IntersectionPlan,
    OffsetReference,
    StagesBody,
    StageTiming,
    Step,
    TimingPlan,
    read_plan,
    write_plan,
)
from signals.programs import sheet, sumo
from signals.rules import Rules, rules_of
from signals.safety import audit, check
from tests.signals.sumo_streets import executed, street

GROUPS = ("0", "1", "3", "4", "5", "7", "8", "9", "11", "12", "13", "15", "16", "17", "18", "19")
CYCLE_S, OFFSET_S = 98, 20
INTERGREEN_S = {"right": 6, "through": 4, "left": 5, "crossing": 8}  # by who ends; from a left to a crossing 7 s
TURN = {"right": "0 4 8 12", "through": "1 5 9 13", "left": "3 7 11 15", "crossing": "16 17 18 19"}

# From the start of stage A, which is local zero. Stage A has the crossings beside it; B is the rest of its green.
EXPECTED_S = {
    "1": [("G", -2, 30), ("y", 30, 33), ("r", 33, 95), ("u", 95, 96)],  # through from the top
    "0": [("g", -2, 28), ("y", 28, 31), ("r", 31, 95), ("u", 95, 96)],  # right from the top: cut off 2 s early
    "3": [("g", -2, 34), ("G", 34, 42), ("y", 42, 45), ("r", 45, 95), ("u", 95, 96)],  # left: gives way, then alone
    "17": [("G", 0, 24), ("r", 24, 98)],  # crossing: 2 s later, for lefts need 7 s to it
    "13": [("r", -16, 46), ("u", 46, 47), ("G", 47, 79), ("y", 79, 82)],  # through from the left
    "12": [("r", -18, 46), ("u", 46, 47), ("g", 47, 77), ("y", 77, 80)],
    "15": [("r", -4, 46), ("u", 46, 47), ("g", 47, 83), ("G", 83, 91), ("y", 91, 94)],
    "18": [("r", -25, 49), ("G", 49, 73)],
}


def _shown(**letters: str) -> str:
    """What each group shows: letters by turn, for the first street (`ns`) or the second (`ew`); the others red."""
    first = {"0", "1", "3", "8", "9", "11", "17", "19"}
    names = {turn: {*listed.split()} for turn, listed in TURN.items()}
    found = dict.fromkeys(GROUPS, "r")
    for key, letter in letters.items():
        turn, of_first = key.split("_")[0], key.endswith("_ns")
        for name in names[turn]:
            if (name in first) == of_first:
                found[name] = letter
    return "".join(found.values())


def _half(stages: str, own: str, other: str) -> tuple[StageTiming, ...]:
    """Three stages of one street, and how the other one comes up: 49 s."""

    def step(duration_s: int, **letters: str) -> Step:
        return Step(displays=_shown(**{f"{k}_{own}": v for k, v in letters.items()}), duration_ds=10 * duration_s)

    full = {"through": "G", "right": "g", "left": "g"}
    coming = {f"{turn}_{other}": "u" for turn in full}
    started = {f"{turn}_{other}": letter for turn, letter in full.items()}
    a = step(24, crossing="G", **full)
    b, c = step(4, **full), step(8, left="G")
    to_lefts = (
        step(2, through="G", right="y", left="g"),
        step(1, through="y", right="y", left="g"),
        step(2, through="y", left="g"),
        step(1, left="g"),
    )
    to_other = (
        step(3, left="y"),
        step(1),
        Step(displays=_shown(**coming), duration_ds=10),
        Step(displays=_shown(**started), duration_ds=20),
    )
    return tuple(
        StageTiming(id=name, displays=stage.displays, duration_ds=stage.duration_ds, interstage=after)
        for name, stage, after in zip(stages, (a, b, c), ((), to_lefts, to_other), strict=True)
    )


def _junction() -> IntersectionPlan:
    return IntersectionPlan(
        intersection_id="A0",
        program_id="stages",
        control_mode=ControlMode.FIXED,
        group_ids=GROUPS,
        cycle_ds=10 * CYCLE_S,
        offset_ds=10 * OFFSET_S,
        offset_reference=OffsetReference.STAGE_START,
        reference=("A",),
        body=StagesBody(sequence=_half("ABC", "ns", "ew") + _half("DEF", "ew", "ns")),
    )


def _safety_inputs(network: Network, path: Path) -> None:
    """The engineer's values: red-amber of 1 s, and an intergreen for every pair that clashes."""
    turn = {name: kind for kind, names in TURN.items() for name in names.split()}
    lines = []
    for name in GROUPS:
        if turn[name] != "crossing":
            lines += [f'[intersection.A0.group."{name}"]', "red_amber_s = 1"]
    for pair in network.intersections[0].pairs:
        for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
            if pair.clashes(ending):
                time_s = 7 if (turn[ending], turn[starting]) == ("left", "crossing") else INTERGREEN_S[turn[ending]]
                lines += ["[[intersection.A0.intergreen]]", f'from = "{ending}"', f'to = "{starting}"']
                lines += [f"time_s = {time_s}"]
    path.write_text("\n".join(lines))


def _times(rules: Rules) -> list[object]:
    junction = rules.intersections[0]
    greens = [(group.min_green_ds, group.yellow_ds, group.red_amber_ds, group.walk_ds) for group in junction.groups]
    return [
        greens,
        [(entry.ending, entry.starting, entry.time and entry.time.value_ds) for entry in junction.intergreens],
    ]


@pytest.mark.scenario
def test_red_amber_intergreens_by_groups_and_early_cut_off(tmp_path: Path) -> None:
    network = sumo_net.read(street("crossings"))
    plan = TimingPlan(network_digest=network.digest, intersections=(_junction(),))
    _safety_inputs(network, tmp_path / "rules.toml")
    engineers = rules_of(network, engineer_file=tmp_path / "rules.toml")
    sheet.write(plan, network, tmp_path / "sheet.toml", engineers)
    rules = rules_of(network, sheet=sheet.safety_inputs(tmp_path / "sheet.toml", network))
    assert _times(rules) == _times(engineers)
    assert check(plan, network, rules) == ()
    assert {violation.rule for violation in check(plan, network, rules_of(network))} >= {"red-amber"}
    write_plan(plan, tmp_path / "plan.json")
    sumo.write(plan, network, tmp_path / "plan.add.xml")
    for back in (
        read_plan(tmp_path / "plan.json"),
        sumo.read(tmp_path / "plan.add.xml", network),
        sheet.read(tmp_path / "sheet.toml", network),
    ):
        assert back == plan
        assert back.digest() == plan.digest()
    shown = executed(street("crossings"), tmp_path / "plan.add.xml", tmp_path, 330, flow=False)
    assert audit(shown, plan, network) == ()
    rows = {int(time_s - OFFSET_S) % CYCLE_S: state for time_s, state in shown["A0"] if time_s >= OFFSET_S + CYCLE_S}
    channel = {group.id: group.channels[0] for group in network.intersections[0].groups}
    for name, expected in EXPECTED_S.items():
        for letter, start_s, end_s in expected:
            for second in range(start_s, end_s):
                assert rows[second % CYCLE_S][channel[name]] == letter, (name, second)


@pytest.mark.scenario
@pytest.mark.parametrize(
    ("old", "new", "rules_broken"),
    [
        ("duration_s = 24 }", "duration_s = 20 }", {"pedestrian-green"}),  # of both streets
        ("min_green_s = 5,", "min_green_s = 33,", {"min-green"}),  # throughs have 32 s, rights 30 s
        ('"16" = 7', '"16" = 8', {"intergreen"}),  # from lefts to a crossing: 7 s are there
        ("red_amber_s = 1", "red_amber_s = 2", {"red-amber"}),
        ("yellow_s = 3,", "yellow_s = 4,", {"yellow"}),
        ("min_green_s = 22,", "min_green_s = 25,", {"pedestrian-green"}),
    ],
)
def test_its_broken_twins_are_refused_with_the_right_rule(
    old: str, new: str, rules_broken: set[str], tmp_path: Path
) -> None:
    network = sumo_net.read(street("crossings"))
    plan = TimingPlan(network_digest=network.digest, intersections=(_junction(),))
    _safety_inputs(network, tmp_path / "rules.toml")
    path = tmp_path / "sheet.toml"
    sheet.write(plan, network, path, rules_of(network, engineer_file=tmp_path / "rules.toml"))
    text = path.read_text()
    assert old in text
    text = text.replace(old, new)
    if "duration" in old:
        text = re.sub(r"start_s = \d+, *", "", text.replace("cycle_s = 98", "cycle_s = 90"))
    path.write_text(text)
    rules = rules_of(network, sheet=sheet.safety_inputs(path, network))
    assert {violation.rule for violation in check(sheet.read(path, network), network, rules)} == rules_broken
