"""Steps with digests: results kept in files, found again by what they were made of, so that a killed job goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from signals.files import write_whole


def canonical_bytes(value: object) -> bytes:
    """A JSON-able value as its one text in UTF-8: sorted keys, no spaces, NaN refused (ValueError)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(value: object) -> str:
    """SHA-256 [hex] of the canonical bytes of a JSON-able value."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def digest_of_file(path: Path) -> str:
    """SHA-256 [hex] of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Steps:
    """A folder of results, one JSON file per step and digest of its inputs. A damaged file counts as absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, step: str, inputs: str) -> Any | None:
        """The kept result of `step` for the inputs with this digest, or None."""
        try:
            kept = json.loads(self._path(step, inputs).read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("inputs") != inputs or kept.get("step") != step:
            return None
        return kept.get("result")

    def keep(self, step: str, inputs: str, result: Any) -> None:
        """Keep a JSON-able result under the step's name and the digest of its inputs."""
        document = {"step": step, "inputs": inputs, "result": result}
        path = self._path(step, inputs)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(document, allow_nan=False).encode(), lasting=False)  # damaged counts as absent

    def once(self, step: str, inputs: object, compute: Callable[[], Any]) -> Any:
        """The kept result, or a fresh one which is then kept. A result is returned as JSON gives it back."""
        name = digest_of(inputs)
        kept = self.find(step, name)
        if kept is None:
            self.keep(step, name, compute())
            kept = self.find(step, name)
        return kept

    def _path(self, step: str, inputs: str) -> Path:
        return self.folder / step / f"{inputs}.json"
