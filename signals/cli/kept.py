"""A plan out of a file, with what it is judged by: what is given for it, else what its job kept beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from networks.faults import Fault
from networks.network import Network
from signals.cli import wiring
from signals.plan import TimingPlan
from signals.rules import RulesChoice
from signals.service.asked import Asked
from signals.service.folder import Beside, kept_beside
from signals.service.judged_beside import judged_beside
from signals.service.judged_by import JudgedBy


@dataclass(frozen=True, slots=True)
class Given:
    """What a command was given to judge plans by; what it was not is taken from beside each plan."""

    network: Path
    asked: Asked = field(default_factory=Asked)
    sheet: Path | None = None
    incumbent: tuple[Path, ...] = ()
    detectors: tuple[Path, ...] = ()
    controllers: Path | None = None

    def before(self, beside: Beside) -> Beside:
        """This, and what lies beside the plan for all that was not given."""
        return replace(
            beside,
            programs=self.incumbent or beside.programs,
            detectors=self.detectors or beside.detectors,
            sheet=self.sheet or beside.sheet,
            controllers=self.controllers or beside.controllers,
        )


@dataclass(frozen=True, slots=True, eq=False)
class PlanToJudge:
    """A plan, what it is judged by, and the files of that which were kept beside it."""

    plan: TimingPlan
    by: JudgedBy
    taken: tuple[Path, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class PlanReader:
    """Reads plans; a street is read once for all that have the same detectors and running programs."""

    given: Given
    _streets: dict[tuple[tuple[tuple[str, bytes], ...], ...], Network] = field(default_factory=dict)

    def read(self, path: Path) -> PlanToJudge:
        """A plan with what it is judged by; `faults` where that cannot be, for another street or rules not at hand."""
        given, beside = self.given, kept_beside(path)
        used = given.before(beside)
        network = self._street(used.detectors, used.programs)
        plan = wiring.read_any_plan(path, network)
        by = judged_beside(plan, network, used, wiring.read_sheet, given.asked)
        chosen = given.sheet is not None or given.asked != Asked()
        return PlanToJudge(plan, by, (*self._taken(beside),), (*_not_judged_here(plan, path, by, chosen=chosen),))

    def _street(self, detectors: tuple[Path, ...], programs: tuple[Path, ...]) -> Network:
        key = tuple(tuple((path.name, path.read_bytes()) for path in paths) for paths in (detectors, programs))
        if key not in self._streets:
            self._streets[key] = wiring.read_street(self.given.network, detectors, programs)
        return self._streets[key]

    def _taken(self, beside: Beside) -> Iterator[Path]:
        given = self.given
        yield from () if given.incumbent else beside.programs
        yield from () if given.detectors else beside.detectors
        yield from _files_of(given.asked, beside.choice)
        for said, kept in ((given.sheet, beside.sheet), (given.controllers, beside.controllers)):
            if said is None and kept is not None:
                yield kept


def _files_of(asked: Asked, kept: RulesChoice | None) -> Iterator[Path]:
    """Files of rules that are taken from beside the plan."""
    if kept is not None:
        files = (None if asked.file else kept.file, None if asked.pedestrians else kept.pedestrians)
        yield from (file for file in files if isinstance(file, Path))


def _not_judged_here(plan: TimingPlan, path: Path, by: JudgedBy, *, chosen: bool) -> Iterator[Fault]:
    """A plan for another street, or one whose rules are not at hand (and not chosen), is neither safe nor unsafe."""
    if plan.network_digest != by.network.digest:
        needed = f"network {by.network.digest}"
        yield Fault("plan", path.name, f"made for network {plan.network_digest}", needed)
    elif not chosen and plan.rules_digest and plan.rules_digest != by.rules.digest():
        needed = f"those rules (here are {by.rules.digest()}): --profile, --rules and --incumbent as when it was made"
        yield Fault("rules", path.name, f"made under rules {plan.rules_digest}", needed)
