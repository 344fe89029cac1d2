"""How long a green that traffic extends may become where nobody says it."""

from __future__ import annotations

_SECOND_DS = 10


def longest_green_ds(planned_ds: int, least_ds: int, share: float = 1.5) -> int:
    """So many times the planned green, in whole seconds, and no shorter than the least [ds]."""
    return max(least_ds, round(planned_ds * share / _SECOND_DS) * _SECOND_DS)
