"""XML that somebody handed us: read as a stream, bounded, without DTDs; any other file is refused with a fault."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from networks.faults import Fault, InputError

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_XML_CHUNK = 1 << 16  # as much is read ahead of the element in hand
_DEPTH = 12
_SHOWN = 80
MOST_FAULTS = 50

# Ids leave the process in lists separated by spaces or commas and in tables separated by semicolons.
ID_PATTERN = re.compile(r"(?!\.\.?$)[\w.:#+@=|~!*%&$^<>()\[\]-]{1,256}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a file may be, as it lies there and unpacked."""

    packed_bytes: int = 256 << 20
    unpacked_bytes: int = 1 << 30
    ratio: int = 200  # of unpacked to packed, looked at beyond `free_bytes` only
    free_bytes: int = 64 << 20


class _TooLarge(Exception):
    pass


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Bounded:
    """A stream that ends with `_TooLarge` when it gives more than it may."""

    def __init__(self, stream: _Readable, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes

    def read(self, size: int = _CHUNK) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _TooLarge
        return data


@contextmanager
def opened(path: Path, bounds: Bounds) -> Iterator[_Bounded]:
    """The bytes of a plain or gzip file; faults of file and packing as `InputError`."""
    try:
        if not path.is_file():
            raise InputError([Fault("file", str(path), "no file of this name", "a readable file")])
        if path.stat().st_size > bounds.packed_bytes:
            raise _TooLarge
        with path.open("rb") as plain:
            packed = plain.read(2) == _GZIP
            plain.seek(0)
            if packed:
                most_bytes = max(bounds.free_bytes, bounds.ratio * path.stat().st_size)
                with gzip.GzipFile(fileobj=plain) as stream:
                    yield _Bounded(stream, min(bounds.unpacked_bytes, most_bytes))
            else:
                yield _Bounded(plain, bounds.unpacked_bytes)
    except _TooLarge:
        most = f"at most {bounds.packed_bytes >> 20} MiB, unpacked {bounds.unpacked_bytes >> 20} MiB"
        most += f" and {bounds.ratio} times as much"
        raise InputError([Fault("size", str(path), "a larger file", most)]) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError([Fault("gzip", str(path), f"a damaged file ({error})", "a whole gzip file")]) from None
    except OSError as error:
        raise InputError([Fault("file", str(path), error.strerror or str(error), "a readable file")]) from None


def elements_of(path: Path, root_tags: frozenset[str], bounds: Bounds | None = None) -> Iterator[Element]:
    """The root without children, then each of its children whole. Raises `InputError`."""
    with opened(path, bounds or Bounds()) as stream:
        try:
            yield from _elements(stream, path, root_tags)
        except DefusedXmlException:
            found = Fault("XML", str(path), "a DOCTYPE or an entity", "none: they are not read from files of others")
            raise InputError([found]) from None
        except (ParseError, ValueError, LookupError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError([Fault("XML", str(path), f"unreadable: {error}", "well-formed XML")]) from None


class _Builder(TreeBuilder):
    """Builds elements and notes their starts and ends. Text between them means nothing in these formats: not kept."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._depth = 0
        self.events: list[tuple[bool, Element]] = []

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > _DEPTH:
            raise InputError([Fault("XML", str(self._path), "deeper nesting", f"at most {_DEPTH} levels")])
        element = super().start(tag, attributes)
        self.events.append((True, element))
        return element

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        element = super().end(tag)
        self.events.append((False, element))
        return element

    def data(self, text: str, /) -> None:
        """Left out."""


def _events(stream: _Bounded, path: Path) -> Iterator[tuple[bool, Element]]:
    """Elements of the file as they start (True) and end (False)."""
    builder = _Builder(path)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    while data := stream.read(_XML_CHUNK):
        parser.feed(data)
        yield from builder.events
        builder.events.clear()
    parser.close()
    yield from builder.events


def _elements(stream: _Bounded, path: Path, root_tags: frozenset[str]) -> Iterator[Element]:
    depth = 0
    root: Element | None = None
    for starts, element in _events(stream, path):
        if starts:
            depth += 1
            if root is None:
                root = element
                if root.tag not in root_tags:
                    needed = " or ".join(f"<{tag}>" for tag in sorted(root_tags))
                    raise InputError([Fault("root element", str(path), f"<{shown(root.tag)}>", needed)])
                yield root
        else:
            depth -= 1
            if depth == 1 and root is not None:
                yield element
                root.clear()


def shown(text: str) -> str:
    """Text of others, short and printable, for a message."""
    clean = "".join(character if character.isprintable() else "?" for character in text)
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 3] + "..."


def finite(text: str, least: float = -1e9, most: float = 1e9) -> float | None:
    """The number if it is one within the bounds, None otherwise. Underscores and words are none."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text, re.ASCII):
        return None
    value = float(text)
    return value if math.isfinite(value) and least <= value <= most else None


def seconds(text: str) -> float | None:
    """A time as the simulator writes it: seconds, or [days:]hours:minutes:seconds; None if it is none."""
    words = text.split(":")
    if len(words) > 4:
        return None
    value = 0.0
    for word, factor in zip(reversed(words), (1.0, 60.0, 3600.0, 86400.0), strict=False):
        part = finite(word, 0.0, 1e7)
        if part is None:
            return None
        value += part * factor
    return value if value < 1e7 and len(words) in (1, 3, 4) else None


def is_id(text: str) -> bool:
    """Whether text can be an id: no spaces, separators, slashes or quotes, and of a sane length."""
    return ID_PATTERN.fullmatch(text) is not None


def raise_faults(faults: list[Fault], more: str) -> None:
    """One `InputError` with the faults found; where there are very many, the first and how many more."""
    if not faults:
        return
    if len(faults) > MOST_FAULTS:
        left = Fault("further faults", more, f"{len(faults) - MOST_FAULTS} more", "none")
        faults = [*faults[:MOST_FAULTS], left]
    raise InputError(faults)
