from __future__ import annotations

import pytest

from optimizers.evaluation import level_of_service


@pytest.mark.parametrize(
    ("delay_s", "saturation", "level"),
    [
        (10.0, None, "A"),
        (10.1, 0.5, "B"),
        (35.0, 1.0, "C"),
        (55.0, None, "D"),
        (80.0, None, "E"),
        (80.1, None, "F"),
        (5.0, 1.01, "F"),
    ],
)
def test_level_of_service(delay_s: float, saturation: float | None, level: str) -> None:
    assert level_of_service(delay_s, saturation) == level
