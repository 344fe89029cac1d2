"""Our safety check against a second judge that shares no code with it, on random and mutated plans.

Both must name the same broken rules at the same intersections, not only agree on the verdict.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from networks.importers import sumo_net
from networks.network import Network
from signals.control import timing_of
from signals.plan import ControlMode, IntersectionPlan, TimingPlan
from signals.rules import Rules, rules_of
from signals.safety import check
from tests.signals.brute_force import Street, broken_rules
from tests.signals.sumo_streets import street

KINDS = ("grid", "walkers", "cleared", "legs", "dense", "lefts", "shared", "arrows")
JUDGED = (*KINDS, "lawless")  # what runs on the last one nobody can call safe

Fields = dict[str, Any]


@cache
def street_twice(kind: str) -> tuple[Network, Rules, Street, Fields]:
    """The street, its rules, and both again as the second judge knows them."""
    network = sumo_net.read(street(kind))
    rules = rules_of(network)
    return network, rules, Street(street(kind)), json.loads(json.dumps(rules.model_dump(mode="json")))


# --- mutations: each is one class of faults (or of harmless changes); all work on plain values ------------------------


def _stage(fields: Fields, rng: random.Random) -> Fields:
    stage: Fields = rng.choice(fields["body"]["sequence"])
    return stage


def _step(fields: Fields, rng: random.Random) -> Fields | None:
    steps = [step for stage in fields["body"]["sequence"] for step in stage["interstage"]]
    return rng.choice(steps) if steps else None


def _relettered(text: str, rng: random.Random, letters: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(letters) + text[at + 1 :]


def retimed(fields: Fields, rng: random.Random) -> None:
    for stage in fields["body"]["sequence"]:
        stage["duration_ds"] = rng.randint(60, 400)


def shortened(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["duration_ds"] = rng.randint(1, 70)


def lengthened(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["duration_ds"] = rng.randint(400, 1500)


def interstage_length(fields: Fields, rng: random.Random) -> None:
    if step := _step(fields, rng):
        step["duration_ds"] = max(1, step["duration_ds"] + rng.choice([-20, -10, -1, 1, 10, 20]))


def interstage_dropped(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if stage["interstage"]:
        stage["interstage"].pop(rng.randrange(len(stage["interstage"])))


def interstage_twice(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if stage["interstage"]:
        stage["interstage"].insert(0, dict(rng.choice(stage["interstage"])))


def all_red_added(fields: Fields, rng: random.Random) -> None:
    red = "r" * len(fields["group_ids"])
    _stage(fields, rng)["interstage"].append({"displays": red, "duration_ds": rng.randint(1, 40)})


def letter_in_interstage(fields: Fields, rng: random.Random) -> None:
    if step := _step(fields, rng):
        step["displays"] = _relettered(step["displays"], rng, "ruygGsoO")


def letter_in_stage(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    stage["displays"] = _relettered(stage["displays"], rng, "rgGsoO")


def right_of_way(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    swap = {"g": "G", "G": "g"}
    at = rng.choice([i for i, letter in enumerate(stage["displays"]) if letter in swap] or [0])
    letter = stage["displays"][at]
    stage["displays"] = stage["displays"][:at] + swap.get(letter, letter) + stage["displays"][at + 1 :]


def pictures_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = _stage(fields, rng), _stage(fields, rng)
    one["displays"], other["displays"] = other["displays"], one["displays"]


def groups_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = rng.randrange(len(fields["group_ids"])), rng.randrange(len(fields["group_ids"]))
    for stage in fields["body"]["sequence"]:
        for picture in (stage, *stage["interstage"]):
            letters = list(picture["displays"])
            letters[one], letters[other] = letters[other], letters[one]
            picture["displays"] = "".join(letters)


def stage_twice(fields: Fields, rng: random.Random) -> None:
    sequence = fields["body"]["sequence"]
    copied = json.loads(json.dumps(_stage(fields, rng)))
    copied["id"] = f"copy{len(sequence)}"
    sequence.insert(rng.randrange(len(sequence) + 1), copied)


def stages_many(fields: Fields, rng: random.Random) -> None:
    sequence = fields["body"]["sequence"]
    rounds = json.loads(json.dumps(sequence * 3))
    for number, stage in enumerate(rounds):
        stage["id"] = f"round{number}"
        stage["duration_ds"] = rng.randint(50, 80)
    sequence += rounds


def stage_dropped(fields: Fields, rng: random.Random) -> None:
    sequence = fields["body"]["sequence"]
    if len(sequence) > 1:
        sequence.pop(rng.randrange(1, len(sequence)))


def stages_reordered(fields: Fields, rng: random.Random) -> None:
    rng.shuffle(fields["body"]["sequence"])


def yellow_to_red(fields: Fields, rng: random.Random) -> None:
    if step := _step(fields, rng):
        step["displays"] = step["displays"].replace("y", "r")


def arrow_early(fields: Fields, rng: random.Random) -> None:
    """A left that gives way gets its arrow while the others have yellow."""
    steps = [s for stage in fields["body"]["sequence"] for s in stage["interstage"] if "g" in s["displays"]]
    if steps:
        step = rng.choice(steps)
        step["displays"] = step["displays"].replace("g", "G")


def start_early(fields: Fields, rng: random.Random) -> None:
    """What the next stage shows green starts with a step of the interstage before it, whatever is yellow then."""
    sequence = fields["body"]["sequence"]
    at = rng.randrange(len(sequence))
    for step in sequence[at]["interstage"][rng.choice([0, -1]) :]:
        following = sequence[(at + 1) % len(sequence)]["displays"]
        pairs = zip(step["displays"], following, strict=True)
        step["displays"] = "".join(then if now == "r" and then in "gG" else now for now, then in pairs)


def stages_turned(fields: Fields, rng: random.Random) -> None:
    """The stages in the opposite order: arrows before the green in which they give way."""
    fields["body"]["sequence"].reverse()


def left_ends_alone(fields: Fields, rng: random.Random) -> None:
    """A group that gives way ends its green before the rest of its stage."""
    stage = _stage(fields, rng)
    giving_way = [at for at, letter in enumerate(stage["displays"]) if letter == "g"]
    if not giving_way:
        return
    at = rng.choice(giving_way)
    cut = [stage["displays"][:at] + letter + stage["displays"][at + 1 :] for letter in "yr"]
    for step in stage["interstage"]:
        step["displays"] = step["displays"][:at] + "r" + step["displays"][at + 1 :]
    lengths = (30, rng.randint(10, 90))
    steps = [{"displays": shown, "duration_ds": ds} for shown, ds in zip(cut, lengths, strict=True)]
    stage["interstage"] = [*steps, *stage["interstage"]]


def priority_lost(fields: Fields, rng: random.Random) -> None:
    """A group that gives way in some stage does so in all of them."""
    sequence = fields["body"]["sequence"]
    at = rng.choice(
        [k for k in range(len(fields["group_ids"])) if any(s["displays"][k] == "g" for s in sequence)] or [0]
    )
    for stage in sequence:
        for picture in (stage, *stage["interstage"]):
            letters = list(picture["displays"])
            letters[at] = letters[at].replace("G", "g")
            picture["displays"] = "".join(letters)


def red_amber(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if stage["interstage"]:
        step = stage["interstage"][-1]
        step["displays"] = _relettered(step["displays"], rng, "u")


def all_green(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["displays"] = rng.choice("gG") * len(fields["group_ids"])


def offset_moved(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = rng.randint(0, 5000)


def actuated(fields: Fields, rng: random.Random) -> None:
    fields["control_mode"] = ControlMode.ACTUATED
    for stage in fields["body"]["sequence"]:
        low = rng.choice([30, 49, 50, 60, 90])
        if rng.random() < 0.8:
            stage["actuation"] = {"min_ds": low, "max_ds": low + rng.randint(0, 500)}


def free_choice(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    ids = [stage["id"] for stage in fields["body"]["sequence"]]
    origin, target = rng.choice(fields["body"]["sequence"]), rng.choice(ids)
    steps = json.loads(json.dumps(origin["interstage"]))
    if rng.random() < 0.3 and steps:
        steps.pop()
    way = {"from_stage": origin["id"], "to_stage": target, "interstage": steps}
    fields["body"]["transitions"] = [*fields["body"]["transitions"], way]


def marked_untouched(fields: Fields, rng: random.Random) -> None:
    fields["untouched"] = True


MUTATIONS: tuple[Callable[[Fields, random.Random], None], ...] = (
    *(retimed, shortened, lengthened, interstage_length, interstage_dropped, interstage_twice, all_red_added),
    *(letter_in_interstage, letter_in_stage, right_of_way, pictures_swapped, groups_swapped, stage_twice),
    *(stages_many, stage_dropped, stages_reordered, yellow_to_red, red_amber, all_green, offset_moved),
    *(actuated, free_choice, marked_untouched, arrow_early, start_early, stages_turned),
    *(left_ends_alone, priority_lost),
)


def _built(fields: Fields) -> IntersectionPlan | None:
    """The mutated values as a timing, its cycle and offset made to fit; None where no sound one can be built."""
    sequence = fields["body"]["sequence"]
    length_ds = sum(s["duration_ds"] + sum(step["duration_ds"] for step in s["interstage"]) for s in sequence)
    fields["cycle_ds"] = None if fields["control_mode"] == ControlMode.ACTUATED else length_ds
    fields["offset_ds"] %= length_ds
    if fields["untouched"]:  # names are no displays: the second judge does not know how we call today's stages
        names = {stage["id"]: f"S{number}" for number, stage in enumerate(sequence, start=1)}
        for stage in sequence:
            stage["id"] = names[stage["id"]]
        for way in fields["body"]["transitions"]:
            way.update(from_stage=names.get(way["from_stage"], ""), to_stage=names.get(way["to_stage"], ""))
    fields["reference"] = [sequence[0]["id"]]
    try:
        return IntersectionPlan.model_validate_json(json.dumps(fields))
    except ValidationError:
        return None


def _plan(network: Network, rng: random.Random, count: int) -> tuple[TimingPlan, list[str]] | None:
    timings, names = [], []
    target = rng.choice([i for i in network.intersections if len(i.groups) > 1]).id
    for intersection in network.intersections:
        untouched = intersection.id != target or rng.random() < 0.1
        timing = timing_of(intersection.running, intersection, untouched=untouched)
        if intersection.id == target:
            fields = json.loads(json.dumps(timing.model_dump(mode="json")))
            for mutation in rng.sample(MUTATIONS, count):
                mutation(fields, rng)
                names.append(mutation.__name__)
            changed = _built(fields)
            if changed is None:
                return None
            timing = changed
        timings.append(timing)
    digest = network.digest
    if rng.random() < 0.01:
        digest = "f" * 64
    if rng.random() < 0.01:
        timings.pop()
    return TimingPlan(network_digest=digest, intersections=tuple(timings)), names


def _compare(count: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """Judge `count` plans twice; returns rules broken and mutations of refused plans. Fails on a disagreement."""
    rng = random.Random(seed)
    rules_broken: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    judged = 0
    while judged < count:
        network, rules, second, plain_rules = street_twice(JUDGED[judged % len(JUDGED)])
        state = rng.getstate()[1][:2]
        made = _plan(network, rng, rng.choices((0, 1, 2, 3), (1, 5, 3, 1))[0])
        if made is None:
            continue
        plan, names = made
        judged += 1
        ours = check(plan, network, rules)
        named = {(v.rule, v.where.split("'")[1] if v.where.startswith("inter") else "") for v in ours}
        other = broken_rules(second, plain_rules, json.loads(json.dumps(plan.model_dump(mode="json"))), network.digest)
        assert named == other, f"seed {seed}, plan {judged} {state}, {names}: {named ^ other}\n{plan.intersections}"
        rules_broken.update({rule for rule, _ in named} or {"none"})
        if named:
            classes.update(names)
    return rules_broken, classes


@pytest.mark.parametrize("kind", KINDS)
def test_both_find_what_runs_safe(kind: str) -> None:
    network, rules, second, plain_rules = street_twice(kind)
    timings = tuple(timing_of(i.running, i) for i in network.intersections)
    plan = TimingPlan(network_digest=network.digest, intersections=timings)
    assert check(plan, network, rules) == ()
    assert broken_rules(second, plain_rules, plan.model_dump(mode="json"), network.digest) == set()


def test_both_name_the_same_broken_rules() -> None:
    rules_broken, classes = _compare(500, seed=20261123)
    assert len(classes) >= 15
    assert len(rules_broken) >= 12
    assert rules_broken["none"] >= 25


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("part", range(10))
def test_both_name_the_same_broken_rules_ten_thousand_times(part: int) -> None:
    rules_broken, classes = _compare(1000, seed=1000 + part)
    assert len(classes) >= 15
    assert rules_broken["none"] >= 50
