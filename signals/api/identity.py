"""Who asks: the holder of the key in the request, looked up every time, and whether its role may do what is asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from networks.faults import Fault
from signals.api.service import Service
from signals.release import Actor, NotAllowed, Verb, may, permit
from signals.service.identity import authenticate
from signals.service.tokens import NoRole, is_token

ACTORS = "greenband.actors"  # in the scope of a request
_ABOUT = (
    "An API key: `Authorization: Bearer gbk_...`. Where the service was started with an issuer of OpenID Connect, also "
    "a token (JWT) of that issuer for this audience: signed by one of its published keys, within its time, with roles "
    "of ours (never `controller`) in the claim that was named."
)
_bearer = HTTPBearer(auto_error=False, scheme_name="key", description=_ABOUT)


class NoKey(NotAllowed):
    """The request has no key, or one that is worth nothing."""


def actors_asking(service: Service, request: Request) -> tuple[Actor, ...]:
    """Who sent a request: the holder of a key, or of a token, once in each of its roles.

    Raises `NoKey`, `NoRole`, and `TooMany` for who asks too often.
    """
    return actors_with(service, request, bearer_of(request))


def actors_with(service: Service, request: Request, secret: str | None) -> tuple[Actor, ...]:
    """The same, where the key came by another way."""
    address = request.client.host if request.client else "unknown"
    if counted := _by_new_key(service, secret):
        service.rates.count_unknown(address)  # before its issuer is asked
    try:
        actors = _holders(service, secret)
    except NotAllowed as error:
        if not counted:
            service.rates.count_unknown(address)
        if isinstance(error, NoRole):
            raise
        raise NoKey(error.faults) from error
    service.rates.count(actors[0])
    return actors


def still_known(service: Service, request: Request) -> bool:
    """Whether the key of a request that goes on is worth something still; not counted as asked again."""
    try:
        _holders(service, bearer_of(request))
    except NotAllowed:
        return False
    return True


def _by_new_key(service: Service, secret: str | None) -> bool:
    tokens = service.tokens
    return secret is not None and tokens is not None and is_token(secret) and not tokens.knows_key_of(secret)


def _holders(service: Service, secret: str | None) -> tuple[Actor, ...]:
    if secret is None:
        raise NotAllowed([Fault("key", "Authorization header", "none", "Bearer and an API key")])
    if service.tokens is not None and is_token(secret):
        return service.tokens.holders(secret)
    return (authenticate(service.database, secret),)


def bearer_of(request: Request) -> str | None:
    """The key or token of a request, where it has one."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret if scheme.lower() == "bearer" else None


class Asking:
    """A dependency: who asks, where its role may do that. `verb` None: whoever has a key may."""

    def __init__(self, verb: Verb | None) -> None:
        self.verb = verb

    def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
    ) -> Actor:
        # Known already where the idempotency key was looked up for its holder.
        actors: tuple[Actor, ...] = request.scope.get(ACTORS) or self.actors(request.app.state.service, request)
        actor = next((one for one in actors if self.verb is None or may(one.role, self.verb)), actors[0])
        if self.verb is not None:
            permit(actor, self.verb, f"{request.method} {request.url.path}")
        return actor

    def actors(self, service: Service, request: Request) -> tuple[Actor, ...]:
        """Who asks."""
        return actors_asking(service, request)


def asking(verb: Verb | None) -> Asking:
    """`Annotated[Actor, Depends(asking(Verb.PLAN_READ))]`: who asks for an operation that this verb names."""
    return Asking(verb)


Known = Annotated[Actor, Depends(asking(None))]
