"""The catalogue of scenarios: what there is, and how to get one into the user's cache."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from networks.importers.sumo_net import read as read_network
from signals.scenarios.cache import cache_folder, folder_once
from signals.scenarios.description import FILE_NAME, Licence, ScenarioInfo, read, scenarios_folder
from signals.scenarios.laying import LAYING, detectors_file, lay_detectors
from signals.scenarios.plain import BuildFailed
from signals.scenarios.restoration import restore
from signals.scenarios.wheel import NotObtainable, Report, extract, obtain_wheel

DETECTORS_NAME = "detectors.add.xml"
ACCEPT_VARIABLE = "GREENBAND_ACCEPT_LICENCE"
_BUILDING = ("plain.py", "main_road.py")  # what generators are written with
_RECIPE = 1  # raise it when the same description is to give other files


class LicenceNotAccepted(NotObtainable):
    """The scenario's licence asks to be accepted, and was not."""


@dataclass(frozen=True, slots=True)
class ObtainedScenario:
    """A scenario's files in the cache. `incumbent_path` is None where the network file's own programs run."""

    name: str
    network_path: Path
    route_paths: tuple[Path, ...]
    incumbent_path: Path | None
    detectors_path: Path
    begin_s: int
    end_s: int
    licence: Licence
    notes: tuple[str, ...]


def list_scenarios() -> tuple[ScenarioInfo, ...]:
    """Every scenario there is, by name. Raises InputError where a description is faulty."""
    return tuple(read(path.parent) for path in sorted(scenarios_folder().glob(f"*/{FILE_NAME}")))


def find_scenario(name: str) -> ScenarioInfo:
    """The scenario with this name. Raises NotObtainable, with the names there are."""
    names = [path.parent.name for path in sorted(scenarios_folder().glob(f"*/{FILE_NAME}"))]
    if name not in names:
        raise NotObtainable(f"there is no scenario {name!r}; there are {', '.join(names)}")
    return read(scenarios_folder() / name)


def obtain(
    name: str,
    *,
    cache: Path | None = None,
    accept_licence: bool = False,
    report: Report = lambda _: None,
) -> ObtainedScenario:
    """The files of a scenario, out of the cache or into it: downloaded or generated, restored, with detectors laid.

    The second time needs no network. Raises LicenceNotAccepted, NotObtainable (each with one sentence for a person).
    """
    info = find_scenario(name)
    if info.licence.asks and not (accept_licence or _accepted_by_environment()):
        terms = info.licence
        raise LicenceNotAccepted(
            f"{name} comes under {terms.name} ({terms.id}, {terms.address}; {terms.attribution}): "
            f"say --accept-licence, or set {ACCEPT_VARIABLE}=yes, to accept it"
        )
    where = cache or cache_folder()
    recipe = _recipe_digest(info)

    def make(folder: Path) -> None:
        for file_name, content in _source_files(info, where, folder, report).items():
            (folder / file_name).write_bytes(content)
        report("laying detectors")
        detectors = lay_detectors(read_network(folder / _network_name(info)))
        (folder / DETECTORS_NAME).write_text(detectors_file(detectors), encoding="utf-8")

    try:
        folder = folder_once(where / "scenarios" / f"{name}-{recipe[:16]}", make)
    except OSError as error:
        raise NotObtainable(f"{name} cannot be put into the cache at {where}: {error}") from error
    return ObtainedScenario(
        name=name,
        network_path=folder / _network_name(info),
        route_paths=tuple(folder / file.name for file in info.files if file.role == "demand"),
        incumbent_path=None,
        detectors_path=folder / DETECTORS_NAME,
        begin_s=info.begin_s,
        end_s=info.end_s,
        licence=info.licence,
        notes=tuple(restoration.says for restoration in info.restorations),
    )


def _accepted_by_environment() -> bool:
    return os.environ.get(ACCEPT_VARIABLE, "").strip().lower() in {"1", "yes", "true"}


def _network_name(info: ScenarioInfo) -> str:
    return next(file.name for file in info.files if file.role == "network")


def _recipe_digest(info: ScenarioInfo) -> str:
    """SHA-256 [hex] of all that decides what the files will be."""
    parts = [str(_RECIPE), LAYING, info.model_dump_json()]
    if info.kind == "generated":
        parts += [version("eclipse-sumo"), _generator(info).read_text(encoding="utf-8")]
        parts += [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in _BUILDING]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _source_files(info: ScenarioInfo, cache: Path, folder: Path, report: Report) -> dict[str, bytes]:
    """The network and the demand, by our names."""
    if info.wheel is None:
        report(f"generating {info.name}")
        try:
            _generate(info)(folder)
        except BuildFailed as error:
            raise NotObtainable(f"{info.name} could not be generated: {error}") from error
        return {file.name: (folder / file.name).read_bytes() for file in info.files}
    found = extract(obtain_wheel(info.wheel, cache, report), info.files)
    if info.restored_sha256 is not None:
        for restoration in info.restorations:
            report(restoration.says)
        name = _network_name(info)
        found[name] = restore(found[name], info.restorations, info.restored_sha256)
    return found


def _generator(info: ScenarioInfo) -> Path:
    return scenarios_folder() / info.name / "generate.py"


def _generate(info: ScenarioInfo) -> Callable[[Path], None]:
    """The function `generate(folder)` of a scenario of our own."""
    spec = importlib.util.spec_from_file_location(f"sim_configs_{info.name}", _generator(info))
    if spec is None or spec.loader is None:
        raise NotObtainable(f"{info.name} has no generator at {_generator(info)}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    function: Callable[[Path], None] = module.generate
    return function
