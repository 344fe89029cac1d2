"""When each controller was heard last, also before this process began. For people: nothing is decided by it.

What a controller said last is in its receipts, which may be older; so whether somebody is heard often enough is
asked of what this process heard itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from signals.delivery.roll_out import Heard
from signals.store.heard import heard_at_ds, note_heard
from signals.store.scratch import Scratch

BETWEEN_DS = 300  # from one time that it is written down to the next, of one controller
_AT_ONCE = 1000


class LastHeard:
    """Kept in the second database; without one, it is known of this process alone."""

    def __init__(self, scratch: Scratch | None = None) -> None:
        self._scratch = scratch
        self._kept_ds: dict[str, int] = {}

    def read(self) -> None:
        """What those wrote down who coordinate, or did before."""
        if self._scratch is not None:
            self._kept_ds = heard_at_ds(self._scratch)

    def at_ds(self) -> Mapping[str, int]:
        """By controller; of some seconds ago."""
        return self._kept_ds

    def write(self, heard: Mapping[str, Heard], *, all_of_it: bool = False) -> None:
        """Write down what is new: in turns, so that each controller is written seldom and no turn takes long."""
        least_ds = 1 if all_of_it else BETWEEN_DS
        due = [(name, one.at_ds) for name, one in heard.items() if one.at_ds - self._kept_ds.get(name, 0) >= least_ds]
        new = dict(due if all_of_it else due[:_AT_ONCE])
        if self._scratch is not None:
            note_heard(self._scratch, new)
        self._kept_ds = self._kept_ds | new
