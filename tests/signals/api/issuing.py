"""An OpenID Connect issuer on a port of this machine: real keys, published over HTTP, and tokens signed by them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

AUDIENCE = "greenband"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass
class Issuing:
    """The issuer at `url`; `keys` are published by their names, each for one algorithm. `asked` are paths asked for."""

    url: str
    keys: dict[str, tuple[str, Private]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    away: bool = False
    says_it_is: str = ""

    def __post_init__(self) -> None:
        self.add("r", "RS256", rsa.generate_private_key(65537, 2048))
        self.add("p", "PS256", rsa.generate_private_key(65537, 2048))
        self.add("e", "ES256", ec.generate_private_key(ec.SECP256R1()))
        self.add("d", "EdDSA", ed25519.Ed25519PrivateKey.generate())

    def add(self, name: str, algorithm: str, key: Private) -> None:
        self.keys[name] = algorithm, key

    def claims(self, *roles: str, name: str = "R. Roe", **other: Any) -> dict[str, Any]:
        """What a good token says; None: it does not say that."""
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": f"sub-{name}", "preferred_username": name, "roles": [*roles]}
        said |= {"exp": now + 300, "iat": now, **other}
        return {claim: value for claim, value in said.items() if value is not None}

    def token(self, *roles: str, key: str = "r", **said: Any) -> str:
        """A token signed by a key of ours."""
        algorithm, private = self.keys[key]
        return jwt.encode(self.claims(*roles, **said), private, algorithm, {"kid": key})

    def document(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.says_it_is or self.url, "jwks_uri": f"{self.url}/keys"}
        return {"keys": [*self._published()]}

    def _published(self) -> Iterator[dict[str, Any]]:
        for name, (algorithm, private) in self.keys.items():
            public = get_default_algorithms()[algorithm].to_jwk(private.public_key(), as_dict=True)
            yield {**public, "kid": name, "use": "sig", "alg": algorithm}


@contextmanager
def issuing() -> Iterator[Issuing]:
    """An issuer that answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            if made.away:
                self.send_error(503)
                return
            content = json.dumps(made.document(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Issuing(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
