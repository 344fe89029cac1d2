"""How far a job is as a whole, from what its step says, and how long it will still take."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

# Where each step begins and ends on the way: by their beginnings, in the order in which they come.
_PARTS = (
    ("lay out", 0.0, 0.01),
    ("read network", 0.01, 0.02),
    ("read flows", 0.02, 0.04),
    ("estimate demand", 0.04, 0.06),
    ("measure what queues discharge", 0.06, 0.12),
    ("optimize", 0.12, 0.35),
    ("race", 0.35, 0.65),
    ("validate", 0.65, 0.95),
    ("read back what was shown", 0.95, 0.97),
    ("write report", 0.97, 1.0),
)
_FIRST_GUESS_S = 5.0  # before so long nothing is said of the time left


@dataclass(slots=True)
class Progress:
    """Follows one attempt. The share never falls: a step that comes twice stays where it is."""

    share: float = 0.0
    _at: int = 0
    _began_s: float = field(default_factory=monotonic)
    _began_share: float | None = None

    def tell(self, step: str, share: float | None) -> None:
        """Take what a step says of itself."""
        found = [at for at, (name, _, _) in enumerate(_PARTS) if step.startswith(name)]
        self._at = max([self._at, *found])  # steps of other names are parts of the one before them
        _, begin, end = _PARTS[self._at]
        if not found and share is None:
            return
        self.share = max(self.share, begin + (end - begin) * min(1.0, max(0.0, share or 0.0)))
        if self._began_share is None:
            self._began_share = self.share

    def seconds_left(self) -> float | None:
        """An estimate from what was done in this attempt; None where little was."""
        spent_s = monotonic() - self._began_s
        done = self.share - (self._began_share or 0.0)
        if spent_s < _FIRST_GUESS_S or done <= 0.02:
            return None
        return spent_s * (1.0 - self.share) / done
