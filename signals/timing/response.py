"""How stages respond to traffic, where the rules leave it free: where loops lie, and how long what they see counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """`gap_ds` ends a green; `loops_ahead_ds`: where the loops lie that a plan takes for granted, in driving time
    before the stop line; `presence_limit_ds`: how long one that is occupied counts (None: for ever). Free control: a
    green is at most `longest_share` of the planned one, and `chooses` says whether the controller has the choice of the
    next stage. Coordinated: stages may end `early_ds` before their planned ends (None: as soon as their minimum greens
    allow). Time left over goes to the stage that follows, which ends no later than planned (fixed force-offs), or all
    of it to the coordinated one (`floating`)."""

    gap_ds: int = 20
    loops_ahead_ds: int = 10
    presence_limit_ds: int | None = None
    longest_share: float = 1.5
    early_ds: int | None = 50
    floating: bool = False
    chooses: bool = False


USUAL = Response()
