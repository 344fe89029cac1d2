"""The four left-turn patterns of a signal with protected lefts on an artery, as greens of its two directions.

After Little, Kelson and Gartner 1981 (MAXBAND), who shift the centres of red by them.
"""

from __future__ import annotations

from enum import Enum


class Pattern(Enum):
    """Whether the (outbound, inbound) left turn comes after the through green of its approach."""

    BOTH_LEAD = (False, False)
    OUTBOUND_LEADS = (False, True)
    INBOUND_LEADS = (True, False)
    BOTH_LAG = (True, True)


Window = tuple[float, float]  # start and length, shares of the cycle


def through_greens(
    cross_share: float, outbound_left_share: float, inbound_left_share: float, pattern: Pattern
) -> tuple[Window, Window]:
    """Through greens (outbound, inbound), local zero at the start of the cross street's time.

    `cross_share`: red of both directions. A left turn takes its share of the cycle from the through traffic it
    crosses: the outbound left from inbound, at the beginning of the artery's time where it leads and at its end where
    it lags. Raises `ValueError` where nothing is left for a through green.
    """
    for left in (outbound_left_share, inbound_left_share):
        if min(cross_share, left) < 0.0 or cross_share + left >= 1.0:
            raise ValueError(f"shares: found cross {cross_share} and left {left}, needed 0 or more, together below 1")
    outbound_lags, inbound_lags = pattern.value
    return (
        (cross_share + (0.0 if inbound_lags else inbound_left_share), 1.0 - cross_share - inbound_left_share),
        (cross_share + (0.0 if outbound_lags else outbound_left_share), 1.0 - cross_share - outbound_left_share),
    )
