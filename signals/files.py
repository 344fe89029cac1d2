"""Whole files: written in one move, and known by how they begin."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import tempfile
import tomllib
import zlib
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError

_GZIP_MAGIC = b"\x1f\x8b"
_DEEPEST_KEY = 32
_DEEP_KEY = re.compile(rf"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{_DEEPEST_KEY}}}""", re.ASCII)


def write_whole(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Replace a file in one move: readers see the old content or the new, never a part.

    `lasting` waits until the disk has it, so that it is whole after a power cut too.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            if lasting:
                stream.flush()
                os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def refuse_no_place(path: Path, option: str) -> None:
    """Raise `InputError` where a file cannot be made at `path`, before work is spent on what is to stand in it."""
    needed = "a file in a folder that is there"
    if path.is_dir():
        raise InputError([Fault(option, "command line", f"{path}, a folder", needed)])
    if not path.parent.is_dir():
        raise InputError([Fault(option, "command line", f"{path}: no folder {path.parent}", needed)])


def content_of(path: Path, largest_bytes: int, what: str) -> bytes:
    """The bytes of a regular file. Raises `InputError` for anything else (a pipe, a device) and for a larger file."""
    try:
        if not path.is_file():
            found = "not a regular file" if path.exists() else "no such file"
            raise InputError([Fault(what, str(path), found, "a readable file")])
        with path.open("rb") as stream:
            content = stream.read(largest_bytes + 1)
    except OSError as error:
        raise InputError([Fault(what, path.name, error.strerror or "unreadable", "a readable file")]) from error
    if len(content) > largest_bytes:
        raise InputError([Fault("size", path.name, "a larger file", f"at most {largest_bytes} bytes")])
    return content


def toml_of(path: Path, largest_bytes: int, what: str, needed: str = "TOML") -> dict[str, Any]:
    """The tables of a TOML file. Raises `InputError` where it cannot be read, or is no TOML in UTF-8."""
    try:
        text = content_of(path, largest_bytes, what).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Fault(what, path.name, f"no TOML ({error})", needed)]) from error
    return toml_in(text, path.name, what, needed)


def toml_in(text: str, where: str, what: str, needed: str = "TOML") -> dict[str, Any]:
    """The tables of a TOML text. Raises `InputError` where it is none."""
    try:
        if _DEEP_KEY.search(text):  # the standard reader takes hours over keys of thousands of parts
            raise ValueError(f"a key of more than {_DEEPEST_KEY} parts")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of too many digits, or nesting without end
        message = " ".join(str(error).split())[:200]
        raise InputError([Fault(what, where, f"no TOML ({message})", needed)]) from error


def head(path: Path, size_bytes: int = 2**16) -> bytes:
    """The first bytes of a file's content, unpacked if it is gzipped. Raises `InputError` where it cannot be read."""
    where = path.name
    try:
        if not path.is_file():
            found = "not a regular file" if path.exists() else "no such file"
            raise InputError([Fault("input file", str(path), found, "a readable file")])
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP_MAGIC
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            content = stream.read(size_bytes)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError([Fault("gzip file", where, "damaged or cut off", "a complete gzip file")]) from error
    except OSError as error:
        raise InputError([Fault("input file", where, error.strerror or "an error", "a readable file")]) from error
    if not content:
        raise InputError([Fault("content", where, "an empty file", "something to read")])
    return content
