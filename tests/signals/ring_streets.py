"""Streets whose programs run in rings, out of plans in rings for the generated streets of `sumo_streets`."""

from __future__ import annotations

from networks.importers import sumo_net
from networks.network import Network
from networks.running import with_running
from signals.plan import IntersectionPlan
from signals.programs.sumo import programs_of, with_rings
from tests.signals.ring_plans import plan_of
from tests.signals.sumo_streets import street


def running_in_rings(kind: str, timing: IntersectionPlan) -> Network:
    """The street of one junction with this timing running."""
    network = sumo_net.read(street(kind))
    return with_rings(with_running(network, programs_of(plan_of(timing, network), network, "plan.json")))
