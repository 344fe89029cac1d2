"""Changes to a timing in rings, on its published values: each one class of faults, or of changes that do no harm.

As `mutations` for stages: `HARMLESS` mostly keep a plan safe, `FAULTS` mostly do not.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from tests.signals.ring_plans import OF_SUMO, Fields, built, of_sumo, on_loops, ring_fields

Mutation = Callable[[Fields, random.Random], None]
FOOT_OF_SUMO = {2: "18", 6: "16", 4: "17", 8: "19"}


def _phase(fields: Fields, rng: random.Random) -> Fields:
    found: Fields = rng.choice(fields["body"]["ring_phases"])
    return found


def _any_group(fields: Fields, rng: random.Random) -> str:
    return str(rng.choice(fields["group_ids"][:12]))


def _overlap(name: str, parents: list[int], kind: str) -> Fields:
    trailing = {"trailing_green_ds": 0, "trailing_yellow_ds": 0, "trailing_red_ds": 0}
    return {"group_id": name, "parents": parents, "kind": kind, "modifiers": [], **trailing}


# --- each is one class ------------------------------------------------------------------------------------------------


def splits_moved(fields: Fields, rng: random.Random) -> None:
    for row in fields["body"]["ring_phases"]:
        row["split_ds"] += rng.randint(0, 60)


def yellow_length_wrong(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["yellow_ds"] += rng.choice([-30, -5, -1, 1, 10])


def red_clearance_cut(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    row["red_clearance_ds"] = max(0, row["red_clearance_ds"] - rng.choice([1, 5, 10, 20]))


def red_clearance_longer(fields: Fields, rng: random.Random) -> None:
    row, more = _phase(fields, rng), rng.choice([1, 10, 30])
    row["red_clearance_ds"] += more
    row["split_ds"] += more


def passage_changed(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["passage_ds"] = rng.choice([10, 20, 40])


def maximum_moved(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["max_green_ds"] = rng.randint(400, 900)


def minimum_longer(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["min_green_ds"] += rng.choice([1, 5, 20])


def minimum_cut(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["min_green_ds"] = rng.choice([1, 30, 45, 49])


def split_shortened(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    row |= {"min_green_ds": rng.choice([20, 45, 49]), "split_ds": rng.randint(95, 110)}


def red_amber_wrong(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["red_amber_ds"] = rng.choice([5, 10])


def order_turned(fields: Fields, rng: random.Random) -> None:
    rng.choice(rng.choice(fields["body"]["rings"])).reverse()


def groups_swapped(fields: Fields, rng: random.Random) -> None:
    one, other = _phase(fields, rng), _phase(fields, rng)
    one["group_ids"], other["group_ids"] = other["group_ids"], one["group_ids"]


def conflicting_green(fields: Fields, rng: random.Random) -> None:
    row, name = _phase(fields, rng), _any_group(fields, rng)
    if name not in (*row["group_ids"], *row.get("yielding_group_ids", [])):
        row.setdefault(rng.choice(["group_ids", "yielding_group_ids"]), []).append(name)


def left_trapped(fields: Fields, rng: random.Random) -> None:
    """A left with its own through."""
    left, through = rng.choice([(1, 6), (5, 2), (3, 8), (7, 4)])
    rows = {row["number"]: row for row in fields["body"]["ring_phases"]}
    if rows[left]["group_ids"] and rows[left]["group_ids"][0] not in rows[through].get("yielding_group_ids", []):
        rows[through].setdefault("yielding_group_ids", []).append(rows[left]["group_ids"][0])
        if rng.random() < 0.5:
            rows[left]["group_ids"] = []


def never_served(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    if row["group_ids"]:
        row["group_ids"].pop()


def right_of_way_swapped(fields: Fields, rng: random.Random) -> None:
    row = _phase(fields, rng)
    row["group_ids"], row["yielding_group_ids"] = row.get("yielding_group_ids", []), row["group_ids"]


def overlapped(fields: Fields, rng: random.Random) -> None:
    name = _any_group(fields, rng)
    for row in fields["body"]["ring_phases"]:
        for key in ("group_ids", "yielding_group_ids"):
            row[key] = [other for other in row.get(key, []) if other != name]
    overlap = _overlap(name, rng.sample(range(1, 9), rng.choice([1, 2, 2, 3])), rng.choice(["protected", "yielding"]))
    if rng.random() < 0.3:
        rest = [number for number in range(1, 9) if number not in overlap["parents"]]
        overlap["modifiers"] = [rng.choice(rest)]
    fields["body"]["overlaps"] = [overlap]


def overlap_trailing_wrong(fields: Fields, rng: random.Random) -> None:
    overlapped(fields, rng)
    trailing = {"trailing_green_ds": rng.choice([5, 10, 20, 30]), "trailing_yellow_ds": rng.choice([30, 30, 25, 0])}
    fields["body"]["overlaps"][0] |= trailing


def right_of_its_through(fields: Fields, rng: random.Random) -> None:
    """The right of a through as an overlap of it: what it is without."""
    row = _phase(fields, rng)
    if len(row["group_ids"]) > 1:
        name = row["group_ids"].pop()
        fields["body"]["overlaps"] = [_overlap(name, [row["number"]], "protected")]


def flashing_yellow_arrow(fields: Fields, rng: random.Random) -> None:
    left, opposing = rng.choice([(1, 2), (5, 6), (3, 4), (7, 8), (1, 6)])
    rows = {row["number"]: row for row in fields["body"]["ring_phases"]}
    if rows[left]["group_ids"]:
        overlap = _overlap(rows[left]["group_ids"][0], [opposing], "flashing yellow arrow")
        fields["body"]["overlaps"] = [overlap]


def ring_phase_left_out(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng).update(omitted=True, split_ds=0)


def walk_cut(fields: Fields, rng: random.Random) -> None:
    _foot_cut(fields, rng, "walk_ds")


def pedestrian_clearance_cut(fields: Fields, rng: random.Random) -> None:
    _foot_cut(fields, rng, "pedestrian_clearance_ds")


def pedestrian_buffer_cut(fields: Fields, rng: random.Random) -> None:
    _foot_cut(fields, rng, "pedestrian_buffer_ds")


def _foot_cut(fields: Fields, rng: random.Random, key: str) -> None:
    walking = [row for row in fields["body"]["ring_phases"] if row.get("pedestrian_mode", "none") != "none"]
    if walking:
        row = rng.choice(walking)
        row[key] = max(0, row[key] - rng.choice([1, 10, 60]))


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


def barrier_crossed(fields: Fields, rng: random.Random) -> None:
    """A ring phase on the other side of the barrier."""
    ring = rng.choice(fields["body"]["rings"])
    here, there = rng.sample(ring, 2)
    if here:
        there.append(here.pop(rng.randrange(len(here))))


def ring_phases_traded_over_the_barrier(fields: Fields, rng: random.Random) -> None:
    ring = rng.choice(fields["body"]["rings"])
    if all(ring):
        one, other = rng.randrange(len(ring[0])), rng.randrange(len(ring[1]))
        ring[0][one], ring[1][other] = ring[1][other], ring[0][one]


def maximum_below_minimum(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["max_green_ds"] = rng.randint(10, 49)


def dual_entry_twice(fields: Fields, rng: random.Random) -> None:
    numbers = rng.choice(rng.choice(fields["body"]["rings"]))
    for row in fields["body"]["ring_phases"]:
        row["dual_entry"] = row["dual_entry"] or row["number"] in numbers


def coordinated_apart(fields: Fields, rng: random.Random) -> None:
    fields["body"]["coordinated"] = [2, rng.choice([1, 8])]
    fields["reference"] = ["2"]


def cycle_out_of_range(fields: Fields, rng: random.Random) -> None:
    for row in fields["body"]["ring_phases"]:
        row["split_ds"] += 250


def barrier_sums_differ(fields: Fields, rng: random.Random) -> None:
    _phase(fields, rng)["split_ds"] += rng.choice([-1, 1, 30])


def cycle_not_the_sum(fields: Fields, rng: random.Random) -> None:
    fields["cycle_ds"] = (fields["cycle_ds"] or 900) + rng.choice([-10, -1, 1, 30])


def offset_outside_the_cycle(fields: Fields, rng: random.Random) -> None:
    fields["offset_ds"] = (fields["cycle_ds"] or 0) + rng.choice([1, 100])


def tenths_chosen(fields: Fields, rng: random.Random) -> None:
    """A split or the offset gets a few tenths: harm only where whole seconds are asked for."""
    row, key = rng.choice([(_phase(fields, rng), "split_ds"), (fields, "offset_ds")])
    row[key] += rng.randint(1, 9)


def in_whole_seconds(fields: Fields) -> None:
    """Splits up to whole seconds, the offset down."""
    fields["offset_ds"] -= fields["offset_ds"] % 10
    for row in fields["body"]["ring_phases"]:
        row["split_ds"] += -row["split_ds"] % 10


def detector_lost(fields: Fields, rng: random.Random) -> None:
    """Without one ring phase's detectors, or without one detector, as on the day on which it fails."""
    if fields["detectors"]:
        gone = rng.choice(fields["detectors"])
        key = rng.choice(["target", "detector_id"])
        fields["detectors"] = [use for use in fields["detectors"] if use[key] != gone[key]]


