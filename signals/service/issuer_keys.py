"""The public keys with which an OpenID Connect issuer signs, as it publishes them: fetched, kept, fetched again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from networks.faults import Fault, NotNow

_DISCOVERY = "/.well-known/openid-configuration"
_KEPT_S = 3600.0  # then they are fetched again, so that a key that was taken out is forgotten
_LONGEST_KEPT_S = 24 * 3600.0  # while the issuer does not answer
_BETWEEN_S, _AFTER_FAILURE_S = 60.0, 10.0  # from one fetch to the next, whatever is asked for
_MOST_KEYS = 100
_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}  # that a public key has
_HERE = ("127.0.0.1", "::1", "localhost")

Key = Mapping[str, Any]  # as RFC 7517 has it
Fetch = Callable[[str], bytes]
"""The bytes at an address; raises `OSError` or `ValueError`, and waits for some seconds at the most."""


class IssuerAway(NotNow):
    """The issuer's keys cannot be had now."""


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: tuple[Key, ...] = ()
    fetched_s: float = float("-inf")

    def named(self, name: str | None) -> Key | None:
        if name is None:
            return self.keys[0] if len(self.keys) == 1 else None
        return next((key for key in self.keys if key.get("kid") == name), None)


class IssuerKeys:
    """All may be called from any thread; one fetches, and no other one waits for it: whoever made up a name would keep
    all others waiting. `now_s` is a clock that only goes on."""

    def __init__(self, url: str, fetch: Fetch, now_s: Callable[[], float] = time.monotonic) -> None:
        self._url, self._fetch, self._now_s = url, fetch, now_s
        self._kept = _Kept()
        self._next_s = float("-inf")
        self._failed = ""
        self._fetching = threading.Lock()

    def known(self, name: str | None) -> bool:
        """Whether there is a key of this name (None: the only one) without asking the issuer."""
        return self._kept.named(name) is not None

    def named(self, name: str | None) -> Key | None:
        """The key of this name (None: the only one), None where there is none.

        A name that is not known may be new: the keys are fetched again, but not often. Raises `IssuerAway`, also for
        such a name while another thread fetches them.
        """
        now_s, kept = self._now_s(), self._kept
        found = kept.named(name)
        if (found is None or now_s - kept.fetched_s > _KEPT_S) and now_s >= self._next_s:
            if self._fetching.acquire(blocking=False):
                try:
                    if now_s >= self._next_s:  # nobody fetched them just before
                        self._refresh()
                finally:
                    self._fetching.release()
                kept = self._kept
                found = kept.named(name)
            elif found is None:
                raise self._away("they are being fetched")
        if now_s - kept.fetched_s > _LONGEST_KEPT_S:
            raise self._away(self._failed)
        return found

    def _away(self, found: str) -> IssuerAway:
        needed = "an issuer that answers; ask again, or use an API key"
        return IssuerAway([Fault("keys of the issuer", self._url, found, needed)])

    def _refresh(self) -> None:
        try:
            keys = tuple(self._published())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self._failed = f"{type(error).__name__}: {error}"[:200]
            self._next_s = self._now_s() + _AFTER_FAILURE_S
        else:
            now_s = self._now_s()
            self._kept, self._next_s = _Kept(keys, now_s), now_s + _BETWEEN_S

    def _published(self) -> Iterator[Key]:
        told = json.loads(self._fetch(self._url.rstrip("/") + _DISCOVERY))
        if told["issuer"] != self._url:
            raise ValueError(f"it says that it is {told['issuer']!r}")
        place = str(told["jwks_uri"])
        if not is_trusted(place) or (urlsplit(place).scheme == "http" and urlsplit(self._url).scheme != "http"):
            raise ValueError(f"its keys are at {place!r}, and not at https://")  # this machine is not a remote issuer's
        for key in json.loads(self._fetch(place))["keys"][:_MOST_KEYS]:
            if _readable(key) and key.get("use", "sig") == "sig" and "d" not in key:
                yield key


def _readable(key: Any) -> bool:
    """Whether it is a key of a kind that we know, and whole; RFC 7517, 5 lets others stand beside it."""
    kind = key.get("kty") if isinstance(key, Mapping) else None
    members = _MEMBERS.get(kind, ()) if isinstance(kind, str) else ()
    return bool(members) and all(isinstance(key.get(member), str) for member in members)


def is_trusted(url: str) -> bool:
    """Whether nobody on the way can put other keys in: https, or this machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        )
    except ValueError:
        return False
