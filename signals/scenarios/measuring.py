"""Flows of a scenario: what its detectors count in one run of the running plan, with vehicles that no verdict uses."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from networks.importers.sumo_additional import read_detectors
from networks.importers.sumo_net import read as read_network
from signals.scenarios.cache import cache_folder, folder_once, sha256_of
from signals.scenarios.catalogue import ObtainedScenario
from signals.scenarios.wheel import NotObtainable, Report
from signals.simulation.job import Outputs
from signals.simulation.runner import Flag, run
from signals.simulation.scenario import prepare

REALISATION = 500  # verdicts use others
SEED = 500
PERIOD_S = 300.0
FLOWS_NAME = "flows.e1.xml"

_RECIPE = 1  # raise it when the same scenario is to give other flows
_HEADER = re.compile(rb"<!--.*?-->\s*", re.DOTALL)


def measure_flows(
    scenario: ObtainedScenario,
    *,
    cache: Path | None = None,
    report: Report = lambda _: None,
    cancelled: Flag | None = None,
) -> Path:
    """Induction loop output (SUMO's E1 format) of the scenario's detectors, per 300 s, in seconds of the day.

    Kept in the cache by the digest of what it was measured from. The departures are those of realisation 500: a plan
    made from these flows is judged on others. Raises InputError, SimulationError and NotObtainable.
    """

    def make(folder: Path) -> None:
        report(f"measuring the flows of {scenario.name} in a run of the running plan")
        (folder / FLOWS_NAME).write_bytes(_measured(scenario, cancelled))

    where = (cache or cache_folder()) / "flows" / f"{scenario.name}-{_digest(scenario)[:16]}"
    try:
        return folder_once(where, make) / FLOWS_NAME
    except OSError as error:
        raise NotObtainable(f"the flows of {scenario.name} cannot be put into the cache: {error}") from error


def _measured(scenario: ObtainedScenario, cancelled: Flag | None) -> bytes:
    detectors = read_detectors([scenario.detectors_path], read_network(scenario.network_path))
    counted = Outputs(detectors=detectors, detector_period_s=PERIOD_S)
    with TemporaryDirectory(prefix="greenband-flows-") as folder:
        prepared = prepare(
            scenario.network_path,
            scenario.route_paths,
            Path(folder),
            begin_s=scenario.begin_s,
            end_s=scenario.end_s,
        )
        (job,) = prepared.jobs(scenario.incumbent_path, [REALISATION], [SEED], counted)
        result = run(job, cancelled=cancelled)
        assert result.detectors_path is not None
        # The header names the date and our folder: without it the same run gives the same bytes.
        return _HEADER.sub(b"", result.detectors_path.read_bytes(), count=1)


def _digest(scenario: ObtainedScenario) -> str:
    """SHA-256 [hex] of all that decides what is counted."""
    paths = [scenario.network_path, *scenario.route_paths, scenario.detectors_path]
    if scenario.incumbent_path is not None:
        paths.append(scenario.incumbent_path)
    parts = [str(_RECIPE), version("eclipse-sumo"), *map(sha256_of, paths)]
    parts += [str(number) for number in (scenario.begin_s, scenario.end_s, REALISATION, SEED, PERIOD_S)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
