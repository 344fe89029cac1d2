"""Changes to a timing in rings where rings run today, on its published values: what is none of a plan's business there.

As `ring_mutations`, with what else the rings of today forbid; some of what is harmless elsewhere is a fault here.
"""

from __future__ import annotations

import itertools
import json
import random
from functools import cache

from signals.plan import IntersectionPlan
from tests.signals import ring_mutations
from tests.signals.judged_streets import judged_street
from tests.signals.ring_mutations import Mutation, fitted, in_whole_seconds, tenths_chosen
from tests.signals.ring_plans import Fields, on_loops, phase

__all__ = ["CLOCK_FAULTS", "FAULTS", "HARMLESS", "fitted", "in_whole_seconds", "safe_start", "tenths_chosen"]

CLOCK_FAULTS = ring_mutations.CLOCK_FAULTS
_SAFETY_TIMES = ("min_green_ds", "yellow_ds", "red_clearance_ds")
_TIMES_ON_FOOT = ("walk_ds", "pedestrian_clearance_ds", "pedestrian_buffer_ds")
_ON_FOOT = ("actuated", "recall", "rest in walk")
_OPPOSED = {1: 2, 5: 6, 3: 4, 7: 8}  # lefts, and the throughs that they oppose
_TRAILING = {"trailing_green_ds": 0, "trailing_yellow_ds": 0, "trailing_red_ds": 0}


def _on_foot(fields: Fields) -> list[Fields]:
    return [row for row in fields["body"]["ring_phases"] if row["pedestrian_mode"] != "none"]


# --- no harm ----------------------------------------------------------------------------------------------------------


def splits_moved(fields: Fields, rng: random.Random) -> None:
    for row in fields["body"]["ring_phases"]:
        row["split_ds"] += 0 if row["omitted"] else rng.randint(0, 60)


def foot_served_more(fields: Fields, rng: random.Random) -> None:
    for row in _on_foot(fields)[:1]:
        row["pedestrian_mode"] = rng.choice(_ON_FOOT[_ON_FOOT.index(row["pedestrian_mode"]) :])
        more = rng.choice((0, 5, 20))
        row[rng.choice(_TIMES_ON_FOOT[:2])] += more
        row["split_ds"] += more


def listed_otherwise(fields: Fields, rng: random.Random) -> None:
    """The same in another order."""
    body = fields["body"]
    for listed in (body["ring_phases"], body["overlaps"], body["coordinated"], fields["reference"]):
        rng.shuffle(listed)
    for row in (*body["ring_phases"], *body["overlaps"]):
        for key in ("group_ids", "yielding_group_ids", "parents"):
            rng.shuffle(row.get(key, []))


# --- each is one class of faults --------------------------------------------------------------------------------------


def below_today(fields: Fields, rng: random.Random) -> None:
    """A time that is a safety input a little shorter than it runs, if not too short by any other rule."""
    row = rng.choice(fields["body"]["ring_phases"])
    row[rng.choice(_SAFETY_TIMES)] -= rng.randint(1, 10)


def below_today_on_foot(fields: Fields, rng: random.Random) -> None:
    for row in rng.sample(_on_foot(fields), min(1, len(_on_foot(fields)))):
        row[rng.choice(_TIMES_ON_FOOT)] -= rng.randint(1, 10)


def foot_served_less(fields: Fields, rng: random.Random) -> None:
    for row in rng.sample(_on_foot(fields), min(1, len(_on_foot(fields)))):
        weaker = _ON_FOOT[: _ON_FOOT.index(row["pedestrian_mode"])]
        row["pedestrian_mode"] = rng.choice(weaker or _ON_FOOT)


def throughs_exchanged(fields: Fields, rng: random.Random) -> None:
    one, other = rng.choice([(2, 6), (4, 8)])
    places = {one: other, other: one}
    fields["body"]["rings"] = [
        [[places.get(number, number) for number in part] for part in ring] for ring in fields["body"]["rings"]
    ]


def rings_exchanged(fields: Fields, rng: random.Random) -> None:
    """The first ring is the second: everybody sees the same, and every ring phase stands elsewhere."""
    fields["body"]["rings"].reverse()


def barriers_turned(fields: Fields, rng: random.Random) -> None:
    for ring in fields["body"]["rings"]:
        ring.reverse()


