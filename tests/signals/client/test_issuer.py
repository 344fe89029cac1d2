"""Documents of an issuer: from its address and no other one, over TLS by the authority that was named."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from signals.client.issuer import fetch
from tests.signals.client.answering import answering


def _own_certificate(path: Path) -> Path:
    """A certificate of this machine, its own authority, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


@pytest.mark.parametrize("variable", ["http_proxy", "ALL_PROXY"])
def test_who_is_on_this_machine_is_asked_himself(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with answering(b"its own") as (port, asked), answering(b"the proxy's") as (proxy_port, of_proxy):
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy_port}")
        assert fetch(f"http://127.0.0.1:{port}/keys") == b"its own"
        assert (asked, of_proxy) == (["/keys"], [])


def test_the_authority_that_was_named_vouches_for_him(tmp_path: Path) -> None:
    certificate = _own_certificate(tmp_path / "own.pem")
    other = _own_certificate(tmp_path / "other.pem")
    with answering(b"keys", certificate=certificate) as (port, _), warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        assert fetch(f"https://127.0.0.1:{port}/", certificate) == b"keys"
        for authority in (other, None, tmp_path / "none.pem"):
            with pytest.raises(OSError, match=r"certificate|none\.pem"):
                fetch(f"https://127.0.0.1:{port}/", authority)
