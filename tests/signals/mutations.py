"""Changes to a timing in stages, on its published values: each one class of faults, or of changes that do no harm.

What a class does is its name; whether a plan is safe after it, the judges say. `HARMLESS` mostly are, `FAULTS` mostly
break a rule, but not always: a yellow of 3.5 s may be cut where nobody is, a stage may have green to give away.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]
Mutation = Callable[[Fields, random.Random], None]


def _stages(fields: Fields) -> list[Fields]:
    found: list[Fields] = fields["body"]["sequence"]
    return found


def _stage(fields: Fields, rng: random.Random) -> Fields:
    return rng.choice(_stages(fields))


def _steps(fields: Fields, letters: str = "") -> list[Fields]:
    """Steps of interstages, with any of these letters."""
    steps = [step for stage in _stages(fields) for step in stage["interstage"]]
    return [step for step in steps if not letters or {*letters} & {*step["displays"]}]


def _pictures(fields: Fields) -> list[Fields]:
    return [picture for stage in _stages(fields) for picture in (stage, *stage["interstage"])]


def _put(picture: Fields, at: int, letter: str) -> None:
    shown = picture["displays"]
    picture["displays"] = shown[:at] + letter + shown[at + 1 :]


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _length(fields: Fields) -> int:
    return sum(picture["duration_ds"] for picture in _pictures(fields))


# --- harmless ---------------------------------------------------------------------------------------------------------


def greens_redrawn(fields: Fields, rng: random.Random) -> None:
    for stage in _stages(fields):
        stage["duration_ds"] += rng.randint(-40, 60) if stage["duration_ds"] > 120 else rng.randint(0, 60)


def green_longer(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["duration_ds"] += rng.randint(1, 100)


def offset_moved(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = rng.randrange(_length(fields))


def round_begun_elsewhere(fields: Fields, rng: random.Random) -> None:
    at = rng.randrange(len(_stages(fields)))
    fields["body"]["sequence"] = _stages(fields)[at:] + _stages(fields)[:at]
    fields["reference"] = [_stages(fields)[0]["id"]]


def all_red_longer(fields: Fields, rng: random.Random) -> None:
    red = "r" * len(fields["group_ids"])
    steps = [step for step in _steps(fields) if step["displays"] == red]
    if steps:
        rng.choice(steps)["duration_ds"] += rng.randint(1, 40)


def step_in_two(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if stage["interstage"]:
        at = rng.randrange(len(stage["interstage"]))
        step = stage["interstage"][at]
        if step["duration_ds"] > 1:
            first = rng.randrange(1, step["duration_ds"])
            stage["interstage"].insert(at, {**step, "duration_ds": first})
            step["duration_ds"] -= first


def stage_in_two(fields: Fields, rng: random.Random) -> None:
    """The stage, and itself once more: no more than a longer green."""
    sequence = _stages(fields)
    at = rng.randrange(len(sequence))
    again = {**_copied(sequence[at]), "id": f"again{len(sequence)}"}
    sequence[at]["interstage"] = []
    again["duration_ds"] = rng.randint(10, 60)
    sequence.insert(at + 1, again)


def renamed(fields: Fields, rng: random.Random) -> None:
    names = {stage["id"]: f"N{number}{rng.randrange(10)}" for number, stage in enumerate(_stages(fields))}
    for stage in _stages(fields):
        stage["id"] = names[stage["id"]]
    for way in fields["body"]["transitions"]:
        way.update(from_stage=names[way["from_stage"]], to_stage=names[way["to_stage"]])
    fields["reference"] = [names[name] for name in fields["reference"]]


def actuated(fields: Fields, rng: random.Random) -> None:
    """Greens from what runs down to three quarters, up to a second and a half more."""
    fields["control_mode"] = rng.choice(["actuated", "coordinated actuated"])
    for stage in _stages(fields):
        low = max(rng.choice([60, 80, 100]), stage["duration_ds"] * 3 // 4)
        if rng.random() < 0.9:
            stage["actuation"] = {"min_ds": low, "max_ds": low + rng.choice([0, 15, 50])}


# --- faults -----------------------------------------------------------------------------------------------------------


def green_cut(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["duration_ds"] = rng.randint(1, 70)


def green_too_long(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["duration_ds"] = rng.randint(400, 1500)


def yellow_length_wrong(fields: Fields, rng: random.Random) -> None:
    if steps := _steps(fields, "y"):
        step = rng.choice(steps)
        step["duration_ds"] = max(1, step["duration_ds"] + rng.choice([-30, -20, -10, -5, -1, 1, 10]))


def yellow_left_out(fields: Fields, rng: random.Random) -> None:
    if steps := _steps(fields, "y"):
        step = rng.choice(steps)
        step["displays"] = step["displays"].replace("y", "r")


def red_clearance_cut(fields: Fields, rng: random.Random) -> None:
    steps = [step for step in _steps(fields) if not {*step["displays"]} & {*"y"}]
    if steps:
        step = rng.choice(steps)
        step["duration_ds"] = max(1, step["duration_ds"] - rng.choice([1, 5, 10, 20]))


def step_left_out(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if stage["interstage"]:
        stage["interstage"].pop(rng.randrange(len(stage["interstage"])))


def clearance_left_out(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["interstage"] = []


def step_twice(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if stage["interstage"]:
        stage["interstage"].insert(0, dict(rng.choice(stage["interstage"])))


def letter_in_interstage(fields: Fields, rng: random.Random) -> None:
    if steps := _steps(fields):
        step = rng.choice(steps)
        _put(step, rng.randrange(len(step["displays"])), rng.choice("ruygGsoO"))


def letter_in_stage(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    _put(stage, rng.randrange(len(stage["displays"])), rng.choice("rgGsoO"))


def conflicting_green(fields: Fields, rng: random.Random) -> None:
    """A green through a whole stage and its interstage, for a group that is red there."""
    stage = _stage(fields, rng)
    red = [at for at, letter in enumerate(stage["displays"]) if letter == "r"]
    if red:
        at, letter = rng.choice(red), rng.choice("gG")
        for picture in (stage, *stage["interstage"]):
            _put(picture, at, letter)


def groups_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = (rng.randrange(len(fields["group_ids"])) for _ in range(2))
    for picture in _pictures(fields):
        first, second = picture["displays"][one], picture["displays"][other]
        _put(picture, one, second)
        _put(picture, other, first)


def stages_pictures_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = _stage(fields, rng), _stage(fields, rng)
    one["displays"], other["displays"] = other["displays"], one["displays"]


def giving_way_shown_protected(fields: Fields, rng: random.Random) -> None:
    _recoloured(fields, rng, "g", "G")


def protected_shown_giving_way(fields: Fields, rng: random.Random) -> None:
    _recoloured(fields, rng, "G", "g")


def _recoloured(fields: Fields, rng: random.Random, old: str, new: str) -> None:
    stage = _stage(fields, rng)
    places = [at for at, letter in enumerate(stage["displays"]) if letter == old]
    if places:
        at = rng.choice(places)
        for picture in [stage] if rng.random() < 0.5 else _pictures(fields):
            if picture["displays"][at] == old:
                _put(picture, at, new)


def never_served(fields: Fields, rng: random.Random) -> None:
    at = rng.randrange(len(fields["group_ids"]))
    for picture in _pictures(fields):
        _put(picture, at, "r")


def walk_cut(fields: Fields, rng: random.Random) -> None:
    """A green without yellow, as of walkers, ends after a few seconds of its stage."""
    sequence = _stages(fields)
    at = rng.randrange(len(sequence))
    stage, after = sequence[at], sequence[(at + 1) % len(sequence)]
    shown = [stage, *stage["interstage"], after]
    sudden = [
        k
        for k in range(len(fields["group_ids"]))
        if stage["displays"][k] == "G" and "y" not in {picture["displays"][k] for picture in shown}
    ]
    if sudden and stage["duration_ds"] > 1:
        first = rng.randint(1, min(stage["duration_ds"] - 1, 120))
        k = rng.choice(sudden)
        rest = {**stage, "duration_ds": stage["duration_ds"] - first}
        step = {"displays": rest["displays"], "duration_ds": rest["duration_ds"]}
        _put(step, k, "r")
        for other in stage["interstage"]:
            _put(other, k, "r")
        stage["duration_ds"] = first
        stage["interstage"] = [step, *stage["interstage"]]


def left_trapped(fields: Fields, rng: random.Random) -> None:
    """A group that gives way ends its green before the rest of its stage."""
    stage = _stage(fields, rng)
    giving_way = [at for at, letter in enumerate(stage["displays"]) if letter == "g"]
    if not giving_way:
        return
    at = rng.choice(giving_way)
    cut = [{**stage}, {**stage}]
    for picture, letter in zip(cut, "yr", strict=True):
        _put(picture, at, letter)
    for step in stage["interstage"]:
        _put(step, at, "r")
    lengths = (30, rng.randint(10, 90))
    steps = [{"displays": c["displays"], "duration_ds": ds} for c, ds in zip(cut, lengths, strict=True)]
    stage["interstage"] = [*steps, *stage["interstage"]]


def arrow_early(fields: Fields, rng: random.Random) -> None:
    """A left that gives way gets its arrow while the others have yellow."""
    if steps := _steps(fields, "g"):
        step = rng.choice(steps)
        step["displays"] = step["displays"].replace("g", "G")


def start_early(fields: Fields, rng: random.Random) -> None:
    """What the next stage shows green starts with a step of the interstage before it, whatever is yellow then."""
    sequence = _stages(fields)
    at = rng.randrange(len(sequence))
    following = sequence[(at + 1) % len(sequence)]["displays"]
    for step in sequence[at]["interstage"][rng.choice([0, -1]) :]:
        pairs = zip(step["displays"], following, strict=True)
        step["displays"] = "".join(then if now == "r" and then in "gG" else now for now, then in pairs)


def red_amber_wrong(fields: Fields, rng: random.Random) -> None:
    stage = _stage(fields, rng)
    if not stage["interstage"]:
        return
    step = stage["interstage"][-1]
    if "u" in step["displays"] and rng.random() < 0.5:
        step["duration_ds"] += rng.choice([-5, -1, 1, 10])
    else:
        _put(step, rng.randrange(len(step["displays"])), "u")


def all_green(fields: Fields, rng: random.Random) -> None:
    _stage(fields, rng)["displays"] = rng.choice("gG") * len(fields["group_ids"])


def stage_left_out(fields: Fields, rng: random.Random) -> None:
    if len(_stages(fields)) > 1:
        _stages(fields).pop(rng.randrange(1, len(_stages(fields))))


def stages_reordered(fields: Fields, rng: random.Random) -> None:
    rng.shuffle(_stages(fields))
    fields["reference"] = [_stages(fields)[0]["id"]]


def stages_turned(fields: Fields, rng: random.Random) -> None:
    """The stages in the opposite order: arrows before the green in which they give way."""
    _stages(fields).reverse()
    fields["reference"] = [_stages(fields)[0]["id"]]


def stages_too_many(fields: Fields, rng: random.Random) -> None:
    rounds = _copied(_stages(fields) * 3)
    for number, stage in enumerate(rounds):
        stage["id"], stage["duration_ds"] = f"round{number}", rng.randint(50, 80)
    fields["body"]["sequence"] = _stages(fields) + rounds


def transition_without_clearance(fields: Fields, rng: random.Random) -> None:
    """A free choice of the next stage, its interstage copied from elsewhere or cut."""
    actuated(fields, rng)
    origin, target = _stage(fields, rng), _stage(fields, rng)["id"]
    steps = _copied(origin["interstage"])
    if steps and rng.random() < 0.3:
        steps.pop()
    fields["body"]["transitions"].append({"from_stage": origin["id"], "to_stage": target, "interstage": steps})


def minimum_below_the_rules(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    _stage(fields, rng)["actuation"] = {"min_ds": rng.choice([1, 30, 49]), "max_ds": 300}


def maximum_below_minimum(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    _stage(fields, rng)["actuation"] = {"min_ds": 80, "max_ds": rng.randint(50, 79)}


def maximum_beyond_the_rules(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    _stage(fields, rng)["actuation"] = {"min_ds": 80, "max_ds": rng.randint(300, 1000)}


def cycle_out_of_range(fields: Fields, rng: random.Random) -> None:
    share = rng.choice([0.3, 0.4, 1.5, 2.5])
    for stage in _stages(fields):
        stage["duration_ds"] = max(1, round(stage["duration_ds"] * share))


def cycle_not_the_sum(fields: Fields, rng: random.Random) -> None:
    fields["cycle_ds"] = _length(fields) + rng.choice([-10, -1, 1, 30])


def offset_outside_the_cycle(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = _length(fields) + rng.choice([0, 0, 1, 100])


HARMLESS: tuple[Mutation, ...] = (
    *(greens_redrawn, green_longer, offset_moved, round_begun_elsewhere, all_red_longer, step_in_two, stage_in_two),
    *(renamed, actuated),
)
FAULTS: tuple[Mutation, ...] = (
    *(green_cut, green_too_long, yellow_length_wrong, yellow_left_out, red_clearance_cut, step_left_out),
    *(clearance_left_out, step_twice, letter_in_interstage, letter_in_stage, conflicting_green, groups_swapped),
    *(stages_pictures_swapped, giving_way_shown_protected, protected_shown_giving_way, never_served, walk_cut),
    *(left_trapped, arrow_early, start_early, red_amber_wrong, all_green, stage_left_out, stages_reordered),
    *(stages_turned, stages_too_many, transition_without_clearance, minimum_below_the_rules, maximum_below_minimum),
    *(maximum_beyond_the_rules, cycle_out_of_range),
)
CLOCK_FAULTS: tuple[Mutation, ...] = (cycle_not_the_sum, offset_outside_the_cycle)  # after the clock is made to fit


def fitted(fields: Fields) -> None:
    """Cycle and offset as the stages give them."""
    length = _length(fields)
    fields["cycle_ds"] = None if fields["control_mode"] == "actuated" else length
    fields["offset_ds"] %= length


def called_untouched(fields: Fields, today: Fields) -> None:
    """Said to be what runs today; under its names, for displays do not tell how we call them."""
    fields["untouched"] = True
    names = [stage["id"] for stage in _stages(today)]
    if len(names) == len(_stages(fields)) and not fields["body"]["transitions"]:
        for stage, name in zip(_stages(fields), names, strict=True):
            stage["id"] = name
        fields["reference"] = names[:1]