def order_shuffled(fields: Fields, rng: random.Random) -> None:
    """Also of what may not lead or lag."""
    rng.shuffle(max(itertools.chain(*fields["body"]["rings"]), key=len))


def coordinated_exchanged(fields: Fields, rng: random.Random) -> None:
    numbers = rng.choice([[4, 8], [3, 8], [4, 7], [2, 5], [1, 6], [2], [6]])
    fields["body"]["coordinated"], fields["reference"] = [*numbers], [str(numbers[0])]


def overlap_dropped(fields: Fields, rng: random.Random) -> None:
    overlaps = fields["body"]["overlaps"]
    if overlaps:
        overlaps.pop(rng.randrange(len(overlaps)))


def overlap_added(fields: Fields, rng: random.Random) -> None:
    """An arrow with the through that a left opposes."""
    left = rng.choice([*_OPPOSED])
    there = {row["group_id"] for row in fields["body"]["overlaps"]}
    if names := [name for name in phase(fields, left)["group_ids"] if name not in there]:
        kind = {"kind": "flashing yellow arrow", "modifiers": [], **_TRAILING}
        fields["body"]["overlaps"].append({"group_id": names[0], "parents": [_OPPOSED[left]], **kind})


def overlap_changed(fields: Fields, rng: random.Random) -> None:
    """Other parents, another kind, a modifier, or a trailing green."""
    if not fields["body"]["overlaps"]:
        return
    row = rng.choice(fields["body"]["overlaps"])
    strangers = [number for number in range(1, 9) if number not in row["parents"]]
    what = rng.choice(["fewer", "more", "kind", "modifier", "trailing"])
    if what == "fewer" and len(row["parents"]) > 1:
        row["parents"].pop(rng.randrange(len(row["parents"])))
    elif what == "kind":
        row["kind"] = "protected" if row["kind"] == "yielding" else "yielding"
    elif what == "modifier":
        row["modifiers"] = [rng.choice(strangers)]
    elif what == "trailing":
        row |= {"trailing_green_ds": rng.choice([5, 10, 20]), "trailing_yellow_ds": 30}
    else:
        row["parents"].append(rng.choice(strangers))


HARMLESS: tuple[Mutation, ...] = (
    *(splits_moved, ring_mutations.order_turned, ring_mutations.recalls, ring_mutations.single_entry),
    *(ring_mutations.offset_moved, ring_mutations.red_clearance_longer, ring_mutations.passage_changed),
    *(ring_mutations.maximum_moved, ring_mutations.minimum_longer, ring_mutations.detector_of_more),
    *(foot_served_more, listed_otherwise),
)
_OF_DETECTORS = (  # of the same effect on every street
    *(ring_mutations.detector_lost, ring_mutations.detector_elsewhere),
    *(ring_mutations.detector_not_there, ring_mutations.detector_mute),
)
FAULTS: tuple[Mutation, ...] = (
    *(change for change in ring_mutations.FAULTS if change not in _OF_DETECTORS),
    *(ring_mutations.foot_mode, ring_mutations.right_of_its_through, ring_mutations.flashing_yellow_arrow),
    *(below_today, below_today_on_foot, foot_served_less, throughs_exchanged, rings_exchanged, barriers_turned),
    *(order_shuffled, coordinated_exchanged, overlap_dropped, overlap_added, overlap_changed),
)


@cache
def safe_start(kind: str) -> str:
    """What runs on the street "nema field" or "noted field" as a fixed plan, with a loop in every lane, as JSON."""
    fields = json.loads(judged_street(kind).today["A0"]) | {"control_mode": "fixed"}
    on_loops(fields)
    for row in fields["body"]["ring_phases"]:
        row["max_green_ds"] = 400
        row["dual_entry"] = row["number"] % 2 == 0
    if kind == "noted field":
        _beside_sidewalks(fields)
    fitted(fields)
    return IntersectionPlan.model_validate_json(json.dumps(fields)).model_dump_json()


def _beside_sidewalks(fields: Fields) -> None:
    """The lanes count from the sidewalk; the left that 5 does not serve calls 2, and the right beside 4 calls 9 too."""
    for use in fields["detectors"]:
        name, lane = use["detector_id"].rsplit("_", 1)
        use["detector_id"] = f"{name}_{int(lane) + 1}"
        use["target"] = use["target"].replace("5", "2")
    right = next(use for use in fields["detectors"] if use["target"] == "4")
    fields["detectors"].append(right | {"target": "9"})
