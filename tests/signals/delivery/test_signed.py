"""Signed bytes: what was signed comes out, and not one other bit does."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.delivery.key_ring import KeyRing, PublicKey
from signals.delivery.refusal import Refused
from signals.delivery.signed import LARGEST_BYTES, joined, message_of, opened
from signals.delivery.signing import SigningKey
from signals.delivery.verifier import Verifier
from tests.signals.delivery.documents import activation, confirmation, plan_document
from tests.signals.delivery.streets import KEY, NOON_DS, OTHER_KEY, RING

texts = st.text('abü"\\{\x00\u2028😀', max_size=9)
objects = st.dictionaries(texts, st.integers(-5, 10**12) | texts | st.none() | st.booleans(), max_size=5)


@given(objects)
def test_what_was_signed_comes_out_and_the_same_object_gives_the_same_bytes(payload: dict[str, object]) -> None:
    document = KEY.sign(payload)
    assert (opened(document, RING, NOON_DS), KEY.sign(payload)) == (payload, document)


@pytest.mark.parametrize("flips", [5_000, pytest.param(100_000, marks=pytest.mark.prove)])
def test_no_flipped_bit_is_accepted(flips: int) -> None:
    draw, verifier = random.Random("flips"), Verifier("north", RING)
    order = verifier.order(activation(), None, NOON_DS, 0)
    verifier.plan(plan_document(), NOON_DS)
    verifier.confirmed(order, confirmation(), NOON_DS)
    doors = (
        (plan_document(), lambda document: verifier.plan(document, NOON_DS)),
        (activation(), lambda document: verifier.order(document, None, NOON_DS, 0)),
        (confirmation(), lambda document: verifier.confirmed(order, document, NOON_DS)),
    )
    accepted = 0
    for _ in range(flips):
        document, door = draw.choice(doors)
        altered = bytearray(document)
        altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
        try:
            door(bytes(altered))
            accepted += 1
        except Refused:
            pass
    assert accepted == 0


def _refused(document: bytes, keys: KeyRing = RING, at_ds: int | None = NOON_DS) -> frozenset[str]:
    with pytest.raises(Refused) as caught:
        opened(document, keys, at_ds)
    return caught.value.reasons


def test_a_document_has_one_spelling() -> None:
    document = KEY.sign({"kind": "plan"})
    header, payload = document.split(b"\n", 1)
    for other in (
        header.upper() + b"\n" + payload,
        header + b"\r\n" + payload,
        b" " + document,
        document.replace(b"greenband-signed 1", b"greenband-signed 2"),
        b"",
        b"\xff" * 300,
    ):
        assert _refused(other) == {"form"}
    for other in (document + b"\n", header + b"\n " + payload, header + b"\n"):
        assert _refused(other) == {"signature"}
    assert _refused(b"x" * (LARGEST_BYTES + 1)) == {"form"}


@pytest.mark.parametrize("text", [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1,"a":2}', b"[1]", b"{", b'{"a":NaN}', b"\xff"])
def test_signed_bytes_that_are_no_canonical_text_are_refused(text: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(KEY.secret)
    assert _refused(joined(KEY.id, private.sign(message_of(KEY.id, text)), text)) == {"form"}


def test_another_key_or_its_name_on_our_signature_is_refused() -> None:
    document, both = OTHER_KEY.sign({"a": 1}), KeyRing(2, (*RING.keys, PublicKey(OTHER_KEY.public_hex)))
    assert _refused(document) == {"key"}
    assert opened(document, both, NOON_DS) == {"a": 1}
    assert _refused(document.replace(OTHER_KEY.id.encode(), KEY.id.encode()), both) == {"signature"}


def test_keys_that_are_not_accepted_yet_or_retired_bring_nothing_new_in() -> None:
    document = KEY.sign({"a": 1})
    for key, accepted in (
        (PublicKey(KEY.public_hex, NOON_DS), True),
        (PublicKey(KEY.public_hex, NOON_DS + 1), False),
        (PublicKey(KEY.public_hex, 0, NOON_DS + 1), True),
        (PublicKey(KEY.public_hex, 0, NOON_DS), False),
    ):
        ring = KeyRing(1, (key,))
        assert opened(document, ring, None) == {"a": 1}  # what was accepted before stays
        if accepted:
            assert opened(document, ring, NOON_DS) == {"a": 1}
        else:
            assert _refused(document, ring) == {"key"}


def test_the_oldest_published_vector_of_ed25519_verifies() -> None:
    """RFC 8032, section 7.1, test 1: the public key that belongs to this secret."""
    key = SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public_hex == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def test_a_secret_is_never_shown() -> None:
    key = SigningKey.new()
    assert key.secret.hex() not in repr(key) + str(key)
    with pytest.raises(ValueError, match="31 bytes") as caught:
        SigningKey(key.secret[:31])
    assert key.secret.hex()[:8] not in str(caught.value)
