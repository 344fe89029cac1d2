"""From a released plan to what is offered to a group: for each controller its own timings, signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from networks.faults import Fault, refuse_if_any
from signals.delivery.beat import beat_of
from signals.delivery.documents import PlanDocument
from signals.delivery.fields import is_digest, is_id
from signals.delivery.roll_out import Offer
from signals.delivery.signing import SigningKey
from signals.plan import TimingPlan


def offer_of(
    plan: TimingPlan,
    release: str,
    controllers: Mapping[str, str],
    valid_ds: tuple[int, int],
    key: SigningKey,
    stamps: tuple[str, ...] = (),
) -> Offer:
    """A release for a group. `controllers` has the intersection of each member; `valid_ds` from when and until when it
    may run [ds since 1970, UTC]; `stamps` are those of the release.

    The same call gives the same bytes, so that a document that is loaded already stays so. Raises `InputError`.
    """
    refuse_if_any(_faults(plan, release, controllers, valid_ds))
    documents, shown = {}, plan.claiming((), ())  # a controller needs the timing alone
    for controller_id, intersection_id in sorted(controllers.items()):
        own = shown.model_copy(update={"intersections": (plan.intersection(intersection_id),)})
        document = PlanDocument(
            controller_id=controller_id,
            release=release,
            plan=plan.digest(),
            network=plan.network_digest,
            valid_from_ds=valid_ds[0],
            valid_until_ds=valid_ds[1],
            content=own.model_dump(mode="json"),
            stamps=stamps,
        )
        documents[controller_id] = key.sign(document.payload())
    whole = shown.model_copy(
        update={"intersections": tuple(plan.intersection(i) for i in sorted(controllers.values()))}
    )
    return Offer.of(release, documents, beat_of(whole), valid_ds[1])


def _faults(
    plan: TimingPlan, release: str, controllers: Mapping[str, str], valid_ds: tuple[int, int]
) -> Iterator[Fault]:
    known = {timing.intersection_id for timing in plan.intersections}
    if not is_digest(release):
        yield Fault("release", "offer", repr(release)[:80], "a digest")
    if not is_digest(plan.network_digest):
        yield Fault("network", "plan", repr(plan.network_digest)[:80], "a digest")
    if not controllers:
        yield Fault("controllers", "offer", "none", "at least one")
    for controller_id, intersection_id in controllers.items():
        if not is_id(controller_id):
            yield Fault("controller", "offer", repr(controller_id)[:80], "a name")
        if intersection_id not in known:
            yield Fault("intersection", f"controller {controller_id!r}", repr(intersection_id), "one of the plan")
    if len(set(controllers.values())) < len(controllers):
        yield Fault("intersections", "offer", "one with two controllers", "one controller each")
    if not 0 <= valid_ds[0] < valid_ds[1]:
        yield Fault("validity", "offer", f"{valid_ds[0]} to {valid_ds[1]}", "a begin before its end")
