"""Bearer tokens of an OpenID Connect issuer, beside API keys: whose a token is, and which of our roles it names.

Only signatures by a private key count: with a shared secret, or none, whoever can read the issuer's public keys could
write tokens. PyJWT (the extra `oidc`) is imported where an issuer is named, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from networks.faults import Fault, InputError, refuse_if_any
from signals.release import Actor, NotAllowed, Role
from signals.service.issuer_keys import IssuerAway, IssuerKeys, is_trusted

_LEEWAY_S = 30  # clocks of two machines
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_REQUIRED = ("iss", "aud", "exp", "sub")
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_LONGEST_TOKEN, _LONGEST_NAME, _LONGEST_SUBJECT = 2**14, 100, 255
_NEEDED = "a valid token of the issuer of this service, or an API key"
_EXTRA = 'the extra oidc: python -m pip install -c constraints.txt -e ".[oidc]"'
_PEOPLE = tuple(role for role in Role if role is not Role.CONTROLLER)  # a controller is known by a key of its own


class NoRole(NotAllowed):
    """A good token, of somebody who has no role here."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens count, for which audience, and the claim in which they name roles. Raises `InputError`."""

    url: str
    audience: str
    roles_claim: str = "roles"

    def __post_init__(self) -> None:
        refuse_if_any(self._faults())

    def _faults(self) -> Iterator[Fault]:
        if not is_trusted(self.url) or "?" in self.url or "#" in self.url:
            yield Fault(
                "--oidc-issuer", "command line", repr(self.url)[:80], "https://ISSUER (http:// on this machine)"
            )
        for name, text in (("--oidc-audience", self.audience), ("--oidc-roles", self.roles_claim)):
            if not text.strip():
                yield Fault(name, "command line", "nothing", "a name")


def is_token(secret: str) -> bool:
    """Whether a bearer's text has the form of a token; API keys have another one."""
    return len(secret) <= _LONGEST_TOKEN and _FORM.fullmatch(secret) is not None


class Tokens:
    """Verifies tokens of one issuer. Raises `InputError` where PyJWT is not installed."""

    def __init__(self, issuer: Issuer, keys: IssuerKeys) -> None:
        try:
            import jwt
        except ImportError as error:
            raise InputError([Fault("packages", "installation", "no PyJWT, for --oidc-issuer", _EXTRA)]) from error
        self._jwt, self._issuer, self._keys = jwt, issuer, keys

    def knows_key_of(self, token: str) -> bool:
        """Whether the key that a token names is known, so that nobody has to be asked for it."""
        try:
            return self._keys.known(self._jwt.get_unverified_header(token).get("kid"))
        except (self._jwt.PyJWTError, RecursionError, ValueError):
            return True  # it names none, and nobody is asked

    def holders(self, token: str) -> tuple[Actor, ...]:
        """Who holds a token, once in each of the roles that it names.

        Raises `NotAllowed` for a token that is worth nothing here (`NoRole`: that is good and names none of our roles),
        and `IssuerAway`. Never repeats the token.
        """
        try:
            claims = self._claims(token)
        except IssuerAway:
            raise
        except (self._jwt.PyJWTError, RecursionError, ValueError, TypeError, OverflowError) as error:
            raise NotAllowed([Fault("token", "Authorization header", str(error)[:200], _NEEDED)]) from error
        subject = claims["sub"]
        name = claims.get("preferred_username") or subject
        for text, longest in ((subject, _LONGEST_SUBJECT), (name, _LONGEST_NAME)):
            if not isinstance(text, str) or not text.strip() or len(text) > longest or not text.isprintable():
                needed = "sub and preferred_username that can be shown to people"
                raise NotAllowed([Fault("token", "Authorization header", "another name", needed)])
        proof = f"token of {self._issuer.url}, subject {subject}"
        claim = self._issuer.roles_claim
        actors = tuple(Actor(name.strip(), role, proof) for role in _roles_in(claims, claim))
        if not actors:
            found = f"{name.strip()} with none of ours in the claim {claim!r}"
            raise NoRole([Fault("role", "token", found, " or ".join(_PEOPLE))])
        return actors

    def _claims(self, token: str) -> Mapping[str, Any]:
        header = self._jwt.get_unverified_header(token)
        algorithm, name = header.get("alg"), header.get("kid")
        if algorithm not in _ALGORITHMS:
            raise self._jwt.InvalidAlgorithmError(f"algorithm {str(algorithm)[:20]!r}")
        said = self._jwt.decode(token, options={"verify_signature": False})
        if said.get("iss") != self._issuer.url:  # before its keys are asked for
            raise self._jwt.InvalidIssuerError("of another issuer")
        key = self._keys.named(name)
        if key is None or key.get("alg", algorithm) != algorithm:
            raise self._jwt.InvalidKeyError("signed with a key that the issuer does not publish for it")
        claims: Mapping[str, Any] = self._jwt.decode(
            token,
            self._jwt.PyJWK(dict(key), algorithm),
            algorithms=[algorithm],
            audience=self._issuer.audience,
            issuer=self._issuer.url,
            leeway=_LEEWAY_S,
            options={"require": [*_REQUIRED], "enforce_minimum_key_length": True},
        )
        return claims


def _roles_in(claims: Mapping[str, Any], claim: str) -> Iterator[Role]:
    """Our roles that a claim names, the least one first: a list, or words. Of a claim in another one: "a.b"."""
    found: Any = claims
    if claim in claims:
        found = claims[claim]
    else:
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    named = found.split() if isinstance(found, str) else found if isinstance(found, list) else []
    return (role for role in _PEOPLE if role.value in named)
