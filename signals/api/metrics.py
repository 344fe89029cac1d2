"""What the service did, in numbers for Prometheus: of one process, kept in its memory. How it stands: `standing.py`."""

from __future__ import annotations

import time
from http import HTTPStatus
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_NO_ROUTE = "none"


class Numbers:
    """Counters of requests, beside what others collect when they are read."""

    def __init__(self, *others: Collector) -> None:
        self.registry = CollectorRegistry()
        for other in others:
            self.registry.register(other)
        labels = ("method", "route", "status")
        self.requests = Counter("greenband_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "greenband_request_seconds",
            "Seconds from a request to the end of its answer; streams of events are not among them.",
            ("method", "route"),
            buckets=_BOUNDS_S,
            registry=self.registry,
        )
        about = Gauge("greenband_info", "1; the version is in the label.", ("version",), registry=self.registry)
        about.labels(version("greenband")).set(1)


class Counted:
    """The app, counted."""

    def __init__(self, app: ASGIApp, numbers: Numbers) -> None:
        self.app, self.numbers = app, numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun_s = time.perf_counter()
        status, stream = int(HTTPStatus.INTERNAL_SERVER_ERROR), False

        async def seen(message: Message) -> None:
            nonlocal status, stream
            if message["type"] == "http.response.start":
                status = message["status"]
                stream = any(value.startswith(b"text/event-stream") for _, value in message["headers"])
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            method, route = scope["method"], getattr(scope.get("route"), "path", _NO_ROUTE)
            self.numbers.requests.labels(method if route != _NO_ROUTE else _NO_ROUTE, route, status).inc()
            if not stream and route != _NO_ROUTE:
                self.numbers.seconds.labels(method, route).observe(time.perf_counter() - begun_s)
