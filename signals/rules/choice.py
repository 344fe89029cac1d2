"""Which rules are asked for: a profile, and what goes before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from networks.network import Network
from signals.rules.engineer import EngineerFile
from signals.rules.making import rules_of
from signals.rules.measured import MeasuredFlow
from signals.rules.types import Rules

DEFAULT_PROFILE = "field"


@dataclass(frozen=True, slots=True)
class RulesChoice:
    """Profile, engineer's file, crossings ("assume", "none" or a file; None: as the profile says), longest cycle, and
    saturation flows that detectors showed."""

    profile: str = DEFAULT_PROFILE
    file: Path | None = None
    pedestrians: str | Path | None = None
    cycle_max_s: float | None = None
    measured: tuple[MeasuredFlow, ...] = ()

    def of(self, network: Network, sheet: EngineerFile | None = None) -> Rules:
        """The rules for a network, `sheet` as in `rules_of`. Raises `InputError` with all faults of the files."""
        return rules_of(
            network,
            self.profile,
            self.file,
            pedestrians=self.pedestrians,
            cycle_max_s=self.cycle_max_s,
            sheet=sheet,
            measured=self.measured,
        )
