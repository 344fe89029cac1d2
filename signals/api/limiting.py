"""How often somebody may ask: windows that move, per key and per address, in the memory of one process."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from signals.release import Actor, Role

PEOPLE_PER_MINUTE = 1200
CONTROLLER_PER_MINUTE = 240  # one that polls every two seconds needs 30, and some for receipts
UNKNOWN_PER_MINUTE = 60  # requests with no key or a wrong one, from one address


class TooMany(Exception):
    """Somebody asked too often; `wait_s` seconds later there is room again."""

    def __init__(self, allowed: int, wait_s: int) -> None:
        self.allowed, self.wait_s = allowed, wait_s
        super().__init__(f"more than {allowed} requests within a minute; again in {wait_s} s")


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests per minute, and what was asked in the last one."""

    people: int = PEOPLE_PER_MINUTE
    controller: int = CONTROLLER_PER_MINUTE
    unknown: int = UNKNOWN_PER_MINUTE
    _polls: dict[str, tuple[float, int]] = field(default_factory=dict)
    _limiter: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage())
    )

    def count(self, actor: Actor) -> None:
        """Count a request of somebody who is known. Raises `TooMany`."""
        allowed = self.controller if actor.role is Role.CONTROLLER else self.people
        self._hit(allowed, "key", actor.proof)

    def count_poll(self, actor: Actor) -> None:
        """Count a poll of a controller, in windows of a minute: thousands of them ask every other second, and the
        moving windows of the others cost more than a poll. Raises `TooMany`."""
        minute, second = divmod(time.monotonic(), 60)
        counted_in, polls = self._polls.get(actor.proof, (minute, 0))
        polls = polls + 1 if counted_in == minute else 1
        if polls > self.controller:
            raise TooMany(self.controller, max(1, math.ceil(60 - second)))
        self._polls[actor.proof] = minute, polls

    def count_unknown(self, address: str) -> None:
        """Count a request of somebody who is not. Raises `TooMany`; who has a key of that address goes on."""
        self._hit(self.unknown, "address", address)

    def _hit(self, allowed: int, *whose: str) -> None:
        item = RateLimitItemPerMinute(allowed)
        if not self._limiter.hit(item, *whose):
            opens = self._limiter.get_window_stats(item, *whose).reset_time
            raise TooMany(allowed, max(1, math.ceil(opens - time.time())))
