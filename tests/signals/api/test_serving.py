"""Where the service answers: addresses that are taken or half told are refused in words for people."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from networks.faults import InputError
from signals.api.serving import Address, listening, refuse_half, serve, told_to_stop


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_before_it_answers_does_not_begin(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with listening(Address(port=0)) as listener, told_to_stop() as stop:
        os.kill(os.getpid(), number)
        serve(FastAPI(), Address(), listener, stop)
        assert stop.asked
    assert signal.getsignal(number) is before


def test_who_is_told_to_stop_while_it_answers_ends() -> None:
    with listening(Address(port=0)) as listener, told_to_stop() as stop:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/openapi.json"

        def ask_then_stop() -> None:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                try:
                    httpx.get(url, timeout=5).raise_for_status()
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGTERM)

        asking = threading.Thread(target=ask_then_stop)
        asking.start()
        serve(FastAPI(), Address(), listener, stop)
        asking.join()
