"""Changes to a timing in stages in their order, on its published values: who leads, who lags, who comes twice.

Interstages are drawn anew where other stages meet, so that in most of them nothing but the order is another one.
"""

from __future__ import annotations

import random

from tests.signals.stage_parts import Fields, a_stage, copied, joined, marked, stages_of


def lead_and_lag_changed(fields: Fields, rng: random.Random) -> None:
    """A stage that shows few greens, as those of lefts, goes past the next stages, or past the last."""
    stages = stages_of(fields)
    few = sorted(stages, key=lambda stage: sum(letter in "gG" for letter in stage["displays"]))[: len(stages) * 2 // 3]
    if len(stages) > 2:
        _moved(fields, rng.choice(few), rng.choice([1, 1, 1, 2, 2, -1, -1, -2]), rng)


def stage_moved(fields: Fields, rng: random.Random) -> None:
    """Any stage goes anywhere: also past the other road."""
    if len(stages_of(fields)) > 2:
        _moved(fields, a_stage(fields, rng), rng.randrange(1, len(stages_of(fields))), rng)


def stage_comes_twice(fields: Fields, rng: random.Random) -> None:
    """A stage comes once more, later in the round."""
    marked(fields)
    sequence = stages_of(fields)
    again = {**copied(a_stage(fields, rng)), "id": f"twice{len(sequence)}"}
    sequence.insert(rng.randrange(len(sequence) + 1), again)
    joined(fields, 60)


def green_interrupted(fields: Fields, rng: random.Random) -> None:
    """A green that goes on from one stage to the next ends and begins again in between."""
    sequence = stages_of(fields)
    at = rng.randrange(len(sequence))
    stage, following = sequence[at], sequence[(at + 1) % len(sequence)]
    lasting = [
        k
        for k, letter in enumerate(stage["displays"])
        if letter in "gG"
        and following["displays"][k] in "gG"
        and all(step["displays"][k] in "gG" for step in stage["interstage"])
    ]
    if not lasting:
        return
    k = rng.choice(lasting)
    shown = stage["interstage"][-1]["displays"] if stage["interstage"] else stage["displays"]
    for letter, length in (("y", rng.choice([30, 40])), ("r", rng.choice([10, 20]))):
        step = {"displays": shown[:k] + letter + shown[k + 1 :], "duration_ds": length}
        stage["interstage"].append(step)


def _moved(fields: Fields, stage: Fields, places: int, rng: random.Random) -> None:
    marked(fields)
    sequence = stages_of(fields)
    at = sequence.index(stage)
    sequence.remove(stage)
    sequence.insert((at + places) % (len(sequence) + 1), stage)
    joined(fields, rng.choice([20, 60, 60]))
    fields["reference"] = [sequence[0]["id"]]
