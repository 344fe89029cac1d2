"""The folder of a job: nothing that lies there is lost, and nothing is taken for the answer of another job."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from networks.faults import Fault, refuse_if_any
from signals.files import write_whole
from signals.rules import MeasuredFlow, RulesChoice
from signals.rules.measured import read_again, written
from signals.service.estimate import Street
from signals.service.measured_flows import for_rules
from signals.service.request import PlanRequest

PLAN, PROGRAMS, REPORT, SUMMARY, VALIDATION = (
    "plan.json", "plan.add.xml", "report.html", "report.json", "validation.json",
)  # fmt: skip
FIXED, FIXED_PROGRAMS = "fixed.json", "fixed.add.xml"  # beside a responsive plan
RAISED, RAISED_PROGRAMS = "raised.json", "raised.add.xml"  # the running plan, where it is kept although below the rules
INPUTS, EARLIER, STEPS = "inputs", "earlier", "steps"
FOUND = (  # the summary goes first and comes last
    *(SUMMARY, PLAN, PROGRAMS, FIXED, FIXED_PROGRAMS),
    *(RAISED, RAISED_PROGRAMS, REPORT, VALIDATION),
)
_RESULTS = (*FOUND, INPUTS)
_BEFORE = "validation-*.json"  # of finalists judged before the last one
_SHEETS = (".json", ".toml", ".csv")
_INCUMBENT, _RULES, _CROSSINGS, _CHOICE = "incumbent", "rules", "crossings", "rules-choice.json"
RULES_IN_FORCE = "rules-in-force.toml"  # every value with its source: for people, read by nobody
DISCHARGE = "discharge.json"  # saturation flows aimed at and reached: for people, read by nobody
_SHEET, _CONTROLLERS, _DETECTORS = "sheet", "controllers", "detectors"
_MEASURED = "measured.json"  # saturation flows that detectors showed
_MOST_CHOICE_BYTES = 4096
_FILES = (
    *("network", "flows", "holidays", "detectors", "incumbent", "demand", "additional"),
    *("rules", "sheet", "pedestrians", "controllers", "sumocfg"),
)


@dataclass(frozen=True, slots=True)
class KeptInputs:
    """Inputs that a plan is checked and validated with: detectors, what ran before it, rules and controllers files;
    (path inside, content)."""

    files: tuple[tuple[str, bytes], ...] = ()

    def write(self, folder: Path) -> None:
        """Write them into `folder` of a job's results."""
        for name, content in self.files:
            path = folder / INPUTS / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)


def refuse_results_as_inputs(request: PlanRequest) -> None:
    """Raise `InputError` for inputs that are results of this very folder: the job would take them away.

    Rejected: reading them into memory first. The same command would then mean another job the second time.
    """
    out = request.out.resolve()
    faults = []
    for name in _FILES:
        value = getattr(request, name)
        for path in value if isinstance(value, tuple) else (value,):
            if isinstance(path, Path) and _is_result(path, out):
                needed = f"a copy of it elsewhere, or another --out: this job replaces what is in {request.out}"
                faults.append(Fault(f"--{name}", str(path), "a result file of the output folder", needed))
    refuse_if_any(faults)


def _is_result(path: Path, out: Path) -> bool:
    whole = path.resolve()
    named = whole.parent == out and (whole.name in _RESULTS or whole.match(_BEFORE))
    return named or whole.is_relative_to(out / INPUTS)


