"""The issuer of OpenID Connect whose tokens a service takes beside API keys, from the options of `greenband serve`."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from networks.faults import Fault, InputError
from signals.cli.servers import CA_VARIABLE
from signals.client.issuer import fetch
from signals.service.issuer_keys import IssuerAway, IssuerKeys
from signals.service.tokens import Issuer, Tokens


def issuer_asked(url: str | None, audience: str | None, roles_claim: str) -> Issuer | None:
    """The issuer that the options name; None where they name none. Raises `InputError` for half of one."""
    if not url and not audience:
        return None
    if not url or not audience:
        given = f"--oidc-{'issuer' if url else 'audience'} alone"
        raise InputError([Fault("issuer", "command line", given, "both --oidc-issuer and --oidc-audience")])
    return Issuer(url, audience, roles_claim)


def tokens_of(issuer: Issuer) -> Tokens:
    """Who verifies this issuer's tokens. Where it does not answer now, that is told, and it is asked again later."""
    given = os.environ.get(CA_VARIABLE)
    keys = IssuerKeys(issuer.url, partial(fetch, ca_file=None if given is None else Path(given)))
    tokens = Tokens(issuer, keys)
    try:
        keys.named(None)
    except IssuerAway as error:
        print(f"warning: {error}", file=sys.stderr)
    return tokens
