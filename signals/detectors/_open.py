"""Opening what a stranger sent: size limits, gzip by content, and one clear error for every way it can fail."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from networks.faults import Fault, InputError

LARGEST_FILE_BYTES = 256 * 2**20
LARGEST_CONTENT_BYTES = 1024 * 2**20
LARGEST_RATIO, FREE_BYTES = 200, 64 * 2**20  # of unpacked to packed, looked at beyond the free bytes only
CHUNK_BYTES = 2**18
GZIP_MAGIC = b"\x1f\x8b"


def never() -> None:
    """Nobody wants the reading to end."""


def chunks(
    path: Path, largest_content_bytes: int = LARGEST_CONTENT_BYTES, *, check: Callable[[], None] = never
) -> Iterator[bytes]:
    """The content of a plain or gzipped file, piece by piece. InputError when it cannot be read or is too large.

    `check` is asked before each piece; what it raises ends the reading.
    """
    where = path.name
    try:
        if not path.is_file():
            found = "not a regular file" if path.exists() else "no such file"
            raise InputError([Fault("input file", str(path), found, "a readable file")])
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise InputError([Fault("file size", where, f"{size} bytes", f"at most {LARGEST_FILE_BYTES} bytes")])
        if size == 0:
            raise InputError([Fault("content", where, "an empty file", "counts")])
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
        most_bytes = min(largest_content_bytes, max(FREE_BYTES, LARGEST_RATIO * size))
        seen = 0
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                seen += len(chunk)
                if seen > most_bytes:
                    found = f"more than {most_bytes} bytes"
                    raise InputError([Fault("content size", where, found, f"at most {most_bytes} bytes")])
                check()
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError([Fault("gzip file", where, "damaged or cut off", "a complete gzip file")]) from error
    except OSError as error:
        raise InputError([Fault("input file", where, error.strerror or "an error", "a readable file")]) from error


def lines(
    path: Path, longest_line_bytes: int = 4096, *, check: Callable[[], None] = never
) -> Iterator[tuple[int, str]]:
    """Numbered text lines of a UTF-8 file without line ends. InputError for binary or undecodable content."""
    number, rest = 0, b""
    for chunk in chunks(path, check=check):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            number += 1
            yield number, _decoded(line, number, path, longest_line_bytes)
        if len(rest) > longest_line_bytes:
            _decoded(rest, number + 1, path, longest_line_bytes)
    if rest:
        yield number + 1, _decoded(rest, number + 1, path, longest_line_bytes)


def _decoded(line: bytes, number: int, path: Path, longest_line_bytes: int) -> str:
    where = f"{path.name}, line {number}"
    if len(line) > longest_line_bytes:
        raise InputError([Fault("line length", where, f"{len(line)} bytes", f"at most {longest_line_bytes} bytes")])
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        found = f"byte {line[error.start]:#04x} at column {error.start + 1}"
        raise InputError([Fault("text encoding", where, found, "UTF-8 text")]) from error
    if "\0" in text:
        raise InputError([Fault("text", where, "a zero byte (a binary file?)", "UTF-8 text")])
    return text.rstrip("\r")
