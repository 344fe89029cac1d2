"""Two junctions built by hand on the generated street "crossings" of `tests.signals.sumo_streets`, and what they show.

Legs top, right, bottom, left; of each leg right, through (two lanes), left and crossing. The tables of expected seconds
are worked out from the rules of signal timing with pencil and paper; no line of ours has made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from networks.network import Network
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, StagesBody, StageTiming, Step
from tests.signals.ring_plans import OF_SUMO, phase, rings

GROUPS = ("0", "1", "3", "4", "5", "7", "8", "9", "11", "12", "13", "15", "16", "17", "18", "19")
TURN = {"right": "0 4 8 12", "through": "1 5 9 13", "left": "3 7 11 15", "crossing": "16 17 18 19"}
Row = list[tuple[str, int, int]]  # letter, from second, to second; beyond the cycle it goes on from its start


def letters_of(row: Row, cycle_s: int) -> str:
    """A row of a table as a letter a second. Every second is said exactly once."""
    seconds = [(second % cycle_s, letter) for letter, start_s, end_s in row for second in range(start_s, end_s)]
    assert sorted(second for second, _ in seconds) == [*range(cycle_s)]
    return "".join(letter for _, letter in sorted(seconds))


# A dual ring as it stands at many American junctions. Cycle 114 s, seconds from the first barrier on:
# lefts 1 and 5 have 13 s, throughs 2 and 6 have 44 s, lefts 3 and 7 have 13 s, throughs 4 and 8 have 44 s; of each the
# last 5 s are 3 s yellow and 2 s red clearance. Walk 7 s and clearance 15 s from the start of the through. The first
# coordinated green, at 13 s, is local zero, and lies 20 s after the zero of the clock.
DUAL_RING_CYCLE_S, DUAL_RING_OFFSET_S, DUAL_RING_ZERO_S = 114, 20, 13
DUAL_RING_SPLITS_S = {1: 13, 2: 44, 3: 13, 4: 44, 5: 13, 6: 44, 7: 13, 8: 44}
CROSSING = {2: "18", 6: "16", 4: "17", 8: "19"}
RIGHT = {2: "12", 6: "4", 4: "8", 8: "0"}
DUAL_RING_S: Mapping[str, Row] = {
    "13": [("r", 0, 13), ("G", 13, 52), ("y", 52, 55), ("r", 55, 114)],  # through 2, from the left
    "5": [("r", 0, 13), ("G", 13, 52), ("y", 52, 55), ("r", 55, 114)],  # through 6, from the right
    "9": [("r", 0, 70), ("G", 70, 109), ("y", 109, 112), ("r", 112, 114)],  # through 4, from the bottom
    "1": [("r", 0, 70), ("G", 70, 109), ("y", 109, 112), ("r", 112, 114)],  # through 8, from the top
    "7": [("G", 0, 8), ("y", 8, 11), ("r", 11, 13), ("g", 13, 52), ("y", 52, 55), ("r", 55, 114)],  # left 1, arrow of 2
    "15": [("G", 0, 8), ("y", 8, 11), ("r", 11, 114)],  # left 5
    "3": [("r", 0, 57), ("G", 57, 65), ("y", 65, 68), ("r", 68, 114)],  # left 3
    "11": [("r", 0, 57), ("G", 57, 65), ("y", 65, 68), ("r", 68, 114)],  # left 7
    "12": [("r", 0, 13), ("g", 13, 65), ("y", 65, 68), ("r", 68, 114)],  # right, overlap of 2 and 7: green from 2 to 7
    "4": [("r", 0, 13), ("g", 13, 52), ("y", 52, 55), ("r", 55, 114)],  # rights with their throughs
    "8": [("r", 0, 70), ("g", 70, 109), ("y", 109, 112), ("r", 112, 114)],
    "0": [("r", 0, 70), ("g", 70, 109), ("y", 109, 112), ("r", 112, 114)],
    "18": [("r", 0, 13), ("G", 13, 35), ("r", 35, 114)],  # crossings beside 2 and 6: walk 13-20, clearance 20-35
    "16": [("r", 0, 13), ("G", 13, 35), ("r", 35, 114)],
    "17": [("r", 0, 70), ("G", 70, 92), ("r", 92, 114)],  # beside 4 and 8
    "19": [("r", 0, 70), ("G", 70, 92), ("r", 92, 114)],
}

# Stages as they stand at many European junctions. Cycle 98 s, two halves of 49 s; seconds from the start of stage A on,
# which is local zero and lies 20 s after the zero of the clock. Of the street from top to bottom: traffic comes up
# after 1 s red-amber, crossings 2 s later, for the other street's lefts need 7 s to them and 5 s to traffic.
STAGES_CYCLE_S, STAGES_OFFSET_S = 98, 20
INTERGREEN_S = {"right": 6, "through": 4, "left": 5, "crossing": 8}  # by who ends; from a left to a crossing 7 s
_THROUGH_S: Row = [("u", 95, 96), ("G", 96, 128), ("y", 30, 33), ("r", 33, 95)]
_RIGHT_S: Row = [("u", 95, 96), ("g", 96, 126), ("y", 28, 31), ("r", 31, 95)]  # cut off 2 s before the through
_LEFT_S: Row = [("u", 95, 96), ("g", 96, 132), ("G", 34, 42), ("y", 42, 45), ("r", 45, 95)]  # gives way, then alone
_CROSSING_S: Row = [("G", 0, 24), ("r", 24, 98)]  # 2 s after the through, ends 6 s before it


# Vehicles see the last 3 s of each green flashing; on foot the clearance does
FLASH_S: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("1", "9"), (27, 30)),
    **dict.fromkeys(("0", "8"), (25, 28)),
    **dict.fromkeys(("3", "11"), (39, 42)),  # gives way, then alone: one green, and one end
    **dict.fromkeys(("5", "13"), (76, 79)),
    **dict.fromkeys(("4", "12"), (74, 77)),
    **dict.fromkeys(("7", "15"), (88, 91)),
}


def _later(row: Row) -> Row:
    """The other street shows the same 49 s later."""
    return [(letter, start_s + 49, end_s + 49) for letter, start_s, end_s in row]


STAGES_S: Mapping[str, Row] = {
    **dict.fromkeys(("1", "9"), _THROUGH_S),
    **dict.fromkeys(("0", "8"), _RIGHT_S),
    **dict.fromkeys(("3", "11"), _LEFT_S),
    **dict.fromkeys(("17", "19"), _CROSSING_S),
    **dict.fromkeys(("5", "13"), _later(_THROUGH_S)),
    **dict.fromkeys(("4", "12"), _later(_RIGHT_S)),
    **dict.fromkeys(("7", "15"), _later(_LEFT_S)),
    **dict.fromkeys(("16", "18"), _later(_CROSSING_S)),
}


def dual_ring() -> IntersectionPlan:
    """Eight ring phases, a right turn overlap, a flashing yellow arrow, crossings with walk and clearance."""

    def change(fields: dict[str, object]) -> None:
        groups = sorted({*sum(OF_SUMO.values(), ()), *CROSSING.values()}, key=int)
        fields |= {"intersection_id": "A0", "group_ids": groups, "cycle_ds": 1140, "offset_ds": 200}
        for number, split_s in DUAL_RING_SPLITS_S.items():
            row = phase(fields, number)
            row |= {"split_ds": 10 * split_s, "group_ids": [n for n in OF_SUMO[number] if n != RIGHT.get(number)]}
            if number in CROSSING:
                row |= {"pedestrian_group_ids": [CROSSING[number]], "pedestrian_mode": "recall", "walk_ds": 70}
                row |= {"pedestrian_clearance_ds": 150, "pedestrian_buffer_ds": 210}
                row["yielding_group_ids"] = [RIGHT[number]] if number != 2 else []
        overlaps = [
            {"group_id": "12", "parents": [2, 7], "kind": "yielding"},
            {"group_id": "7", "parents": [2], "kind": "flashing yellow arrow"},
        ]
        fields["body"] |= {"overlaps": overlaps}  # type: ignore[operator]

    return rings(change)


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


def stages_by_groups() -> IntersectionPlan:
    """Six stages with red-amber, rights cut off early, crossings that start late and end early."""
    return IntersectionPlan(
        intersection_id="A0",
        program_id="stages",
        control_mode=ControlMode.FIXED,
        group_ids=GROUPS,
        cycle_ds=10 * STAGES_CYCLE_S,
        offset_ds=10 * STAGES_OFFSET_S,
        offset_reference=OffsetReference.STAGE_START,
        reference=("A",),
        body=StagesBody(sequence=_half("ABC", "ns", "ew") + _half("DEF", "ew", "ns")),
    )


def write_safety_inputs(network: Network, path: Path) -> None:
    """The engineer's values: red-amber of 1 s, green flash of 3 s, and an intergreen for every pair that clashes."""
    turn = {name: kind for kind, names in TURN.items() for name in names.split()}
    lines = []
    for name in GROUPS:
        if turn[name] != "crossing":
            lines += [f'[intersection.A0.group."{name}"]', "red_amber_s = 1", "green_flash_s = 3"]
    for pair in network.intersections[0].pairs:
        for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
            if pair.clashes(ending):
                time_s = 7 if (turn[ending], turn[starting]) == ("left", "crossing") else INTERGREEN_S[turn[ending]]
                lines += ["[[intersection.A0.intergreen]]", f'from = "{ending}"', f'to = "{starting}"']
                lines += [f"time_s = {time_s}"]
    path.write_text("\n".join(lines))
