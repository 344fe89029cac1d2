"""The link over HTTP against a server of the standard library: what is carried, and every way in which it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from networks.faults import InputError
from signals.delivery.http_link import HttpLink
from signals.delivery.loop import LinkDown

_NO_PORTS = ("http://host:99999", "http://host:0", "http://host:port", "http://[::1", "http://ho\nst", "http://a..b")
Told = list[tuple[str, str, bytes]]


class _Server(ThreadingHTTPServer):
    told: Told
    status: int


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"answer")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    made = _Server(("127.0.0.1", 0), _Handler)
    made.told, made.status = [], 200
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _address(server: _Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_a_report_goes_up_with_the_key_and_the_answer_comes_back(server: _Server) -> None:
    link = HttpLink([_address(server)], "Main St/4 ü", "gbk_secret")
    assert link.exchange(b"report") == b"answer"
    assert link.exchange(b"again") == b"answer"
    path = "/api/v1/controllers/Main%20St%2F4%20%C3%BC/reports"
    assert server.told == [(path, "Bearer gbk_secret", b"report"), (path, "Bearer gbk_secret", b"again")]
    link.close()


def test_what_is_refused_is_told_with_its_status(server: _Server) -> None:
    server.status = 403
    link = HttpLink([_address(server)], "north", "gbk_secret")
    with pytest.raises(LinkDown, match="answered 403: answer"):
        link.exchange(b"report")


def test_where_one_address_does_not_answer_the_next_one_does(server: _Server) -> None:
    link = HttpLink(["http://127.0.0.1:1", _address(server)], "north", "gbk_secret", timeout_s=5)
    assert link.exchange(b"report") == b"answer"
    server.status = 503
    with pytest.raises(LinkDown, match=r"answered 503.*127\.0\.0\.1:1: .*refused"):
        link.exchange(b"report")
    link.close()


@pytest.mark.parametrize("address", ["", "ftp://host", "http://", "http://host/path", "host:8000", *_NO_PORTS])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="http://HOST:PORT"):
        HttpLink([address], "north", "gbk_secret")


@pytest.mark.parametrize("secret", ["gbk_a\ngbk_b", "gbk_\u2026", "gbk_\x00"])
def test_what_is_no_key_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(InputError, match="letters that no key has") as found:
        HttpLink(["http://127.0.0.1:1"], "north", secret)
    assert secret not in str(found.value)
