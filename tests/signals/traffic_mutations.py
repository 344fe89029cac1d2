"""Changes to a timing in stages in what traffic makes of it: control, limits of stages, windows, ways and calls."""

from __future__ import annotations

import random

from tests.signals.stage_parts import Fields, a_stage, copied, length_of, stages_of, steps_of


def actuated(fields: Fields, rng: random.Random) -> None:
    """Greens from what runs down to three quarters, up to a second and a half more."""
    fields["control_mode"] = rng.choice(["actuated", "coordinated actuated"])
    for stage in stages_of(fields):
        low = max(rng.choice([60, 80, 100]), stage["duration_ds"] * 3 // 4)
        if rng.random() < 0.9:
            stage["actuation"] = {"min_ds": low, "max_ds": low + rng.choice([0, 15, 50])}


def put_on_the_clock(fields: Fields, rng: random.Random) -> None:
    """A stage is coordinated; the others may end somewhat sooner than planned, seldom later, one without a window."""
    fields["control_mode"] = "coordinated actuated"
    fields["body"]["transitions"] = []
    main = rng.choice(stages_of(fields))
    fields["body"]["coordinated"] = main["id"]
    end, cycle = 0, length_of(fields)
    for stage in stages_of(fields):
        end += stage["duration_ds"]
        sooner, later = (0, 0) if stage is main else (rng.choice([0, 20, 50]), rng.choice([0, 0, 0, 30, 100]))
        low = max(rng.choice([60, 80, 100]), stage["duration_ds"] * 3 // 4)
        stage["actuation"] = {"min_ds": low, "max_ds": max(low, stage["duration_ds"] + rng.choice([0, 20, 50, 100]))}
        if stage is main or rng.random() < 0.9:
            stage["actuation"] |= {"earliest_end_ds": (end - sooner) % cycle, "latest_end_ds": (end + later) % cycle}
        end += sum(step["duration_ds"] for step in stage["interstage"])


def ends_told_ahead(fields: Fields, rng: random.Random) -> None:
    """The last seconds of all stages, or of one, as a part of the interstage: there a green flash has room."""
    for stage in rng.choice([stages_of(fields), [a_stage(fields, rng)]]):
        if stage["duration_ds"] > 30:
            lead = rng.choice([30, 30, 29])
            stage["duration_ds"] -= lead
            stage["interstage"].insert(0, {"displays": stage["displays"], "duration_ds": lead})


def stage_repeated(fields: Fields, rng: random.Random) -> None:
    """A stage that may come again and again, and some limit of calls or none."""
    actuated(fields, rng)
    origin = a_stage(fields, rng)
    way = {"from_stage": origin["id"], "to_stage": origin["id"], "interstage": copied(origin["interstage"])}
    fields["body"]["transitions"].append(way)
    longest = [
        stage["actuation"]["max_ds"] if stage["actuation"] else stage["duration_ds"] for stage in stages_of(fields)
    ]
    round_ds = sum(longest) + sum(step["duration_ds"] for step in steps_of(fields))
    limit = rng.choice([None, round_ds, round_ds + 30, round_ds + 30, round_ds - 1, 900, 4000])
    if limit is not None:
        fields["call_limit_ds"] = limit


def minimum_below_the_rules(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    a_stage(fields, rng)["actuation"] = {"min_ds": rng.choice([1, 30, 49]), "max_ds": 300}


def maximum_below_minimum(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    a_stage(fields, rng)["actuation"] = {"min_ds": 80, "max_ds": rng.randint(50, 79)}


def maximum_beyond_the_rules(fields: Fields, rng: random.Random) -> None:
    actuated(fields, rng)
    a_stage(fields, rng)["actuation"] = {"min_ds": 80, "max_ds": rng.randint(300, 1000)}
