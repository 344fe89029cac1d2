"""Our safety check against the second judge on mutated plans in rings, in all control modes.

Both must name the same broken rules, not only agree on the verdict.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from signals.control import expanded
from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan
from signals.safety import audit, check
from tests.signals.brute_force import broken_rules
from tests.signals.brute_force_rings import swept_rings
from tests.signals.ring_plans import Fields, of_sumo, ring_fields
from tests.signals.test_brute_force import street_twice

Mutation = Callable[[Fields, random.Random], None]
FOOT_OF_SUMO = {2: "18", 6: "16", 4: "17", 8: "19"}


def _phase(fields: Fields, rng: random.Random) -> Fields:
    found: Fields = rng.choice(fields["body"]["ring_phases"])
    return found


def _any_group(fields: Fields, rng: random.Random) -> str:
    return str(rng.choice(fields["group_ids"][:12]))


# --- mutations: each is one class of faults (or of harmless changes) --------------------------------------------------


def splits_moved(fields: Fields, rng: random.Random) -> None:
    for row in fields["body"]["ring_phases"]:
        row["split_ds"] += rng.randint(0, 150)


def yellow_changed(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["yellow_ds"] += rng.choice([-30, -5, -1, 1, 10])


def red_clearance_changed(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    row["red_clearance_ds"] = max(0, row["red_clearance_ds"] + rng.choice([-20, -10, -1, 1, 10, 30]))


def minimum_changed(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["min_green_ds"] = rng.choice([1, 30, 49, 50, 80])


def split_shortened(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    row |= {"min_green_ds": rng.choice([20, 45, 49]), "split_ds": rng.randint(95, 110)}


def red_amber(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["red_amber_ds"] = rng.choice([5, 10])


def order_turned(fields: Fields, rng: random.Random) -> None:
    rng.choice(rng.choice(fields["body"]["rings"])).reverse()


def groups_traded(fields: Fields, rng: random.Random) -> None:
    one, other = _phase(fields, rng), _phase(fields, rng)
    one["group_ids"], other["group_ids"] = other["group_ids"], one["group_ids"]


def group_added(fields: Fields, rng: random.Random) -> None:
    row, name = _phase(fields, rng), _any_group(fields, rng)
    if name not in (*row["group_ids"], *row.get("yielding_group_ids", [])):
        row.setdefault(rng.choice(["group_ids", "yielding_group_ids"]), []).append(name)


def on_the_ball(fields: Fields, rng: random.Random) -> None:
    """A left with its own through."""
    left, through = rng.choice([(1, 6), (5, 2), (3, 8), (7, 4)])
    rows = {row["number"]: row for row in fields["body"]["ring_phases"]}
    if rows[left]["group_ids"] and rows[left]["group_ids"][0] not in rows[through].get("yielding_group_ids", []):
        rows[through].setdefault("yielding_group_ids", []).append(rows[left]["group_ids"][0])
        if rng.random() < 0.5:
            rows[left]["group_ids"] = []


def group_dropped(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    if row["group_ids"]:
        row["group_ids"].pop()


def right_of_way(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    row["group_ids"], row["yielding_group_ids"] = row.get("yielding_group_ids", []), row["group_ids"]


def overlapped(fields: Fields, rng: random.Random) -> None:
    name = _any_group(fields, rng)
    for row in fields["body"]["ring_phases"]:
        for key in ("group_ids", "yielding_group_ids"):
            row[key] = [other for other in row.get(key, []) if other != name]
    overlap: Fields = {"group_id": name, "parents": rng.sample(range(1, 9), rng.choice([1, 2, 2, 3]))}
    overlap["kind"] = rng.choice(["protected", "yielding"])
    if rng.random() < 0.3:
        rest = [number for number in range(1, 9) if number not in overlap["parents"]]
        overlap["modifiers"] = [rng.choice(rest)]
    if rng.random() < 0.3:
        overlap |= {"trailing_green_ds": rng.choice([5, 10, 20]), "trailing_yellow_ds": rng.choice([30, 30, 25])}
    fields["body"]["overlaps"] = [overlap]


def flashing_yellow_arrow(fields: Fields, rng: random.Random) -> None:
    left, opposing = rng.choice([(1, 2), (5, 6), (3, 4), (7, 8), (1, 6)])
    rows = {row["number"]: row for row in fields["body"]["ring_phases"]}
    if rows[left]["group_ids"]:
        overlap = {"group_id": rows[left]["group_ids"][0], "parents": [opposing], "kind": "flashing yellow arrow"}
        fields["body"]["overlaps"] = [overlap]


def omitted(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng).update(omitted=True, split_ds=0)


def foot_changed(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    key = rng.choice(["walk_ds", "pedestrian_clearance_ds", "pedestrian_buffer_ds"])
    if key in row:
        row[key] = max(1, row[key] + rng.choice([-60, -10, -1, 1]))


def foot_mode(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    if row.get("pedestrian_mode", "none") != "none":
        row["pedestrian_mode"] = rng.choice(["actuated", "recall", "rest in walk"])


def foot_elsewhere(fields: Fields, rng: random.Random) -> None:
    one, other = _phase(fields, rng), _phase(fields, rng)
    keys = ("pedestrian_group_ids", "pedestrian_mode", "walk_ds", "pedestrian_clearance_ds", "pedestrian_buffer_ds")
    for key in keys:
        if key in one and key in other:
            one[key], other[key] = other[key], one[key]


def recalls(fields: Fields, rng: random.Random) -> None:
    for row in fields["body"]["ring_phases"]:
        row["recall"] = rng.choice(["none", "minimum", "maximum", "soft"])


def single_entry(fields: Fields, rng: random.Random) -> None:
    for row in fields["body"]["ring_phases"]:
        row["dual_entry"] = rng.random() < 0.3 and row["dual_entry"]


def offset_moved(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = rng.randint(0, 5000)


def marked_untouched(fields: Fields, rng: random.Random) -> None:
    fields["untouched"] = True


MUTATIONS: tuple[Mutation, ...] = (
    *(splits_moved, yellow_changed, red_clearance_changed, minimum_changed, split_shortened, red_amber, order_turned),
    *(groups_traded, group_added, on_the_ball, group_dropped, right_of_way, overlapped, flashing_yellow_arrow, omitted),
    *(foot_changed, foot_mode, foot_elsewhere, recalls, single_entry, offset_moved, marked_untouched),
)
MODES = (ControlMode.FIXED, ControlMode.FIXED, ControlMode.COORDINATED, ControlMode.ACTUATED)


def _start(kind: str) -> Fields:
    """A safe plan in rings for the street."""
    fields = ring_fields()
    of_sumo(fields)
    if kind == "crossings":
        fields["group_ids"] += ["16", "17", "18", "19"]
        for row in fields["body"]["ring_phases"]:
            row["split_ds"] = 440 if row["number"] in FOOT_OF_SUMO else 130
            if row["number"] in FOOT_OF_SUMO:
                row |= {"pedestrian_group_ids": [FOOT_OF_SUMO[row["number"]]], "pedestrian_mode": "recall"}
                row |= {"walk_ds": 70, "pedestrian_clearance_ds": 150, "pedestrian_buffer_ds": 210}
                row["yielding_group_ids"] = [row["group_ids"].pop()]
    return fields


def _built(fields: Fields) -> IntersectionPlan | None:
    """The mutated values as a timing, its sums and offset made to fit; None where no sound one can be built."""
    body = fields["body"]
    rows = {row["number"]: row for row in body["ring_phases"]}
    total = 0
    for group in range(2):
        parts = [[n for n in ring[group] if not rows[n].get("omitted")] for ring in body["rings"]]
        lengths = [sum(rows[n]["split_ds"] for n in part) for part in parts]
        for part, length in zip(parts, lengths, strict=True):
            if part:
                rows[part[-1]]["split_ds"] += max(lengths) - length
        total += max(lengths)
    free = fields["control_mode"] == ControlMode.ACTUATED
    fields["cycle_ds"] = None if free else total
    fields["offset_ds"] = 0 if free else fields["offset_ds"] % max(1, total)
    try:
        return IntersectionPlan.model_validate_json(json.dumps(fields))
    except ValidationError:
        return None


def _compare(count: int, seed: int, modes: tuple[ControlMode, ...] = MODES) -> tuple[Counter[str], Counter[str]]:
    """Judge `count` plans twice; returns rules broken and mutations of refused plans. Fails on a disagreement."""
    rng = random.Random(seed)
    rules_broken: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    judged = 0
    while judged < count:
        kind = ("lefts", "crossings")[judged % 2]
        network, rules, second, plain_rules = street_twice(kind)
        fields = _start(kind)
        fields["control_mode"] = rng.choice(modes)
        names = []
        for mutation in rng.sample(MUTATIONS, rng.choices((0, 1, 2, 3), (1, 4, 3, 2))[0]):
            mutation(fields, rng)
            names.append(mutation.__name__)
        timing = _built(fields)
        if timing is None:
            continue
        judged += 1
        plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
        named = {violation.rule for violation in check(plan, network, rules)}
        values: dict[str, Any] = json.loads(json.dumps(plan.model_dump(mode="json")))
        other = {rule for rule, _ in broken_rules(second, plain_rules, values, network.digest)}
        if {"conflict", "yielding"} & named & other:  # who is green together has no time in between
            named.discard("intergreen")
            other.discard("intergreen")
        if fields["control_mode"] != ControlMode.FIXED and any(o.get("modifiers") for o in fields["body"]["overlaps"]):
            more = named - other  # what a modifier leaves of an overlap is judged by its worst, not by its every course
            assert bool(named) == bool(other), f"seed {seed}, plan {judged}, {names}: {named ^ other}\n{timing!r}"
            named -= more & {"min-green", "yellow"}
        assert named == other, f"seed {seed}, plan {judged}, {names}: {named ^ other}\n{timing!r}"
        rules_broken.update(named or {"none"})
        if named:
            classes.update(names)
    return rules_broken, classes


def _mutated(rng: random.Random, kind: str, mode: ControlMode) -> IntersectionPlan:
    """A sound plan in rings after a few mutations."""
    while True:
        fields = _start(kind) | {"control_mode": mode}
        for mutation in rng.sample([m for m in MUTATIONS if m is not marked_untouched], 3):
            mutation(fields, rng)
        if mode == ControlMode.COORDINATED:  # the second judge knows no splits: none shall be exceeded
            for row in fields["body"]["ring_phases"]:
                row["split_ds"] += 0 if row.get("omitted") else 3000
        timing = _built(fields)
        if timing is not None:
            return timing


def _swept(timing: IntersectionPlan, kind: str) -> list[str]:
    """What the second judge says is shown: one letter per channel, a row every tenth of a second."""
    second = street_twice(kind)[2].signals["A0"]
    order = [timing.group_ids.index(name) for name in second.group]
    (rows,) = swept_rings(json.loads(timing.model_dump_json()), order)
    return [row.tobytes().decode() for row in rows]


@pytest.mark.parametrize("kind", ["lefts", "crossings"])
def test_both_paint_the_same_pictures_in_fixed_control(kind: str) -> None:
    rng = random.Random(7)
    channels = {c: at for at, group in enumerate(street_twice(kind)[0].intersections[0].groups) for c in group.channels}
    for _ in range(60):
        timing = _mutated(rng, kind, ControlMode.FIXED)
        assert isinstance(timing.body, RingsBody)
        ours = [shown for shown, duration_ds in expanded(timing, timing.body) for _ in range(duration_ds)]
        spelled = ["".join(shown[channels[c]] for c in sorted(channels)) for shown in ours]
        assert _swept(timing, kind)[len(ours) : 2 * len(ours)] == spelled, repr(timing)


@pytest.mark.parametrize("kind", ["lefts", "crossings"])
@pytest.mark.parametrize("mode", [ControlMode.COORDINATED, ControlMode.ACTUATED])
def test_every_walk_of_the_second_judge_is_one_that_ours_knows(kind: str, mode: ControlMode) -> None:
    """Each of its rows follows in our order of pictures, and no display is shorter or longer than in our courses."""
    rng = random.Random(11)
    network = street_twice(kind)[0]
    for _ in range(3):
        timing = _mutated(rng, kind, mode)
        rows = {"A0": [(at / 10, state) for at, state in enumerate(_swept(timing, kind)[:25_000])]}
        plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
        assert audit(rows, plan, network, step_s=0.1) == (), repr(timing)


@pytest.mark.parametrize("kind", ["lefts", "crossings"])
@pytest.mark.parametrize("mode", list(ControlMode))
def test_both_find_the_plan_to_start_from_safe(kind: str, mode: ControlMode) -> None:
    network, rules, second, plain_rules = street_twice(kind)
    timing = _built(_start(kind) | {"control_mode": mode})
    assert timing is not None
    plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
    assert check(plan, network, rules) == ()
    assert broken_rules(second, plain_rules, json.loads(plan.canonical_bytes()), network.digest) == set()


def test_both_name_the_same_broken_rules_of_rings() -> None:
    rules_broken, classes = _compare(90, seed=20261126)
    assert len(classes) >= 15
    assert len(rules_broken) >= 10
    assert rules_broken["none"] >= 15


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("part", range(3))
def test_both_name_the_same_broken_rules_of_rings_nine_hundred_times(part: int) -> None:
    rules_broken, classes = _compare(300, seed=3000 + part)
    assert len(classes) >= 20
    assert rules_broken["yellow-trap"] >= 1
