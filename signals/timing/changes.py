"""Changes of one group's display that are only allowed to groups that make them today."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import pairwise

ONLY_AS_TODAY = frozenset({"Gg", "gG", "yG", "yg"})


def as_today(course: Sequence[str], changes: Sequence[Container[str]]) -> bool:
    """Whether every such change in a row of pictures is one of today's (`changes`, by column: letters before and
    after)."""
    return all(
        one + other in own or one + other not in ONLY_AS_TODAY
        for before, after in pairwise(course)
        for one, other, own in zip(before, after, changes, strict=True)
    )