def inputs_to_keep(request: PlanRequest, street: Street) -> KeptInputs:
    """The files that detectors, running programs, rules and controllers of a job came from, as they are now, and what
    was measured for the rules."""
    named = {path.name for path in request.detectors}
    given = any(intersection.running.source in named for intersection in street.network.intersections)
    programs = request.incumbent or (request.detectors if given else ())
    files = [
        (f"{_INCUMBENT}/{at:03d}{path.suffix if path.suffix in _SHEETS else '.add.xml'}", path.read_bytes())
        for at, path in enumerate(programs, start=1)
    ]
    files += [
        (f"{_DETECTORS}/{at:03d}.add.xml", path.read_bytes()) for at, path in enumerate(request.detectors, start=1)
    ]
    for kind, path in ((_RULES, request.rules), (_SHEET, request.sheet)):
        if path is not None:  # its name is part of what the rules say of their sources
            files.append((f"{kind}/{path.name}", path.read_bytes()))
    if isinstance(request.pedestrians, Path):
        files.append((f"{_CROSSINGS}/{request.pedestrians.name}", request.pedestrians.read_bytes()))
    if request.controllers is not None:
        files.append((f"{_CONTROLLERS}/{request.controllers.name}", request.controllers.read_bytes()))
    asked = {
        "profile": request.profile,
        "pedestrians": request.pedestrians if isinstance(request.pedestrians, str) else None,
        "cycle_max_s": request.cycle_max,
    }
    files.append((_CHOICE, json.dumps(asked).encode()))
    measured = for_rules(street.measured)
    files += [(_MEASURED, written(measured))] if measured else []
    return KeptInputs(tuple(files))


@dataclass(frozen=True, slots=True)
class Beside:
    """What a job kept beside the plan that it wrote: running programs, choice of rules, timing sheet, controllers and
    detectors."""

    programs: tuple[Path, ...] = ()
    choice: RulesChoice | None = None
    sheet: Path | None = None
    controllers: Path | None = None
    detectors: tuple[Path, ...] = ()


def kept_beside(plan: Path) -> Beside:
    """What lies beside a plan that a job wrote; nothing elsewhere."""
    if plan.name not in (PLAN, PROGRAMS, FIXED, FIXED_PROGRAMS, RAISED, RAISED_PROGRAMS):
        return Beside()
    inputs = plan.parent / INPUTS
    rules, crossings, sheet, controllers = (
        next(_inside(inputs / name), None) for name in (_RULES, _CROSSINGS, _SHEET, _CONTROLLERS)
    )
    asked = _asked(inputs / _CHOICE)
    if asked is not None:
        measured = _measured(inputs / _MEASURED)
        asked = replace(asked, file=rules, pedestrians=crossings or asked.pedestrians, measured=measured)
    return Beside(tuple(_inside(inputs / _INCUMBENT)), asked, sheet, controllers, tuple(_inside(inputs / _DETECTORS)))


def _asked(path: Path) -> RulesChoice | None:
    """What was asked for beside files; None where it is not there or no longer reads so."""
    try:
        content = path.read_bytes()
        kept = json.loads(content) if len(content) <= _MOST_CHOICE_BYTES else {}
        on_foot, longest_s = kept["pedestrians"], kept["cycle_max_s"]
        return RulesChoice(
            str(kept["profile"]),
            pedestrians=None if on_foot is None else str(on_foot),
            cycle_max_s=None if longest_s is None else float(longest_s),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _measured(path: Path) -> tuple[MeasuredFlow, ...]:
    try:
        return read_again(path.read_bytes())
    except OSError:
        return ()


def _inside(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.is_file())


def set_aside(out: Path) -> Path | None:
    """Move what an earlier job left as its results (or whatever has their names) into a new folder of its own.

    From then on nobody takes it for the answer of the job that runs now. None where there was nothing.
    """
    there = [out / name for name in _RESULTS if (out / name).exists() or (out / name).is_symlink()]
    there += sorted(out.glob(_BEFORE))
    if not there:
        return None
    place = out / EARLIER
    place.mkdir(exist_ok=True)
    taken = [int(path.name) for path in place.iterdir() if path.name.isdecimal()]
    folder = place / str(max(taken, default=0) + 1)
    folder.mkdir()
    for path in there:
        path.rename(folder / path.name)
    return folder


def put_in_place(folder: Path, out: Path, names: Sequence[str]) -> None:
    """Move finished results from `folder` to where people look for them, the summary last."""
    set_aside(out)
    for name in (*(name for name in names if name != SUMMARY), SUMMARY):
        (folder / name).rename(out / name)
    shutil.rmtree(folder)
