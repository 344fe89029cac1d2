"""The service from afar, for programs and the command line: `Client(url, key)`."""

from signals.client.client import Client
from signals.client.connection import Connection, Unreachable

__all__ = ["Client", "Connection", "Unreachable"]
