"""Tokens of an issuer beside API keys: the same roles, the same two persons, and nothing for one that is not good."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signals.api.app import PREFIX
from signals.api.limiting import Rates
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.cli.trusting import tokens_of
from signals.client.issuer import fetch
from signals.release import Role
from signals.service.issuer_keys import IssuerAway, IssuerKeys
from signals.service.job_request import JobFile, JobRequest
from signals.service.stored_jobs import StoredJobs
from signals.service.tokens import Issuer, Tokens
from signals.service.uploads import keep_file
from signals.store.failures import DatabaseFailed
from tests.signals.api.conftest import NO_LIMIT, Answering, actor_of, answering, upload
from tests.signals.api.issuing import AUDIENCE, Issuing, issuing
from tests.signals.service.library.job_results import results

on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True)
class Trusting:
    """A service that trusts an issuer."""

    issuer: Issuing
    api: Answering

    def ask(self, bearer: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer}"} | more.pop("headers", {})
        method = "GET" if json is None else "POST"
        return self.api.client.request(method, f"{self.api.url}{PREFIX}{path}", json=json, headers=headers, **more)


@pytest.fixture
def trusting(api: Answering) -> Iterator[Trusting]:
    with issuing() as issuer:
        tokens = tokens_of(Issuer(issuer.url, AUDIENCE))
        with answering(Service(api.database, READERS, rates=NO_LIMIT, tokens=tokens)) as url:
            yield Trusting(issuer, Answering(url, api.database, api.keys, api.client))


@pytest.mark.parametrize("key", ["r", "p", "e", "d"])
@on_a_file
def test_a_token_is_as_good_as_a_key(trusting: Trusting, key: str) -> None:
    found = trusting.ask(trusting.issuer.token("engineer", key=key), "/me")
    assert (found.status_code, found.json()["name"], found.json()["role"]) == (200, "R. Roe", "engineer")
    nameless = trusting.ask(trusting.issuer.token("viewer", key=key, preferred_username=None), "/me")
    assert nameless.json()["name"] == "sub-R. Roe"
    of_a_late_clock = trusting.issuer.token("viewer", key=key, exp=int(time.time()) - 5)
    assert trusting.ask(of_a_late_clock, "/me").status_code == 200
    assert trusting.ask(trusting.api.keys[Role.VIEWER], "/me").json()["role"] == "viewer"


def _unsigned(issuer: Issuing) -> str:
    return jwt.encode(issuer.claims("administrator"), None, "none", {"kid": "r"})


def _by_the_public_key(issuer: Issuing) -> str:
    """As libraries took it that let a token choose its algorithm: HMAC, the secret is the public key."""
    public = issuer.keys["r"][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "kid": "r", "typ": "JWT"}, issuer.claims("administrator")]
    head = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signed = base64.urlsafe_b64encode(hmac.digest(public, head, hashlib.sha256)).rstrip(b"=")
    return (head + b"." + signed).decode()


def _by_another_key(issuer: Issuing) -> str:
    return jwt.encode(issuer.claims("administrator"), rsa.generate_private_key(65537, 2048), "RS256", {"kid": "r"})


def _by_the_key_of_another_algorithm(issuer: Issuing) -> str:
    return jwt.encode(issuer.claims("administrator"), issuer.keys["r"][1], "RS512", {"kid": "r"})


def _altered(issuer: Issuing) -> str:
    head, _, signature = issuer.token("viewer").split(".")
    said = base64.urlsafe_b64encode(json.dumps(issuer.claims("administrator")).encode()).rstrip(b"=").decode()
    return f"{head}.{said}.{signature}"


def _without_key_name(issuer: Issuing) -> str:
    return jwt.encode(issuer.claims("viewer"), issuer.keys["r"][1], "RS256")


def _with_header(**header: Any) -> Callable[[Issuing], str]:
    return lambda issuer: jwt.encode(issuer.claims("viewer"), issuer.keys["r"][1], "RS256", {"kid": "r", **header})


def _deep(issuer: Issuing) -> str:
    return ".".join([base64.urlsafe_b64encode(b"[" * 6000).rstrip(b"=").decode(), "e30", "AA"])


def _saying(**said: Any) -> Callable[[Issuing], str]:
    return lambda issuer: issuer.token("administrator", **said)


NOW = time.time()
WORTHLESS = {
    "unsigned": _unsigned,
    "HMAC with the public key": _by_the_public_key,
    "another key": _by_another_key,
    "the key of another algorithm": _by_the_key_of_another_algorithm,
    "altered": _altered,
    "a key that is not published": _with_header(kid="x"),
    "no key named": _without_key_name,
    "something critical that nobody knows": _with_header(crit=["b64x"], b64x=1),
    "too deep": _deep,
    "no token": lambda issuer: "e30.e30.",
    "expired": _saying(exp=int(NOW) - 3600),
    "not yet": _saying(nbf=int(NOW) + 36_000, exp=int(NOW) + 72_000),
    "made tomorrow": _saying(iat=int(NOW) + 36_000, exp=int(NOW) + 72_000),
    "for ever": _saying(exp=None),
    "an end that is none": _saying(exp="soon"),
    "another audience": _saying(aud="elsewhere"),
    "no audience": _saying(aud=None),
    "another issuer": _saying(iss="http://127.0.0.1:9"),
    "no issuer": _saying(iss=None),
    "nobody": _saying(sub=None),
    "a number": _saying(sub=7),
    "a name in two lines": _saying(preferred_username="R.\nRoe"),
    "a name without end": _saying(preferred_username="R" * 101),
    "a name that is none": _saying(preferred_username={"first": "R."}),
}


@on_a_file
def test_what_is_no_good_token_is_refused_in_words(trusting: Trusting) -> None:
    for why, made in WORTHLESS.items():
        token = made(trusting.issuer)
        for path, json_ in (("/me", None), ("/fleet/stop", {"why": "queues on Main St"})):
            found = trusting.ask(token, path, json_, headers={"Idempotency-Key": "once"})
            assert (found.status_code, found.headers["Content-Type"]) == (401, "application/problem+json"), (why, found)
            assert found.headers["WWW-Authenticate"] == "Bearer", why
            assert token not in found.text
            assert found.json()["faults"][0]["needed"].endswith(("or an API key", "shown to people")), why
    assert trusting.issuer.asked.count("/keys") == 1  # who makes keys up makes nobody ask again


@on_a_file
def test_roles_are_those_of_ours_that_a_claim_names_and_no_controllers(trusting: Trusting, tmp_path: Path) -> None:
    issuer = trusting.issuer
    for roles in ((), ("controller",), ("chief", "Engineer"), ("engineer approver",)):
        for path, json_ in (("/me", None), ("/fleet/stop", {"why": "queues on Main St"})):
            found = trusting.ask(issuer.token(*roles), path, json_, headers={"Idempotency-Key": f"once{len(roles)}"})
            assert (found.status_code, found.headers["Content-Type"]) == (403, "application/problem+json"), roles
            assert "none of ours in the claim 'roles'" in found.text
    for claim in ("engineer", 7, {"engineer": 1}, None, [["engineer"]]):
        status = trusting.ask(issuer.token(**{"roles_": 1} | {"roles": claim}), "/me").status_code
        assert status == (200 if claim == "engineer" else 403), claim
    polled = trusting.ask(issuer.token("controller", "administrator", name="J1"), "/controllers/J1/reports", {})
    assert polled.status_code == 403
    both = issuer.token("operator", "approver", "controller")
    assert trusting.ask(both, "/me").json()["role"] == "approver"
    stopped = trusting.ask(both, "/fleet/stop", {"why": "queues on Main St"}, headers={"Idempotency-Key": "both"})
    assert (stopped.status_code, stopped.json()) == (202, [])
    assert trusting.ask(both, "/keys").status_code == 403
    assert trusting.ask(both, "/schedules", {"schedule": {}}).status_code == 422  # an operator may, were it one


@on_a_file
def test_roles_may_stand_in_another_claim(api: Answering) -> None:
    with issuing() as issuer:
        tokens = tokens_of(Issuer(issuer.url, AUDIENCE, "realm_access.roles"))
        inner = issuer.token("viewer", realm_access={"roles": ["engineer"]})
        assert [one.role for one in tokens.holders(inner)] == [Role.ENGINEER]
        tokens = tokens_of(Issuer(issuer.url, AUDIENCE, "https://city.example/roles"))
        named = issuer.token("viewer", **{"https://city.example/roles": ["approver", "viewer"]})
        assert [one.role for one in tokens.holders(named)] == [Role.VIEWER, Role.APPROVER]


def test_two_persons_are_two_whatever_they_show(trusting: Trusting, tmp_path: Path) -> None:
    issuer, api = trusting.issuer, trusting.api
    made = results(tmp_path / "a", more_s=4)
    asked = upload(api, made.folder, made.network)
    assert trusting.ask(issuer.token("engineer", name="J. Doe"), "/plans", asked).status_code == 201
    plan = f"/plans/{made.plan.digest()}"
    assert trusting.ask(issuer.token("engineer", name="J. Doe"), f"{plan}/propose", {}).status_code == 200
    for bearer in (
        api.keys[Role.APPROVER],  # held by J. Doe
        issuer.token("approver", name="J. Doe"),
        issuer.token("approver", name="j.  DOE", key="e", sub="another subject"),
        issuer.token("administrator", name="J. Doe"),
        issuer.token("approver", name="J. Doe-Smith", sub="sub-J. Doe"),  # renamed in the issuer
    ):
        alone = trusting.ask(bearer, f"{plan}/approve", {})
        assert alone.status_code == 409, alone.text
        assert "proposed it; needed the approval of somebody else" in alone.json()["reasons"][0]
    approved = trusting.ask(issuer.token("approver", name="A. Other"), f"{plan}/approve", {})
    assert approved.status_code == 200, approved.text
    assert trusting.ask(api.keys[Role.OPERATOR], f"{plan}/release", {}).status_code == 200
    entries = trusting.ask(issuer.token("viewer"), "/audit").json()["items"]
    told = {entry["what"].split(":")[0]: entry["who"] for entry in entries}
    assert told["plan.approve"] == f"A. Other (token of {issuer.url}, subject sub-A. Other)"
    assert told["plan.release"].startswith("O. Poe (key ")


@on_a_file
def test_an_issuer_that_is_away_takes_nothing_from_keys(api: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    with issuing() as issuer:
        issuer.away = True
        tokens = tokens_of(Issuer(issuer.url, AUDIENCE))
        assert f"warning: {issuer.url}: keys of the issuer: found OSError" in capsys.readouterr().err
        assert not issubclass(IssuerAway, DatabaseFailed)  # it is none of the database
        with answering(Service(api.database, READERS, rates=NO_LIMIT, tokens=tokens)) as url:
            trusting = Trusting(issuer, Answering(url, api.database, api.keys, api.client))
            found = trusting.ask(issuer.token("viewer"), "/me")
            assert (found.status_code, found.headers["Content-Type"]) == (503, "application/problem+json")
            assert int(found.headers["Retry-After"]) > 0
            again = trusting.ask(
                issuer.token("operator"), "/fleet/stop", {"why": "x"}, headers={"Idempotency-Key": "1"}
            )
            assert again.status_code == 503
            assert trusting.ask(api.keys[Role.VIEWER], "/me").status_code == 200


@on_a_file
def test_an_issuer_that_is_away_too_long_ends_the_events_of_a_job_in_order(api: Answering) -> None:
    jobs, engineer = StoredJobs(api.database), actor_of(Role.ENGINEER)
    digest = keep_file(api.database, engineer, b"<net/>")[0]
    job = jobs.submit(JobRequest((("network", JobFile("n", digest)), ("flows", JobFile("f", digest)))), engineer)
    now_s = 0.0
    with issuing() as issuer:
        tokens = Tokens(Issuer(issuer.url, AUDIENCE), IssuerKeys(issuer.url, fetch, lambda: now_s))
        with answering(Service(api.database, READERS, jobs, rates=NO_LIMIT, tokens=tokens)) as url:
            headers = {"Authorization": f"Bearer {issuer.token('viewer')}"}
            address = f"{url}{PREFIX}/jobs/{job.id}/events"
            with api.client.stream("GET", address, headers=headers, timeout=10) as stream:
                lines = stream.iter_lines()
                assert any(line.startswith("id:") for line in lines)
                issuer.away, now_s = True, 25 * 3600.0
                assert not any(line.startswith("id:") for line in lines)  # and nothing is cut off
            assert api.client.get(address, headers=headers).status_code == 503
    assert not jobs.state(job.id).state.final


@on_a_file
def test_who_makes_keys_up_is_counted_before_the_issuer_is_asked(api: Answering) -> None:
    with issuing() as issuer:
        issuer.away = True
        tokens, rates = tokens_of(Issuer(issuer.url, AUDIENCE)), Rates(unknown=2)
        with answering(Service(api.database, READERS, rates=rates, tokens=tokens)) as url:
            trusting = Trusting(issuer, Answering(url, api.database, api.keys, api.client))
            found = [trusting.ask(_with_header(kid="x")(issuer), "/me").status_code for _ in range(3)]
            assert found == [503, 503, 429]
            assert trusting.ask(api.keys[Role.VIEWER], "/me").status_code == 200


@on_a_file
def test_without_an_issuer_a_token_is_no_key(api: Answering) -> None:
    with issuing() as issuer:
        found = api.client.get(
            f"{api.url}{PREFIX}/me", headers={"Authorization": f"Bearer {issuer.token('administrator')}"}
        )
    assert found.status_code == 401
    assert "JWT" in str(api.client.get(f"{api.url}{PREFIX}/openapi.json").json()["components"]["securitySchemes"])
