"""Keys of an issuer: fetched when they are needed, again for a new name but not often, kept while nobody answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from signals.service.issuer_keys import IssuerAway, IssuerKeys, is_trusted

URL = "https://issuer.example/city"


def _key(name: str) -> dict[str, Any]:
    return {"kty": "EC", "kid": name, "crv": "P-256", "x": "AA", "y": "AA"}


class Published:
    """An issuer that is asked in words; `now_s` is the clock."""

    def __init__(self, *names: str) -> None:
        self.names, self.asked, self.now_s = [*names], list[str](), 0.0
        self.away, self.document = False, {"issuer": URL, "jwks_uri": "https://issuer.example/keys"}

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.away:
            raise OSError("no route")
        keys: list[dict[str, Any]] = [_key(name) for name in self.names]
        return json.dumps(self.document if url.endswith("configuration") else {"keys": keys}).encode()

    def keys(self) -> IssuerKeys:
        return IssuerKeys(URL, self.fetch, lambda: self.now_s)

    @property
    def fetches(self) -> int:
        return self.asked.count("https://issuer.example/keys")


def test_they_are_fetched_once_and_again_for_a_new_name_but_not_often() -> None:
    issuer = Published("a")
    keys = issuer.keys()
    for _ in range(3):
        assert keys.named("a") == _key("a")
    assert issuer.asked == [f"{URL}/.well-known/openid-configuration", "https://issuer.example/keys"]
    issuer.names = ["b"]
    assert keys.named("b") is None  # fetched just now
    issuer.now_s = 61
    assert keys.named("b") is not None
    assert keys.named("a") is None
    for _ in range(100):
        assert keys.named("made up") is None
    assert issuer.fetches == 2


def test_a_key_that_was_taken_out_is_forgotten_within_an_hour() -> None:
    issuer = Published("a", "b")
    keys = issuer.keys()
    assert keys.named("a")
    issuer.names = ["b"]
    issuer.now_s = 3601
    assert keys.named("a") is None


def test_while_nobody_answers_they_are_kept_for_a_day_and_asked_for_now_and_then() -> None:
    issuer = Published("a")
    keys = issuer.keys()
    assert keys.named("a")
    issuer.away, issuer.now_s = True, 3601
    for _ in range(100):
        assert keys.named("a")
    assert issuer.asked[2:] == [f"{URL}/.well-known/openid-configuration"]
    issuer.now_s = 24 * 3600 + 1
    with pytest.raises(IssuerAway, match="no route"):
        keys.named("a")
    issuer.away = False
    with pytest.raises(IssuerAway):  # it was asked just now
        keys.named("a")
    issuer.now_s += 11
    assert keys.named("a")


@pytest.fixture
def hanging() -> Iterator[tuple[Published, IssuerKeys, threading.Event]]:
    """Keys of which "a" is known, while a thread that asks for another one waits for the issuer."""
    issuer, begun, goes_on = Published("a"), threading.Event(), threading.Event()
    inner = issuer.fetch

    def fetch(url: str) -> bytes:
        if issuer.now_s > 0:
            begun.set()
            assert goes_on.wait(30)
        return inner(url)

    keys = IssuerKeys(URL, fetch, lambda: issuer.now_s)
    assert keys.named("a")
    issuer.now_s = 61
    with ThreadPoolExecutor(1) as pool:
        forged = pool.submit(keys.named, "made up")
        assert begun.wait(30)
        try:
            yield issuer, keys, goes_on
        finally:
            goes_on.set()
        assert forged.result(30) is None


def test_nobody_waits_while_another_fetches(hanging: tuple[Published, IssuerKeys, threading.Event]) -> None:
    issuer, keys, _ = hanging
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(keys.named, "a").result(5)
        with pytest.raises(IssuerAway, match="being fetched"):
            pool.submit(keys.named, "made up too").result(5)
        issuer.now_s = 3700
        assert pool.submit(keys.named, "a").result(5)  # not fresh, and known still


def test_a_fetch_that_takes_long_is_not_begun_again_at_once() -> None:
    issuer = Published("a")

    def fetch(url: str) -> bytes:
        issuer.asked.append(url)
        issuer.now_s += 20
        raise OSError("no answer")

    keys = IssuerKeys(URL, fetch, lambda: issuer.now_s)
    for _ in range(3):
        with pytest.raises(IssuerAway, match="no answer"):
            keys.named("a")
    assert len(issuer.asked) == 1


def test_without_a_name_the_only_one_is_meant() -> None:
    assert Published("a").keys().named(None) == _key("a")
    assert Published("a", "b").keys().named(None) is None


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://other.example", "jwks_uri": "https://issuer.example/keys"},
        {"issuer": URL, "jwks_uri": "http://issuer.example/keys"},
        {"issuer": URL, "jwks_uri": "http://localhost/keys"},
        {"issuer": URL, "jwks_uri": "file:///etc/passwd"},
        {"issuer": URL},
        [],
    ],
)
def test_what_is_no_document_of_this_issuer_gives_no_keys(document: Any) -> None:
    issuer = Published("a")
    issuer.document = document
    with pytest.raises(IssuerAway):
        issuer.keys().named("a")
    assert len(issuer.asked) == 1


def test_secrets_and_keys_for_other_things_are_none() -> None:
    def fetch(url: str) -> bytes:
        bad = [{"kty": "oct", "kid": "s", "k": "AA"}, {**_key("d"), "d": "AA"}]
        bad.append({**_key("e"), "use": "enc"})
        told = {"issuer": URL, "jwks_uri": "https://issuer.example/keys"}
        return json.dumps(told if url.endswith("configuration") else {"keys": bad}).encode()

    keys = IssuerKeys(URL, fetch, lambda: 0.0)
    assert [keys.named(name) for name in "sde"] == [None, None, None]


@pytest.mark.parametrize(
    "strange",
    [
        {"kid": "x"},
        {"kty": "PQ", "kid": "x"},
        {"kty": ["EC"], "kid": "x"},
        {"kty": "RSA", "kid": "x", "n": "AA"},
        {"kty": "EC", "kid": "a", "crv": "P-256", "x": 7, "y": "AA"},
        "x",
        None,
        [],
    ],
)
def test_a_key_that_nobody_can_read_takes_nothing_from_the_others(strange: Any) -> None:
    def fetch(url: str) -> bytes:
        told = {"issuer": URL, "jwks_uri": "https://issuer.example/keys"}
        return json.dumps(told if url.endswith("configuration") else {"keys": [strange, _key("a")]}).encode()

    keys = IssuerKeys(URL, fetch, lambda: 0.0)
    assert keys.named("a") == keys.named(None) == _key("a")
    assert keys.named("x") is None


def test_who_can_be_trusted_on_the_way() -> None:
    for url in ("https://a.example", "http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:1"):
        assert is_trusted(url)
    for url in ("http://a.example", "ftp://a.example", "https://", "a.example", "http://[::1", "file:///keys"):
        assert not is_trusted(url)
