"""What all parts of a plan are made of: frozen, nothing unknown accepted, times in integer deciseconds."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Decisecond = Annotated[int, Field(ge=0, le=864_000)]
Duration = Annotated[int, Field(ge=1, le=864_000)]
Displays = Annotated[str, Field(pattern=r"^[ruygGsoO]*$", max_length=4096)]
# No control characters: every text of a plan can be written to XML and JSON and read back.
Text = Annotated[str, Field(max_length=4096, pattern=r"^[^\x00-\x1f\x7f-\x9f\uFFFE\uFFFF]*$")]
Id = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[^\x00-\x1f\x7f-\x9f\uFFFE\uFFFF]*$")]


class Model(BaseModel):
    """Base of all plan parts: frozen, nothing unknown accepted, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Document(Model):
    """What stands in a file of its own, and is named by its content."""

    def canonical_bytes(self) -> bytes:
        """The same content gives the same bytes: JSON, keys sorted, no spaces."""
        return json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()

    def digest(self) -> str:
        """SHA-256 over the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical_bytes()).hexdigest()

    @classmethod
    def published_schema(cls, title: str) -> dict[str, Any]:
        """The JSON Schema of its file."""
        return {**cls.model_json_schema(), "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}


def seconds(time_ds: int | None) -> str:
    """A time for people: "4 s", "3.5 s"; "none" where there is none."""
    return "none" if time_ds is None else f"{time_ds / 10:g} s"