def detector_elsewhere(fields: Fields, rng: random.Random) -> None:
    if fields["detectors"]:
        use = rng.choice(fields["detectors"])
        use["target"] = str(rng.randint(1, 8))


def detector_not_there(fields: Fields, rng: random.Random) -> None:
    if fields["detectors"]:
        rng.choice(fields["detectors"])["detector_id"] += rng.choice(["_3", ":"])


def detector_mute(fields: Fields, rng: random.Random) -> None:
    """All detectors of a ring phase call and do not extend, or the other way round."""
    if fields["detectors"]:
        gone, word = rng.choice(fields["detectors"])["target"], rng.choice(["calls", "extends"])
        for use in fields["detectors"]:
            if use["target"] == gone:
                use[word] = False


def detector_of_more(fields: Fields, rng: random.Random) -> None:
    """A detector that also calls or extends another ring phase."""
    if fields["detectors"]:
        more = rng.choice(fields["detectors"]) | {"target": str(rng.randint(1, 8)), "calls": rng.random() < 0.5}
        fields["detectors"].append(more)


HARMLESS: tuple[Mutation, ...] = (
    *(splits_moved, order_turned, foot_mode, recalls, single_entry, offset_moved, red_clearance_longer),
    *(passage_changed, maximum_moved, minimum_longer, right_of_its_through, flashing_yellow_arrow),
    *(detector_of_more,),
)
FAULTS: tuple[Mutation, ...] = (
    *(yellow_length_wrong, red_clearance_cut, minimum_cut, split_shortened, red_amber_wrong, groups_swapped),
    *(conflicting_green, left_trapped, never_served, right_of_way_swapped, overlapped, overlap_trailing_wrong),
    *(ring_phase_left_out, walk_cut, pedestrian_clearance_cut, pedestrian_buffer_cut, foot_elsewhere),
    *(barrier_crossed, ring_phases_traded_over_the_barrier, maximum_below_minimum, dual_entry_twice),
    *(coordinated_apart, cycle_out_of_range, tenths_chosen),
    *(detector_lost, detector_elsewhere, detector_not_there, detector_mute),
)
CLOCK_FAULTS: tuple[Mutation, ...] = (barrier_sums_differ, cycle_not_the_sum, offset_outside_the_cycle)


