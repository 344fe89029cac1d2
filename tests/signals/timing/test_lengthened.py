"""Fixed stages as long as the rules ask for: minimums, whole seconds, the shortest cycle."""

from __future__ import annotations

import pytest

from signals.plan import StagesBody
from signals.rules import rules_of
from signals.timing.lengthened import lengthened
from tests.fakes import crossroads
from tests.signals.plans import changed, touched


@pytest.mark.parametrize(
    ("greens_ds", "needed_ds"),
    [
        ((400, 300), (400, 300)),  # nothing to do
        ((500, 50), (500, 70)),  # 7 s for whoever drives through
        ((200, 60), (430, 70)),  # and 60 s of cycle: the longest takes the rest
        ((404, 304), (410, 300)),  # whole seconds, the sum as near as can be
    ],
)
def test_stages_are_as_long_as_they_have_to_be(greens_ds: tuple[int, int], needed_ds: tuple[int, int]) -> None:
    network = crossroads()
    rules = rules_of(network, "field", pedestrians="none")

    def shorter(fields: dict[str, object]) -> None:
        for stage, green_ds in zip(fields["body"]["sequence"], greens_ds, strict=True):  # type: ignore[index]
            stage["duration_ds"] = green_ds

    (timing,) = changed(touched(network), shorter).intersections
    found = lengthened(timing, network.intersections[0], rules)
    assert isinstance(found.body, StagesBody)
    assert tuple(stage.duration_ds for stage in found.body.sequence) == needed_ds
    assert found.cycle_ds == found.body.length_ds
    untouched = timing.model_copy(update={"untouched": True})
    assert lengthened(untouched, network.intersections[0], rules) is untouched
