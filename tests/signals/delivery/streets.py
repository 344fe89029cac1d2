"""A corridor of three controllers with a local plan and two releases, keys, and what the judge says of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from networks.network import Network
from signals.delivery.key_ring import KeyRing, PublicKey
from signals.delivery.local_schedule import LocalSchedule
from signals.delivery.offers import offer_of
from signals.delivery.roll_out import Offer
from signals.delivery.signing import SigningKey
from signals.delivery.virtual_device import Judge, VirtualDevice
from signals.plan import TimingPlan
from signals.rules import Rules, rules_of
from signals.safety.violation import Violation
from tests.fakes import corridor
from tests.signals.plans import changed, touched

NOON_DS = 10 * 1_750_075_200  # 2025-06-16 12:00 UTC
DAY_DS = 864_000
KEY, OTHER_KEY = SigningKey(bytes(range(32))), SigningKey(bytes(32))
RING = KeyRing(1, (PublicKey(KEY.public_hex),))
MEMBERS = {"north": "C0", "middle": "C1", "south": "C2"}


@cache
def street() -> tuple[Network, Rules]:
    network = corridor(3)
    return network, rules_of(network)


@cache
def plan(more_s: tuple[int, int] = (0, 0), offset_s: int = 0) -> TimingPlan:
    """What runs today with longer stages and an offset from signal to signal."""
    network, rules = street()
    found = touched(network, zone="UTC", rules_digest=rules.digest())
    for at in range(len(found.intersections)):

        def change(fields: dict, at: int = at) -> None:  # type: ignore[type-arg]
            for stage, more in zip(fields["body"]["sequence"], more_s, strict=True):
                stage["duration_ds"] += 10 * more
            fields["offset_ds"] = 10 * offset_s * at

        found = changed(found, change, at)
    return found


LOCAL, FIRST, SECOND = ((0, 0), 0), ((5, 5), 20), ((10, 0), 35)
RELEASES = {"1" * 64: FIRST, "2" * 64: SECOND}


@cache
def offer(release: str, valid_until_ds: int = NOON_DS + DAY_DS, key: SigningKey = KEY) -> Offer:
    return offer_of(plan(*RELEASES[release]), release, MEMBERS, (NOON_DS - DAY_DS, valid_until_ds), key)


def own(whole: TimingPlan, controller_id: str) -> TimingPlan:
    return whole.model_copy(update={"intersections": (whole.intersection(MEMBERS[controller_id]),)})


def unjudged(known: Sequence[TimingPlan], candidate: TimingPlan) -> Sequence[Violation]:
    """For many runs with the same few plans, which `test_virtual_device` has judged."""
    return ()


def device(controller_id: str, now_ds: int = NOON_DS, judge: Judge = unjudged) -> VirtualDevice:
    local = LocalSchedule(own(plan(*LOCAL), controller_id))
    return VirtualDevice(local, street()[1], "short way", judge, now_ds)