@cache
def safe_start(kind: str) -> str:
    """A safe fixed plan in rings for the street "lefts", "crossings" or "lefts field", as JSON with all its values."""
    fields = ring_fields()
    of_sumo(fields)
    if kind == "lefts field":
        _as_in_the_field(fields)
    if kind == "crossings":
        fields["group_ids"] += ["16", "17", "18", "19"]
        for row in fields["body"]["ring_phases"]:
            row["split_ds"] = 440 if row["number"] in FOOT_OF_SUMO else 130
            if row["number"] in FOOT_OF_SUMO:
                row |= {"pedestrian_group_ids": [FOOT_OF_SUMO[row["number"]]], "pedestrian_mode": "recall"}
                row |= {"walk_ds": 70, "pedestrian_clearance_ds": 150, "pedestrian_buffer_ds": 210}
                row["yielding_group_ids"] = [row["group_ids"].pop()]
    fitted(fields)
    return built(fields).model_dump_json()


def _as_in_the_field(fields: Fields) -> None:
    """Greens long enough for the crossings beside them; lefts lag, and give way to the through they oppose (arrows);
    a loop in every lane."""
    fields["body"]["rings"] = [[[2, 1], [4, 3]], [[6, 5], [8, 7]]]
    for left, through in ((1, 2), (5, 6), (3, 4), (7, 8)):
        fields["body"]["overlaps"].append(_overlap(OF_SUMO[left][0], [through], "flashing yellow arrow"))
    for row in fields["body"]["ring_phases"]:
        row["min_green_ds"] = 220 if row["number"] % 2 == 0 else 50
        row["split_ds"] = row["min_green_ds"] + 90
    on_loops(fields)


def fitted(fields: Fields) -> None:
    """Sums of the rings, cycle and offset as the splits give them."""
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
    free = fields["control_mode"] == "actuated"
    fields["cycle_ds"] = None if free else total
    fields["offset_ds"] = 0 if free else fields["offset_ds"] % max(1, total)
