"""The second judge's own reading of rings against ours: the same pictures, and no walk that we do not know."""

from __future__ import annotations

import contextlib
import json
import random

import numpy as np
import pytest
from pydantic import ValidationError

from signals.control import expanded
from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan
from signals.safety import audit
from tests.signals.brute_force_rings import painted_rings
from tests.signals.judged_streets import judged_street
from tests.signals.ring_mutations import FAULTS, HARMLESS, fitted, safe_start
from tests.signals.two_judges import Made, rings_judged_alike


def _mutated(rng: random.Random, kind: str, mode: ControlMode) -> IntersectionPlan:
    """A sound plan in rings after a few mutations."""
    while True:
        fields = json.loads(safe_start(kind)) | {"control_mode": mode}
        for mutation in rng.sample((*HARMLESS, *FAULTS), 3):
            mutation(fields, rng)
        if mode == ControlMode.COORDINATED:  # the second judge knows no splits: none shall be exceeded
            for row in fields["body"]["ring_phases"]:
                row["split_ds"] += 0 if row.get("omitted") else 3000
        fitted(fields)
        with contextlib.suppress(ValidationError):
            return IntersectionPlan.model_validate_json(json.dumps(fields))


def _painted(timing: IntersectionPlan, kind: str) -> list[str]:
    """What the second judge says is shown: one letter per channel, a row every tenth of a second."""
    street = judged_street(kind).second.street.signals["A0"]
    order = [timing.group_ids.index(name) for name in street.group]
    letters = np.frombuffer(b"ruygG", dtype=np.uint8)[painted_rings(json.loads(timing.model_dump_json()))]
    return [row.tobytes().decode() for row in letters[:, order]]


@pytest.mark.parametrize("kind", ["lefts", "crossings"])
def test_both_paint_the_same_pictures_in_fixed_control(kind: str) -> None:
    rng = random.Random(7)
    channels = {
        c: at for at, group in enumerate(judged_street(kind).network.intersections[0].groups) for c in group.channels
    }
    for _ in range(60):
        timing = _mutated(rng, kind, ControlMode.FIXED)
        assert isinstance(timing.body, RingsBody)
        ours = [shown for shown, duration_ds in expanded(timing, timing.body) for _ in range(duration_ds)]
        spelled = ["".join(shown[channels[c]] for c in sorted(channels)) for shown in ours]
        assert _painted(timing, kind)[len(ours) : 2 * len(ours)] == spelled, repr(timing)


@pytest.mark.parametrize("kind", ["lefts", "crossings"])
@pytest.mark.parametrize("mode", [ControlMode.COORDINATED, ControlMode.ACTUATED])
def test_every_walk_of_the_second_judge_is_one_that_ours_knows(kind: str, mode: ControlMode) -> None:
    """Each of its rows follows in our order of pictures, and no display is shorter or longer than in our courses."""
    rng = random.Random(11)
    network = judged_street(kind).network
    for _ in range(3):
        timing = _mutated(rng, kind, mode)
        rows = {"A0": [(at / 10, state) for at, state in enumerate(_painted(timing, kind)[:25_000])]}
        plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
        assert audit(rows, plan, network, step_s=0.1) == (), repr(timing)


@pytest.mark.parametrize("kind", ["lefts", "crossings", "lefts field"])
@pytest.mark.parametrize("mode", list(ControlMode))
def test_both_find_the_plan_to_start_from_safe(kind: str, mode: ControlMode) -> None:
    street, fields = judged_street(kind), json.loads(safe_start(kind)) | {"control_mode": mode}
    fitted(fields)
    text = street.text_of({"A0": json.dumps(fields)}, street.network.digest)
    assert rings_judged_alike(Made(text, [], kind)) == set()
