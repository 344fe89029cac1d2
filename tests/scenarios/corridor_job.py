"""Counts on the corridor of controllers, and the way of a job made from them to a released plan, all over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from itertools import product
from pathlib import Path

from networks.importers import sumo_net
from signals.client import Client
from signals.release import Role
from signals.scenarios.laying import detectors_file, lay_detectors
from tests.scenarios.processes import started, wait_until
from tests.signals.service.delivery.corridors import CONTROLLERS, SETTINGS, corridor

PERIOD_S, INTERVAL_S = 600, 300
ALONG_VEH, ACROSS_VEH = 14, 5  # per interval and lane: there is something to gain where both have the same green
_ALONG = ("left0", "right", "A0B0_", "B0A0_", "B0C0_", "C0B0_")
_OPTIONS = {"begin_s": 0, "end_s": PERIOD_S, "effort": 2, "pairs": 6, "profile": "literature", "seed": 1}
_WAIT_S = 240.0


def counted(folder: Path) -> dict[str, Path]:
    """The files of a job on the corridor by what they are there for."""
    laid = lay_detectors(sumo_net.read(corridor()))
    detectors, flows = folder / "detectors.add.xml", folder / "flows.csv"
    detectors.write_text(detectors_file(laid))
    rows = ["detector,start,duration,count"]
    for detector, start_s in product(laid, range(0, PERIOD_S, INTERVAL_S)):
        count = ALONG_VEH if detector.lane_id.startswith(_ALONG) else ACROSS_VEH
        rows.append(f"{detector.id},{start_s},{INTERVAL_S},{count}")
    flows.write_text("\n".join(rows) + "\n")
    return {"network": corridor(), "detectors": detectors, "flows": flows}


def planned(address: str, keys: Mapping[Role, str], database_url: str, folder: Path) -> str:
    """A job submitted by the engineer, done by a worker that is a process of its own; the digest of its plan, which the
    engineer proposed, the approver approved, and the operator released and asked for the group "corridor"."""
    with ExitStack() as open_ones:
        engineer, approver, operator = (
            open_ones.enter_context(Client(address, keys[role]))
            for role in (Role.ENGINEER, Role.APPROVER, Role.OPERATOR)
        )
        files = [
            {"role": role, "name": path.name, "digest": engineer.keep_file(path.read_bytes())}
            for role, path in counted(folder).items()
        ]
        job = engineer.submit({"files": files, "options": _OPTIONS, "title": "corridor"})["id"]
        worker = ("worker", "--database", database_url, "--state-dir", str(folder / "worker"))
        with started(*worker, folder=folder):
            assert wait_until(lambda: engineer.job(job)["state"] not in ("queued", "running"), _WAIT_S), engineer.job(
                job
            )
        result = engineer.job(job)["result"]
        assert (result["decision"], result["library_state"]) == ("recommended", "validated"), result
        plan = str(result["plan_digest"])
        for who, move in ((engineer, "propose"), (approver, "approve"), (operator, "release")):
            (state,) = who.move(plan, move, why="queues on Main Street")
        assert state["state"] == "released"
        network = engineer.plan(plan)["network_digest"]
        operator.define_group("corridor", network, CONTROLLERS, times=asdict(SETTINGS), why="a job's plan")
        operator.deliver("corridor", plan, why="a job's plan")
    return plan
