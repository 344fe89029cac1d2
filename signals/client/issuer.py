"""What an issuer of tokens publishes, fetched."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from signals.client.connection import verified_by

_WAIT_S, _ALL_S = 3.0, 10.0  # for a part of the answer, and for all of it
_LARGEST_BYTES = 2**20


def fetch(url: str, ca_file: Path | None = None) -> bytes:
    """The bytes at an address. Raises `OSError` where there are none, or more than such a document has.

    It follows nobody to another address, for the issuer's own is the one that is trusted.
    """
    verify, end_s, content = verified_by(ca_file), time.monotonic() + _ALL_S, b""
    by_proxy = url.lower().startswith("https://")  # whoever stands between could answer http:// himself
    headers = {"Accept": "application/json"}
    try:
        with httpx.stream("GET", url, timeout=_WAIT_S, verify=verify, headers=headers, trust_env=by_proxy) as answer:
            if answer.status_code != httpx.codes.OK:
                raise OSError(f"{url} answers {answer.status_code}")
            for part in answer.iter_bytes():
                content += part
                if len(content) > _LARGEST_BYTES or time.monotonic() > end_s:
                    raise OSError(f"{url} does not come to an end")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{url}: {str(error) or type(error).__name__}") from error
    return content
