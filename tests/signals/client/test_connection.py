"""A connection against servers that answer as services, or those who stand between, do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from networks.faults import InputError
from signals.client.connection import TRIES, Connection
from tests.signals.client.answering import answering


@pytest.mark.parametrize("variable", ["http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_service_on_this_machine_is_asked_itself(monkeypatch: pytest.MonkeyPatch, variable: str, host: str) -> None:
    with answering(b"1") as (port, asked), answering(b"2") as (proxy_port, of_proxy):
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy_port}")
        with Connection(f"http://{host}:{port}", "gbk") as connection:
            assert connection.post("/jobs") == 1
        with Connection("http://elsewhere.invalid", "gbk") as connection:
            assert connection.post("/jobs") == 2
        assert (asked, len(of_proxy)) == (["/api/v1/jobs"], 1)


@pytest.mark.parametrize(
    ("kind", "more", "tries"),
    [
        ("application/problem+json", {}, 1),
        ("application/problem+json", {"Retry-After": "1"}, TRIES),
        ("text/html", {}, TRIES),
    ],
)
def test_who_is_busy_is_asked_again_unless_he_would_say_the_same(
    kind: str, more: Mapping[str, str], tries: int
) -> None:
    problem = b'{"faults": [], "reasons": [], "detail": "the safety check was not made: it took longer than 600 s"}'
    with (
        answering(problem, status=503, headers={"Content-Type": kind, **more}) as (port, asked),
        Connection(f"http://127.0.0.1:{port}", "gbk", sleep=lambda _: None) as connection,
        pytest.raises(InputError, match="503: the safety check was not made"),
    ):
        connection.post("/plans/v1/approve")
    assert len(asked) == tries
