"""Streets and plans out of files of any kind: the network, its detectors, what runs there, a plan for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from networks.detectors import with_detectors
from networks.faults import Fault, InputError, refuse_if_any
from networks.importers.sumo_additional import read_additional, read_programs
from networks.junction import Program
from networks.network import Network
from networks.running import with_running
from signals import parts
from signals.control import NotExpressible
from signals.files import head
from signals.plan import TimingPlan, read_plan
from signals.programs import sumo as programs


def read_street(network: Path, detectors: tuple[Path, ...], incumbent: tuple[Path, ...]) -> Network:
    """Network with its detectors and running programs, each out of the files named for it, else for the other.

    What runs is said by signal programs, plans or timing sheets, the later ones over the earlier ones; what none of
    them names runs on. Programs in rings say what they mean in rings.
    """
    street: Network = parts.of_content("importer", network).read(network)
    others, laid = read_additional(detectors or [path for path in incumbent if _is_additional(path)], street)
    street = with_detectors(street, laid)
    if not incumbent:
        return programs.with_rings(with_running(street, others))
    street = programs.with_rings(street)
    for path in incumbent:
        street = programs.with_rings(with_running(street, _running_in(path, street)))
    return street


def _running_in(path: Path, street: Network) -> tuple[Program, ...]:
    """What a file says that runs. Raises `InputError`, also for a timing that the simulator cannot run."""
    if _is_additional(path):
        programs.named_in(path, street)
        return read_programs([path], street)
    plan = read_any_plan(path, street)
    refuse_if_any(misfits(plan, path, street, whole=False))
    try:
        return programs.programs_of(plan, street, path.name)
    except NotExpressible as error:
        needed = "a timing that the simulator runs (of rings, fixed ones run with overlaps and groups on foot)"
        raise InputError([Fault("what runs", path.name, line, needed) for line in str(error).splitlines()]) from None


def read_any_plan(path: Path, network: Network) -> TimingPlan:
    """A plan from our own JSON, from a file of signal programs or from a timing sheet, judged by content."""
    if _is_json(path):
        return read_plan(path)
    plan: TimingPlan = parts.of_content("format", path).read(path, network)
    return plan


def running_on(plan: TimingPlan, path: Path, network: Network) -> tuple[str, ...]:
    """Intersections of the plan of which its file says nothing, so that what runs today runs on."""
    if _is_json(path):
        return ()
    named = parts.of_content("format", path).named_in(path, network)
    return tuple(timing.intersection_id for timing in plan.intersections if timing.intersection_id not in named)


def misfits(plan: TimingPlan, path: Path, network: Network, *, whole: bool = True) -> Iterator[Fault]:
    """Why a plan cannot run on this network: one that is run all the same would be another plan.

    One that need not be `whole` may leave intersections out.
    """
    if plan.network_digest != network.digest:
        yield Fault("plan", path.name, f"made for network {plan.network_digest}", f"network {network.digest}")
    street = {
        intersection.id: tuple(group.id for group in intersection.groups) for intersection in network.intersections
    }
    timed = {timing.intersection_id: timing.group_ids for timing in plan.intersections}
    for name in sorted(street.keys() | timed.keys()):
        where = f"{path.name}, intersection {name!r}"
        if name not in timed and whole:
            yield Fault("plan", where, "no timing", "a timing for each intersection")
        elif name not in street:
            yield Fault("plan", where, "a timing", "an intersection of the network")
        elif name in timed and timed[name] != street[name]:
            yield Fault("signal groups", where, ", ".join(timed[name]), ", ".join(street[name]))


def _is_json(path: Path) -> bool:
    return head(path).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _is_additional(path: Path) -> bool:
    return programs.accepts(head(path))
