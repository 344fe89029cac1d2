"""Texts as they may come: of one line, printable, not endless. The database holds no others."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
LARGEST_NUMBER = 10**15

Line = Annotated[str, Field(max_length=200, pattern=LINE)]
Why = Annotated[str, Field(default="", max_length=2000, pattern=LINE, description="The reason, for the audit log.")]
Word = Annotated[str, Field(min_length=1, max_length=80, pattern=LINE)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
DigestOf = Annotated[Digest, Path(description="SHA-256 in hexadecimal.")]
After = Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="Begin after this number: `next` of a page.")]
AfterName = Annotated[str, Query(max_length=200, pattern=LINE, description="Begin after this name: `next` of a page.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]


class Asked(BaseModel):
    """The body of a request; a word that it has not is refused, for it may be a misspelt one."""

    model_config = ConfigDict(extra="forbid")


class Reason(Asked):
    """Why something is done."""

    why: Why
