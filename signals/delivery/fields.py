"""The fields of a document taken out one by one: each of its kind, none left over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from networks.faults import Fault
from signals.delivery.refusal import Refused, refused

LATEST_DS = 10**12  # some thousands of years on; a larger number is no instant
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def is_digest(value: object) -> bool:
    """Whether it is a SHA-256 in hexadecimal."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def is_id(value: object) -> bool:
    """Whether it may name a controller, a group or a key."""
    return isinstance(value, str) and 1 <= len(value) <= 512 and _CONTROL.search(value) is None


def _is_text(value: object) -> bool:
    """Whether it is a text that has bytes (no half of a pair of surrogates)."""
    return isinstance(value, str) and not _SURROGATE.search(value)


class Fields:
    """Of a JSON object of this kind in version 1; None: one without kind. All faults are told by `end`."""

    def __init__(self, values: Mapping[str, Any], kind: str | None) -> None:
        self._values, self._faults = dict(values), list[Fault]()
        if kind is not None:
            found = (self._values.pop("kind", None), self._values.pop("version", None))
            if found != (kind, 1) or isinstance(found[1], bool):
                raise refused("kind", f"{found[0]!r}, version {found[1]!r}", f"{kind!r}, version 1")
        self._where = kind or "document"

    def text(self, name: str) -> str:
        value = self._values.pop(name, None)
        return str(value) if self._fits(name, is_id(value), value, "a name") else ""

    def digest(self, name: str) -> str:
        value = self._values.pop(name, None)
        return str(value) if self._fits(name, is_digest(value), value, "64 hexadecimal digits") else ""

    def digest_or_none(self, name: str) -> str | None:
        missing = name not in self._values
        return None if not missing and self._values[name] is None and self._dropped(name) else self.digest(name)

    def integer(self, name: str) -> int:
        value = self._values.pop(name, None)
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST_DS
        return int(value) if self._fits(name, fits, value, f"a whole number from 0 to {LATEST_DS}") else 0

    def integer_or_none(self, name: str) -> int | None:
        missing = name not in self._values
        return None if not missing and self._values[name] is None and self._dropped(name) else self.integer(name)

    def mapping(self, name: str) -> dict[str, Any]:
        value = self._values.pop(name, None)
        return dict(value) if self._fits(name, isinstance(value, dict), value, "an object") else {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        value = self._values.pop(name, None)
        fits = isinstance(value, list) and all(isinstance(row, dict) for row in value)
        return list(value) if self._fits(name, fits, value, "a list of objects") else []

    def texts(self, name: str) -> list[str]:
        value = self._values.pop(name, None)
        fits = isinstance(value, list) and all(map(_is_text, value))
        return list(value) if self._fits(name, fits, value, "a list of texts") else []

    def document_or_none(self, name: str) -> bytes | None:
        value = self._values.pop(name, None)
        return value.encode() if self._fits(name, value is None or _is_text(value), value, "a text") and value else None

    def boolean(self, name: str) -> bool:
        value = self._values.pop(name, None)
        return self._fits(name, isinstance(value, bool), value, "true or false") and bool(value)

    def end(self) -> None:
        """Raise `Refused` with everything that was missing, of another kind, or left over."""
        extra = [Fault("form", self._where, f"the field {name!r}"[:80], "no such field") for name in self._values]
        if self._faults or extra:
            raise Refused([*self._faults, *extra])

    def _fits(self, name: str, fits: bool, found: object, needed: str) -> bool:
        if not fits:
            self._faults.append(Fault("form", f"{self._where}, {name}", repr(found)[:80], needed))
        return fits

    def _dropped(self, name: str) -> bool:
        del self._values[name]
        return True
