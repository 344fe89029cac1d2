"""Instants as the database keeps them: ISO 8601 in UTC with microseconds, whose order as text is that in time."""

from __future__ import annotations

from datetime import UTC, datetime

LENGTH = len("2026-01-31T08:00:00.000000Z")
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def instant_text(instant: datetime) -> str:
    """The instant as text. Raises ValueError where it has no zone, for nobody knows when that is."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a zone: {instant}")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_of(text: str) -> datetime:
    """The instant (UTC) that `instant_text` wrote. Raises ValueError for any other text."""
    instant = datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    if instant_text(instant) != text:
        raise ValueError(f"not an instant in UTC with microseconds: {text!r}")
    return instant
