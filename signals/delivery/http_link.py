"""The link over HTTP: one connection that is kept open, and the next address where one does not answer.

Standard library only: a gateway in the field needs nothing more.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from networks.faults import Fault, InputError
from signals.delivery.loop import LinkDown
from signals.delivery.wire import LARGEST_ANSWER_BYTES

_PREFIX = "/api/v1/controllers"
_OK = 200
_LONGEST_TOLD = 300


class HttpLink:
    """To a service at one of several addresses, with a key. Raises `InputError` for what is no address or no key."""

    def __init__(
        self,
        servers: Sequence[str],
        controller_id: str,
        secret: str,
        *,
        timeout_s: float = 10.0,
        ca_file: str | None = None,
    ) -> None:
        if not secret.isascii() or not secret.isprintable():
            needed = "a key that `greenband keys create` gave"
            raise InputError([Fault("key", f"controller {controller_id!r}", "letters that no key has", needed)])
        self._servers = [_Server(address, timeout_s, ca_file) for address in servers]
        self._at = 0
        self._path = f"{_PREFIX}/{quote(controller_id, safe='')}"
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def exchange(self, report: bytes) -> bytes:
        """The answer to a report. Raises `LinkDown`."""
        return self._asked("POST", "/reports", report)

    def key_ring(self) -> bytes:
        """The signed key ring in force. Raises `LinkDown`."""
        return self._asked("GET", "/key-ring", None)

    def close(self) -> None:
        """Close the connections."""
        for server in self._servers:
            server.close()

    def _asked(self, method: str, path: str, body: bytes | None) -> bytes:
        """From the address that answered last, else from the others in turn; each is tried once."""
        faults = []
        for _ in self._servers:
            server = self._servers[self._at]
            try:
                return server.ask(method, self._path + path, body, self._headers)
            except LinkDown as error:
                faults.append(str(error))
                self._at = (self._at + 1) % len(self._servers)
        raise LinkDown("; ".join(faults))


class _Server:
    def __init__(self, address: str, timeout_s: float, ca_file: str | None) -> None:
        scheme, host, port = _parts(address)
        self._address = address
        if scheme == "https":
            context = ssl.create_default_context(cafile=ca_file)
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=timeout_s, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(host, port, timeout=timeout_s)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        try:
            try:
                return self._once(method, path, body, headers)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()  # it was kept open, and the service has closed it meanwhile
                return self._once(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise LinkDown(f"{self._address}: {str(error) or type(error).__name__}") from None

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        self._connection.request(method, path, body, headers)
        with self._connection.getresponse() as response:
            content = response.read(LARGEST_ANSWER_BYTES + 1)
            if response.status != _OK:
                self.close()
                told = " ".join(content.decode(errors="replace").split())[:_LONGEST_TOLD]
                raise LinkDown(f"{self._address}: answered {response.status}: {told}")
            if len(content) > LARGEST_ANSWER_BYTES:
                self.close()
            return content

    def close(self) -> None:
        self._connection.close()


def _parts(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port. Raises `InputError`."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # as it is looked up
        sound = parts.scheme in ("http", "https") and parts.path in ("", "/") and port != 0 and address.isprintable()
    except ValueError:
        host, sound = None, False
    if not host or not sound:
        needed = "http://HOST:PORT or https://HOST:PORT"
        raise InputError([Fault("server", "address", repr(address)[:100], needed)])
    return parts.scheme, host, port
