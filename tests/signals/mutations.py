"""Changes to a timing in stages, on its published values: each one class of faults, or of changes that do no harm.

What a class does is its name; whether a plan is safe after it, the judges say. `HARMLESS` mostly are, `FAULTS` mostly
break a rule, but not always: a yellow of 3.5 s may be cut where nobody is, a stage may have green to give away.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.signals.order_mutations import green_interrupted, lead_and_lag_changed, stage_comes_twice, stage_moved
from tests.signals.stage_parts import Fields, a_stage, copied, length_of, pictures_of, put, stages_of, steps_of
from tests.signals.traffic_mutations import (
    actuated,
    ends_told_ahead,
    maximum_below_minimum,
    maximum_beyond_the_rules,
    minimum_below_the_rules,
    put_on_the_clock,
    stage_repeated,
)

Mutation = Callable[[Fields, random.Random], None]


# --- harmless ---------------------------------------------------------------------------------------------------------


def greens_redrawn(fields: Fields, rng: random.Random) -> None:
    for stage in stages_of(fields):
        stage["duration_ds"] += rng.randint(-40, 60) if stage["duration_ds"] > 120 else rng.randint(0, 60)


def green_longer(fields: Fields, rng: random.Random) -> None:
    a_stage(fields, rng)["duration_ds"] += rng.randint(1, 100)


def offset_moved(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = rng.randrange(length_of(fields))


def round_begun_elsewhere(fields: Fields, rng: random.Random) -> None:
    at = rng.randrange(len(stages_of(fields)))
    fields["body"]["sequence"] = stages_of(fields)[at:] + stages_of(fields)[:at]
    fields["reference"] = [stages_of(fields)[0]["id"]]


def all_red_longer(fields: Fields, rng: random.Random) -> None:
    red = "r" * len(fields["group_ids"])
    steps = [step for step in steps_of(fields) if step["displays"] == red]
    if steps:
        rng.choice(steps)["duration_ds"] += rng.randint(1, 40)


def step_in_two(fields: Fields, rng: random.Random) -> None:
    stage = a_stage(fields, rng)
    if stage["interstage"]:
        at = rng.randrange(len(stage["interstage"]))
        step = stage["interstage"][at]
        if step["duration_ds"] > 1:
            first = rng.randrange(1, step["duration_ds"])
            stage["interstage"].insert(at, {**step, "duration_ds": first})
            step["duration_ds"] -= first


def stage_in_two(fields: Fields, rng: random.Random) -> None:
    """The stage, and itself once more: no more than a longer green."""
    sequence = stages_of(fields)
    at = rng.randrange(len(sequence))
    again = {**copied(sequence[at]), "id": f"again{len(sequence)}"}
    sequence[at]["interstage"] = []
    again["duration_ds"] = rng.randint(10, 60)
    sequence.insert(at + 1, again)


def renamed(fields: Fields, rng: random.Random) -> None:
    names = {stage["id"]: f"N{number}{rng.randrange(10)}" for number, stage in enumerate(stages_of(fields))}
    for stage in stages_of(fields):
        stage["id"] = names[stage["id"]]
    for way in fields["body"]["transitions"]:
        way.update(from_stage=names[way["from_stage"]], to_stage=names[way["to_stage"]])
    fields["reference"] = [names[name] for name in fields["reference"]]


# --- faults -----------------------------------------------------------------------------------------------------------


def green_cut(fields: Fields, rng: random.Random) -> None:
    a_stage(fields, rng)["duration_ds"] = rng.randint(1, 70)


def green_too_long(fields: Fields, rng: random.Random) -> None:
    a_stage(fields, rng)["duration_ds"] = rng.randint(400, 1500)


def yellow_length_wrong(fields: Fields, rng: random.Random) -> None:
    if steps := steps_of(fields, "y"):
        step = rng.choice(steps)
        step["duration_ds"] = max(1, step["duration_ds"] + rng.choice([-30, -20, -10, -5, -1, 1, 10]))


def yellow_left_out(fields: Fields, rng: random.Random) -> None:
    if steps := steps_of(fields, "y"):
        step = rng.choice(steps)
        step["displays"] = step["displays"].replace("y", "r")


def red_clearance_cut(fields: Fields, rng: random.Random) -> None:
    steps = [step for step in steps_of(fields) if not {*step["displays"]} & {*"y"}]
    if steps:
        step = rng.choice(steps)
        step["duration_ds"] = max(1, step["duration_ds"] - rng.choice([1, 5, 10, 20]))


def step_left_out(fields: Fields, rng: random.Random) -> None:
    stage = a_stage(fields, rng)
    if stage["interstage"]:
        stage["interstage"].pop(rng.randrange(len(stage["interstage"])))


def clearance_left_out(fields: Fields, rng: random.Random) -> None:
    a_stage(fields, rng)["interstage"] = []


def step_twice(fields: Fields, rng: random.Random) -> None:
    stage = a_stage(fields, rng)
    if stage["interstage"]:
        stage["interstage"].insert(0, dict(rng.choice(stage["interstage"])))


def letter_in_interstage(fields: Fields, rng: random.Random) -> None:
    if steps := steps_of(fields):
        step = rng.choice(steps)
        put(step, rng.randrange(len(step["displays"])), rng.choice("ruygGsoO"))


def letter_in_stage(fields: Fields, rng: random.Random) -> None:
    stage = a_stage(fields, rng)
    put(stage, rng.randrange(len(stage["displays"])), rng.choice("rgGsoO"))


def conflicting_green(fields: Fields, rng: random.Random) -> None:
    """A green through a whole stage and its interstage, for a group that is red there."""
    stage = a_stage(fields, rng)
    red = [at for at, letter in enumerate(stage["displays"]) if letter == "r"]
    if red:
        at, letter = rng.choice(red), rng.choice("gG")
        for picture in (stage, *stage["interstage"]):
            put(picture, at, letter)


def groups_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = (rng.randrange(len(fields["group_ids"])) for _ in range(2))
    for picture in pictures_of(fields):
        first, second = picture["displays"][one], picture["displays"][other]
        put(picture, one, second)
        put(picture, other, first)


def stages_pictures_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = a_stage(fields, rng), a_stage(fields, rng)
    one["displays"], other["displays"] = other["displays"], one["displays"]


def giving_way_shown_protected(fields: Fields, rng: random.Random) -> None:
    _recoloured(fields, rng, "g", "G")


def protected_shown_giving_way(fields: Fields, rng: random.Random) -> None:
    _recoloured(fields, rng, "G", "g")


def _recoloured(fields: Fields, rng: random.Random, old: str, new: str) -> None:
    stage = a_stage(fields, rng)
    places = [at for at, letter in enumerate(stage["displays"]) if letter == old]
    if places:
        at = rng.choice(places)
        for picture in [stage] if rng.random() < 0.5 else pictures_of(fields):
            if picture["displays"][at] == old:
                put(picture, at, new)


def never_served(fields: Fields, rng: random.Random) -> None:
    at = rng.randrange(len(fields["group_ids"]))
    for picture in pictures_of(fields):
        put(picture, at, "r")


def walk_cut(fields: Fields, rng: random.Random) -> None:
    """A green without yellow, as of walkers, ends after a few seconds of its stage."""
    sequence = stages_of(fields)
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
        put(step, k, "r")
        for other in stage["interstage"]:
            put(other, k, "r")
        stage["duration_ds"] = first
        stage["interstage"] = [step, *stage["interstage"]]


def green_runs_on(fields: Fields, rng: random.Random) -> None:
    """A green goes on through the stage that follows: as an arrow where nobody meets it but people on foot."""
    at = rng.randrange(len(stages_of(fields)))
    stage, following = stages_of(fields)[at], stages_of(fields)[(at + 1) % len(stages_of(fields))]
    ends = [
        k for k, pair in enumerate(zip(stage["displays"], following["displays"], strict=True)) if pair == ("G", "r")
    ]
    if not ends:
        return
    k = rng.choice(ends)
    for step in (*stage["interstage"], following):
        put(step, k, "G")
    for number, step in enumerate(following["interstage"]):
        put(step, k, "r" if number else "y")


def left_trapped(fields: Fields, rng: random.Random) -> None:
    """A group that gives way ends its green before the rest of its stage."""
    stage = a_stage(fields, rng)
    giving_way = [at for at, letter in enumerate(stage["displays"]) if letter == "g"]
    if not giving_way:
        return
    at = rng.choice(giving_way)
    cut = [{**stage}, {**stage}]
    for picture, letter in zip(cut, "yr", strict=True):
        put(picture, at, letter)
    for step in stage["interstage"]:
        put(step, at, "r")
    lengths = (30, rng.randint(10, 90))
    steps = [{"displays": c["displays"], "duration_ds": ds} for c, ds in zip(cut, lengths, strict=True)]
    stage["interstage"] = [*steps, *stage["interstage"]]


def arrow_early(fields: Fields, rng: random.Random) -> None:
    """A left that gives way gets its arrow while the others have yellow."""
    if steps := steps_of(fields, "g"):
        step = rng.choice(steps)
        step["displays"] = step["displays"].replace("g", "G")


def start_early(fields: Fields, rng: random.Random) -> None:
    """What the next stage shows green starts with a step of the interstage before it, whatever is yellow then."""
    sequence = stages_of(fields)
    at = rng.randrange(len(sequence))
    following = sequence[(at + 1) % len(sequence)]["displays"]
    for step in sequence[at]["interstage"][rng.choice([0, -1]) :]:
        pairs = zip(step["displays"], following, strict=True)
        step["displays"] = "".join(then if now == "r" and then in "gG" else now for now, then in pairs)


def red_amber_wrong(fields: Fields, rng: random.Random) -> None:
    stage = a_stage(fields, rng)
    if not stage["interstage"]:
        return
    step = stage["interstage"][-1]
    if "u" in step["displays"] and rng.random() < 0.5:
        step["duration_ds"] += rng.choice([-5, -1, 1, 10])
    else:
        put(step, rng.randrange(len(step["displays"])), "u")


def all_green(fields: Fields, rng: random.Random) -> None:
    a_stage(fields, rng)["displays"] = rng.choice("gG") * len(fields["group_ids"])


def stage_left_out(fields: Fields, rng: random.Random) -> None:
    if len(stages_of(fields)) > 1:
        stages_of(fields).pop(rng.randrange(1, len(stages_of(fields))))


def stages_reordered(fields: Fields, rng: random.Random) -> None:
    rng.shuffle(stages_of(fields))
    fields["reference"] = [stages_of(fields)[0]["id"]]


def stages_turned(fields: Fields, rng: random.Random) -> None:
    """The stages in the opposite order: arrows before the green in which they give way."""
    stages_of(fields).reverse()
    fields["reference"] = [stages_of(fields)[0]["id"]]


def stages_too_many(fields: Fields, rng: random.Random) -> None:
    rounds = copied(stages_of(fields) * 3)
    for number, stage in enumerate(rounds):
        stage["id"], stage["duration_ds"] = f"round{number}", rng.randint(50, 80)
    fields["body"]["sequence"] = stages_of(fields) + rounds


def transition_without_clearance(fields: Fields, rng: random.Random) -> None:
    """A free choice of the next stage, its interstage copied from elsewhere or cut."""
    actuated(fields, rng)
    origin, target = a_stage(fields, rng), a_stage(fields, rng)["id"]
    steps = copied(origin["interstage"])
    if steps and rng.random() < 0.3:
        steps.pop()
    fields["body"]["transitions"].append({"from_stage": origin["id"], "to_stage": target, "interstage": steps})


def cycle_out_of_range(fields: Fields, rng: random.Random) -> None:
    share = rng.choice([0.3, 0.4, 1.5, 2.5])
    for stage in stages_of(fields):
        stage["duration_ds"] = max(1, round(stage["duration_ds"] * share))


def cycle_not_the_sum(fields: Fields, rng: random.Random) -> None:
    fields["cycle_ds"] = length_of(fields) + rng.choice([-10, -1, 1, 30])


def offset_outside_the_cycle(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = length_of(fields) + rng.choice([0, 0, 1, 100])


def tenths_chosen(fields: Fields, rng: random.Random) -> None:
    """A time that is chosen gets a few tenths: harm only where whole seconds are asked for."""
    stage, more = a_stage(fields, rng), rng.randint(1, 9)
    places = [(stage, "duration_ds"), (fields, "offset_ds")]
    places += [(rng.choice(stage["interstage"]), "duration_ds")] if stage["interstage"] else []
    places += [(stage["actuation"], "max_ds")] if stage["actuation"] else []
    place, key = rng.choice(places)
    place[key] += more


def in_whole_seconds(fields: Fields) -> None:
    """All times that are chosen up to whole seconds, interstages by their last step."""
    fields["offset_ds"] -= fields["offset_ds"] % 10
    for stage in stages_of(fields):
        stage["duration_ds"] += -stage["duration_ds"] % 10
        for key in ("min_ds", "max_ds"):
            if stage["actuation"]:
                stage["actuation"][key] += -stage["actuation"][key] % 10
    for steps in [part["interstage"] for part in (*stages_of(fields), *fields["body"]["transitions"])]:
        if steps:
            steps[-1]["duration_ds"] += -sum(step["duration_ds"] for step in steps) % 10


HARMLESS: tuple[Mutation, ...] = (
    *(greens_redrawn, green_longer, offset_moved, round_begun_elsewhere, all_red_longer, step_in_two, stage_in_two),
    *(renamed, ends_told_ahead, actuated, lead_and_lag_changed),
)
FAULTS: tuple[Mutation, ...] = (
    *(green_cut, green_too_long, yellow_length_wrong, yellow_left_out, red_clearance_cut, step_left_out),
    *(clearance_left_out, step_twice, letter_in_interstage, letter_in_stage, conflicting_green, groups_swapped),
    *(stages_pictures_swapped, giving_way_shown_protected, protected_shown_giving_way, never_served, walk_cut),
    *(
        green_runs_on,
        left_trapped,
        arrow_early,
        start_early,
        red_amber_wrong,
        all_green,
        stage_left_out,
        stages_reordered,
    ),
    *(
        stages_turned,
        stages_too_many,
        stage_repeated,
        transition_without_clearance,
        minimum_below_the_rules,
        maximum_below_minimum,
    ),
    *(maximum_beyond_the_rules, cycle_out_of_range, tenths_chosen, stage_moved, stage_comes_twice, green_interrupted),
)
CLOCK_FAULTS: tuple[Mutation, ...] = (  # after the clock is made to fit
    *(cycle_not_the_sum, offset_outside_the_cycle, put_on_the_clock),
)


def fitted(fields: Fields) -> None:
    """Cycle and offset as the stages give them."""
    length = length_of(fields)
    fields["cycle_ds"] = None if fields["control_mode"] == "actuated" else length
    fields["offset_ds"] %= length


def called_untouched(fields: Fields, today: Fields) -> None:
    """Said to be what runs today; under its names, for displays do not tell how we call them."""
    fields["untouched"] = True
    names = [stage["id"] for stage in stages_of(today)]
    if len(names) == len(stages_of(fields)) and not fields["body"]["transitions"]:
        for stage, name in zip(stages_of(fields), names, strict=True):
            stage["id"] = name
        fields["reference"] = names[:1]
