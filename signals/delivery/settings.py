"""The times of a roll-out, and what they must be to each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from networks.faults import Fault, refuse_if_any

LEAD_POLLS = 3  # an activation is out for as many polls before it takes effect


@dataclass(frozen=True, slots=True)
class Settings:
    """Times of a roll-out [ds]. Raises `InputError` where they do not go together.

    `confirm_within_ds`: from effective-at to confirm-by. `grace_ds`: how long before a confirm-by the service still
    confirms; a link that is down for less does no harm. `step_ds`: by how much each confirmation after the first puts
    the confirm-by off; what a confirmation that reaches some members only may cost. `hold_ds`: for how long, at most,
    members run on without the service. `load_within_ds`: until when all must have loaded. `skew_ds`: the most that a
    member's clock may be wrong.
    """

    poll_ds: int = 20
    confirm_within_ds: int = 6_000
    grace_ds: int = 3_000
    step_ds: int = 3_000
    hold_ds: int = 864_000
    load_within_ds: int = 36_000
    skew_ds: int = 20

    def __post_init__(self) -> None:
        refuse_if_any(self._faults())

    def lead_ds(self, beat_ds: int) -> int:
        """From issue to effective-at, at least: three polls, a cycle, and both clocks wrong."""
        return LEAD_POLLS * self.poll_ds + beat_ds + 2 * self.skew_ds

    def _faults(self) -> Iterator[Fault]:
        least = {
            "poll_ds": 1,
            "skew_ds": 0,
            "step_ds": 1,
            "grace_ds": 2 * LEAD_POLLS * self.poll_ds + 2 * self.skew_ds,
            "confirm_within_ds": self.grace_ds + 2 * LEAD_POLLS * self.poll_ds + 2 * self.skew_ds,
            "hold_ds": 3 * self.confirm_within_ds + 2 * self.step_ds + 4 * self.skew_ds,
            "load_within_ds": LEAD_POLLS * self.poll_ds,
        }
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                yield Fault(name, "settings of the roll-out", f"{getattr(self, name)} ds", f"at least {lowest} ds")
        if self.step_ds > self.confirm_within_ds:
            needed = f"at most confirm_within_ds, {self.confirm_within_ds} ds"
            yield Fault("step_ds", "settings of the roll-out", f"{self.step_ds} ds", needed)
