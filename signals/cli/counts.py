"""Counts that a command is given, beside what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from networks.faults import Fault, refuse_if_any
from networks.network import Network
from signals.cli import wiring
from signals.cli.verbs import check_period
from signals.flows.choice import DemandChoice
from signals.service.estimate import Counted, count
from signals.watch import Watch


@dataclass(frozen=True, slots=True)
class CountsAsked:
    """A file of counts, of which detectors, and what of it is meant; without `flows` nothing else is said but which
    detectors there are."""

    flows: Path | None = None
    detectors: tuple[Path, ...] = ()
    begin_s: float | None = None
    end_s: float | None = None
    zone: str | None = None
    days: str | None = None
    holidays: str | Path | None = None

    def __post_init__(self) -> None:
        check_period(self.begin_s, self.end_s)
        if self.flows is None:
            given = [
                name for name in ("begin_s", "end_s", "zone", "days", "holidays") if getattr(self, name) is not None
            ]
            names = ", ".join(f"--{name.removesuffix('_s')}" for name in given)
            refuse_if_any([Fault("counts", "command line", names, "--flows, which it is about")] if given else [])


def counted_of(asked: CountsAsked, network: Network, watch: Watch) -> Counted:
    """The flows of the period asked for. Raises `InputError` for what cannot be counted so."""
    assert asked.flows is not None
    records = wiring.read_records(asked.flows, asked.zone, watch)
    choice = DemandChoice(asked.days, asked.holidays)
    return count(records, network, asked.begin_s, asked.end_s, asked.zone, watch, choice)
