"""Requests to a service: errors as the service tells them, and what may have been lost on the way is asked again."""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from networks.faults import Fault, InputError, refuse_if_any
from signals.release import NotAllowed, NotReleasable

PREFIX = "/api/v1"
TRIES = 6
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 10.0
_CONNECT_WAIT_S = 10.0
_ANSWER_WAIT_S, _DONE_WAIT_S = 600.0, 3900.0  # a service may check the plans of a schedule for an hour
_BUSY = (429, 503)  # too many requests; the database is busy
_PROXIED = ("http://", "https://", "all://")  # for this machine by none: a proxy would take it for its own
_PROBLEM = "application/problem+json"


def verified_by(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Who vouches for a server: the authorities in a file, or those that are trusted anyway. Raises `OSError`."""
    try:
        return True if ca_file is None else ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise OSError(f"authorities in {ca_file}: {error}") from error


class Unreachable(InputError):
    """The service does not answer, or not now."""


class Connection:
    """To one service, as the holder of a key; used in a `with`, or closed.

    Every request that changes something has a key of its own (`Idempotency-Key`), so that it is done once however often
    it is sent.
    """

    def __init__(
        self, url: str, key: str, *, ca_file: Path | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = url.rstrip("/")
        self._sleep = sleep
        refuse_if_any(_unfit(self.url, key))
        self._http = httpx.Client(
            base_url=f"{self.url}{PREFIX}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(_ANSWER_WAIT_S, connect=_CONNECT_WAIT_S),
            verify=verified_by(ca_file),
            mounts=dict.fromkeys(_PROXIED) if _is_here(self.url) else None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The document at a path; None in a query: not said."""
        return _document(self.answer(path, **query))

    def answer(self, path: str, **query: Any) -> httpx.Response:
        """The answer to a GET, whatever it is of."""
        return self._ask("GET", path, params=_said(query))

    def post(self, path: str, body: Any = None, *, content: bytes | None = None, **query: Any) -> Any:
        """The document that answers a POST of a document, or of bytes."""
        given: dict[str, Any] = {"json": body} if content is None else {"content": content}
        once = {"Idempotency-Key": secrets.token_hex(16)}
        return _document(self._ask("POST", path, params=_said(query), headers=once, **given))

    def put(self, path: str, body: Any) -> Any:
        """The document that answers a PUT of a document; the second time does no harm."""
        return _document(self._ask("PUT", path, json=body))

    def delete(self, path: str, **query: Any) -> Any:
        """The document that answers a DELETE."""
        return _document(self._ask("DELETE", path, params=_said(query)))

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[Iterator[str]]:
        """The lines of an answer, as they come. Raises `Unreachable` where there are none now, or no more."""
        try:
            with self._http.stream("GET", path, headers=headers) as response:
                if not response.is_success:
                    response.read()
                    refusal = _refusal(response)
                    if _asked_again(response) and isinstance(refusal, InputError):
                        raise Unreachable(refusal.faults)
                    raise refusal
                yield response.iter_lines()
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        wait_s = _ANSWER_WAIT_S if method == "GET" else _DONE_WAIT_S
        timeout = httpx.Timeout(wait_s, connect=_CONNECT_WAIT_S)
        for tried in range(1, TRIES + 1):
            told_wait_s = ""
            try:
                response = self._http.request(method, path, timeout=timeout, **given)
            except httpx.TransportError as error:
                if tried == TRIES:
                    raise self._unreachable(error) from error
            else:
                if response.is_success:
                    return response
                if not _asked_again(response) or tried == TRIES:
                    raise _refusal(response)
                told_wait_s = response.headers.get("Retry-After", "")
            self.wait(tried, told_wait_s)
        raise AssertionError("the last try returns or raises")

    def wait(self, tried: int, told_s: str = "") -> None:
        """Wait before the next try: as long as the service told in seconds, else longer each time."""
        wait_s = float(told_s) if told_s.isdecimal() else _FIRST_WAIT_S * 2**tried
        self._sleep(min(wait_s, _LONGEST_WAIT_S))

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable([Fault("server", self.url, str(error) or type(error).__name__, "a service that answers")])


def _unfit(url: str, key: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        sound = False
    if not sound:
        yield Fault("server", "address", repr(url)[:80], "http(s)://HOST:PORT")
    if not key.isascii() or not key.isprintable():
        yield Fault("key", "address", "letters that no key has", "a key that `greenband keys create` gave")


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _asked_again(response: httpx.Response) -> bool:
    """Whether it may go well later. A service that tells no wait would say the same; who stands between may not."""
    of_service = response.headers.get("Content-Type", "").startswith(_PROBLEM)
    return response.status_code in _BUSY and (not of_service or "Retry-After" in response.headers)


def _said(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _document(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        fault = Fault("answer", str(response.url), repr(response.text[:80]), "JSON, as the service gives it")
        raise InputError([fault]) from error


def _refusal(response: httpx.Response) -> InputError | NotReleasable:
    """What a problem document tells."""
    try:
        problem = response.json()
        faults = [Fault(one["what"], one["where"], one["found"], one["needed"]) for one in problem["faults"]]
        reasons, detail = problem["reasons"], str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        faults, reasons, detail = [], [], response.text[:200]
    if reasons:
        return NotReleasable(reasons)
    if not faults:
        faults = [Fault("answer", str(response.url), f"{response.status_code}: {detail}", "one that says it is done")]
    return (NotAllowed if response.status_code in (401, 403) else InputError)(faults)
