"""Where the service answers: addresses that are taken or half told are refused in words for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.api.serving import Address, listening, refuse_half


def test_an_address_that_is_taken_is_told() -> None:
    with listening(Address(port=0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1:{port}: address: found Address already in use, needed one"):
            listening(Address(port=port))


def test_a_certificate_without_its_key_is_refused_with_all_faults(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        refuse_half(Address(certificate=tmp_path / "absent.pem"))
    assert [fault.what for fault in caught.value.faults] == ["TLS", "--tls-cert"]
    assert Address("::1", 8000).url(8000) == "http://[::1]:8000"
