"""The app answers at an address until it is told to stop."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from networks.faults import Fault, InputError, refuse_if_any

_STOP_WAIT_S = 10
_NEW_OBJECTS = 10_000  # that nobody has let go of, till the collector looks at them
_KEPT_OPEN_S = 75  # between two requests of one client; longer than proxies wait


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service answers; with certificate and key over TLS."""

    host: str = "127.0.0.1"
    port: int = 8000
    certificate: Path | None = None
    key: Path | None = None

    @property
    def secure(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.certificate is not None

    def url(self, port: int) -> str:
        """The address as clients give it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{port}"


def listening(address: Address) -> socket.socket:
    """A socket that listens there. Raises `InputError` where that is not possible."""
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        return socket.create_server((address.host, address.port), family=family, backlog=2048)
    except OSError as error:
        found = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(
            [Fault("address", f"{address.host}:{address.port}", found, "one that is free here")]
        ) from error


@dataclass(slots=True)
class Stop:
    """Whether a signal to stop has come; a server that answers meanwhile hears of it."""

    asked: bool = False
    server: uvicorn.Server | None = None

    def ask(self, number: int, frame: FrameType | None) -> None:
        """A signal's handler."""
        self.asked = True
        if self.server is not None:
            self.server.should_exit = True


@contextmanager
def told_to_stop() -> Iterator[Stop]:
    """From here on SIGINT and SIGTERM stop the server, also one that has yet to begin, and nothing else.

    The server has its own handlers while it answers, and raises what stopped it once more at its end; whoever serves
    has yet to clean up then.
    """
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve(app: FastAPI, address: Address, listener: socket.socket, stop: Stop) -> None:
    """Answer until a signal to stop comes; requests that are under way are answered first."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEPT_OPEN_S,
        timeout_graceful_shutdown=_STOP_WAIT_S,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
    )
    # A collection keeps every answer waiting. What is there by now stays, and is not looked through again; what polls
    # bring is let go without it, as the next ones come.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    stop.server = uvicorn.Server(config)
    if not stop.asked:
        stop.server.run(sockets=[listener])


def refuse_half(address: Address) -> None:
    """Raise `InputError` for a certificate without key, a key without certificate, and files that are not there."""
    faults = []
    if (address.certificate is None) != (address.key is None):
        given = "--tls-cert" if address.certificate else "--tls-key"
        faults.append(Fault("TLS", "command line", f"{given} alone", "both --tls-cert and --tls-key"))
    for path, name in ((address.certificate, "--tls-cert"), (address.key, "--tls-key")):
        if path is not None and not path.is_file():
            faults.append(Fault(name, "command line", f"no file {path}", "a file in PEM"))
    refuse_if_any(faults)
