"""What a controller runs when nobody tells it anything: its own schedule, which is never empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from networks.faults import Fault, refuse_if_any
from signals.delivery.beat import ds_of, instant_at
from signals.plan import Schedule, TimingPlan, plan_at


@dataclass(frozen=True)
class LocalSchedule:
    """Plans of one controller: `always`, but where a schedule is given and valid, that which it names.

    Raises `InputError` where the schedule names a plan that is not there.
    """

    always: TimingPlan
    schedule: Schedule | None = None
    named: Mapping[str, TimingPlan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        uses = self.schedule.plans if self.schedule else ()
        refuse_if_any(
            Fault("plan", "local schedule", f"no plan {use.name!r}", "a plan for every name")
            for use in uses
            if use.name not in self.named
        )

    @property
    def plans(self) -> Mapping[str, TimingPlan]:
        """All that it may ever run, by name; `always` has none."""
        return {"": self.always, **self.named}

    def name_at(self, now_ds: int) -> str:
        """Which of them runs at an instant [ds since 1970, UTC]."""
        if self.schedule is None or not ds_of(self.schedule.begin) <= now_ds < ds_of(self.schedule.end):
            return ""
        return plan_at(self.schedule, instant_at(now_ds)).name
