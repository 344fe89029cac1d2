"""Left-turn patterns against the shifts of the centres of red in MAXBAND."""

from __future__ import annotations

import pytest

from optimizers.bands.lefts import Pattern, through_greens


@pytest.mark.parametrize("pattern", list(Pattern))
def test_centres_of_red_are_apart_as_in_the_paper(pattern: Pattern) -> None:
    """From the centre of the inbound red to that of the outbound one: ((2 d - 1) l - (2 d' - 1) l') / 2, where a left
    l of outbound lags (d = 1) or leads (d = 0), and l' of inbound."""
    cross, left, other = 0.40, 0.15, 0.10
    outbound, inbound = through_greens(cross, left, other, pattern)
    lags, other_lags = pattern.value
    centre = [start + green + (1.0 - green) / 2.0 for start, green in (outbound, inbound)]
    paper = ((2 * lags - 1) * left - (2 * other_lags - 1) * other) / 2.0
    assert (centre[0] - centre[1] + 0.5) % 1.0 - 0.5 == pytest.approx(paper)
    assert outbound[1] == pytest.approx(1.0 - cross - other)
    assert inbound[1] == pytest.approx(1.0 - cross - left)


def test_shares_leave_a_green() -> None:
    with pytest.raises(ValueError, match="together below 1"):
        through_greens(0.6, 0.4, 0.1, Pattern.BOTH_LEAD)
