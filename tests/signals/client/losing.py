"""A wire to a service that loses things: it passes on what is asked, and cuts the connection instead of the answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Wire:
    """Each connection that is made while `losses` is above zero is cut after the first bytes that come back."""

    def __init__(self, url: str) -> None:
        self._to = (urlsplit(url).hostname or "", urlsplit(url).port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.losses, self.kept_bytes, self.cut = 0, 0, 0

    def run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._to) as service, suppress(OSError):
            threading.Thread(target=_pass_on, args=(client, service), daemon=True).start()
            came = 0
            while data := service.recv(65536):
                came += len(data)
                if self.losses and came > self.kept_bytes:
                    self.losses, self.cut = self.losses - 1, self.cut + 1
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


@contextmanager
def losing(url: str) -> Iterator[Wire]:
    """A wire to the service at this address."""
    wire = Wire(url)
    thread = threading.Thread(target=wire.run, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join(5)
