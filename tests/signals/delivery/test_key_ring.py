"""Key rings: rotation with overlap, retirement, removal, and rings that follow each other by signed documents."""

from __future__ import annotations

import pytest

from networks.faults import InputError
from signals.delivery.key_ring import KeyRing, PublicKey
from signals.delivery.refusal import Refused
from signals.delivery.verifier import Verifier
from tests.signals.delivery.documents import plan_document
from tests.signals.delivery.streets import DAY_DS, KEY, NOON_DS, OTHER_KEY, RING


def test_both_keys_count_while_a_rotation_overlaps_and_the_new_one_alone_afterwards() -> None:
    ring = RING.rotated(OTHER_KEY.public_hex, NOON_DS, DAY_DS)
    accepted = [
        [key.accepted(at_ds) for key in ring.keys]
        for at_ds in (NOON_DS - 1, NOON_DS, NOON_DS + DAY_DS - 1, NOON_DS + DAY_DS)
    ]
    assert accepted == [[True, False], [True, True], [True, True], [False, True]]
    assert ring.version == 2


def test_a_rotation_does_not_prolong_what_was_to_end_sooner() -> None:
    ring = KeyRing(1, (PublicKey(KEY.public_hex, 0, NOON_DS + 5), PublicKey("a" * 64, 0, NOON_DS - 5)))
    keys = ring.rotated(OTHER_KEY.public_hex, NOON_DS, DAY_DS).keys
    assert [key.retired_at_ds for key in keys] == [NOON_DS + 5, NOON_DS - 5, None]


def test_a_ring_is_followed_only_if_it_is_newer_and_signed_by_a_key_that_is_accepted() -> None:
    following = RING.rotated(OTHER_KEY.public_hex, NOON_DS, DAY_DS)
    verifier = Verifier("north", RING).trusting(KEY.sign(following.payload()), NOON_DS)
    assert verifier.keys == following
    verifier.plan(plan_document(OTHER_KEY), NOON_DS)
    for document, reason, at_ds in (
        (KEY.sign(following.payload()), "sequence", NOON_DS),
        (KEY.sign(RING.payload()), "sequence", NOON_DS),
        (KEY.sign(following.without(KEY.id).payload()), "key", NOON_DS + DAY_DS),
        (plan_document(), "kind", NOON_DS),
    ):
        with pytest.raises(Refused) as caught:
            verifier.trusting(document, at_ds)
        assert caught.value.reasons == {reason}


def test_a_removed_key_counts_for_nothing_also_not_for_what_was_kept() -> None:
    ring = RING.rotated(OTHER_KEY.public_hex, NOON_DS, DAY_DS).without(KEY.id)
    for kept in (False, True):
        with pytest.raises(Refused, match="unknown"):
            Verifier("north", ring).plan(plan_document(), NOON_DS, kept=kept)


def test_a_ring_comes_back_from_its_document() -> None:
    ring = RING.rotated(OTHER_KEY.public_hex, NOON_DS, DAY_DS)
    assert KeyRing.of(ring.payload()) == ring


def test_all_faults_of_a_ring_are_told() -> None:
    with pytest.raises(InputError) as caught:
        KeyRing(0, (PublicKey("A" * 64), PublicKey("b" * 64, 5, 5), PublicKey("b" * 64, 5, 5)))
    assert sorted(fault.what for fault in caught.value.faults) == [
        "keys",
        "public key",
        "retirement",
        "retirement",
        "version",
    ]
    with pytest.raises(InputError, match="found 0, needed from 1"):
        RING.without(KEY.id)
