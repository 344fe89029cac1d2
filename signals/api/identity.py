"""Who asks: the holder of the key in the request, looked up every time, and whether its role may do what is asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from networks.faults import Fault
from signals.api.service import Service
from signals.release import Actor, NotAllowed, Verb, permit
from signals.service.identity import authenticate

ACTOR = "greenband.actor"  # in the scope of a request
_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="An API key: `Authorization: Bearer gbk_...`.")


class NoKey(NotAllowed):
    """The request has no key, or one that is worth nothing."""


def actor_of(service: Service, address: str, secret: str | None) -> Actor:
    """The holder of a key. Raises `NoKey`, and `TooMany` for who asks too often."""
    try:
        if secret is None:
            raise NotAllowed([Fault("key", "Authorization header", "none", "Bearer and an API key")])
        actor = authenticate(service.database, secret)
    except NotAllowed as error:
        service.rates.count_unknown(address)
        raise NoKey(error.faults) from error
    service.rates.count(actor)
    return actor


def actor_asking(service: Service, request: Request) -> Actor:
    """Who sent a request. Raises as `actor_of`."""
    address = request.client.host if request.client else "unknown"
    return actor_of(service, address, _secret_of(request))


def still_known(service: Service, request: Request) -> bool:
    """Whether the key of a request that goes on is worth something still; not counted as asked again."""
    try:
        authenticate(service.database, _secret_of(request) or "")
    except NotAllowed:
        return False
    return True


def _secret_of(request: Request) -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret if scheme.lower() == "bearer" else None


class Asking:
    """A dependency: who asks, where its role may do that. `verb` None: whoever has a key may."""

    def __init__(self, verb: Verb | None) -> None:
        self.verb = verb

    def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
    ) -> Actor:
        known: Actor | None = request.scope.get(ACTOR)  # where the idempotency key was looked up for its holder
        actor = known or actor_asking(request.app.state.service, request)
        if self.verb is not None:
            permit(actor, self.verb, f"{request.method} {request.url.path}")
        return actor


def asking(verb: Verb | None) -> Asking:
    """`Annotated[Actor, Depends(asking(Verb.PLAN_READ))]`: who asks for an operation that this verb names."""
    return Asking(verb)


Known = Annotated[Actor, Depends(asking(None))]
