"""Deciseconds as people say them; also those of documents that came from anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(ds: int) -> str:
    """A length of time."""
    return f"{ds // 10}.{ds % 10} s" if ds % 10 else f"{ds // 10} s"


def instant(ds: int | None) -> str:
    """An instant [ds since 1970, UTC]; one that no calendar has stays a number."""
    if ds is None:
        return "for ever"
    try:
        return f"{_EPOCH + timedelta(milliseconds=100 * ds):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:
        return f"{ds} ds since 1970"
