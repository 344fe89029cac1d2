"""Hostile or broken XML never gets past here: streamed reading with limits, no document types, entities or includes."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from networks.faults import Fault, InputError

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. The ratio is looked at beyond `free_bytes` of content only."""

    file_bytes: int = 512 * 2**20
    content_bytes: int = 2 * 2**30
    ratio: int = 200
    free_bytes: int = 64 * 2**20
    elements: int = 50_000_000
    depth: int = 32
    chunk_bytes: int = 2**18


DEFAULT_LIMITS = Limits()


class Handler(Protocol):
    """Gets the elements as they come; attributes are the handler's own."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...


class _Guard:
    """Target of the parser: counts elements and depth, refuses includes, passes the rest on."""

    def __init__(self, handler: Handler, where: str, limits: Limits) -> None:
        self._start, self._end = handler.start, handler.end
        self._where, self._limits = where, limits
        self._elements = self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > self._limits.elements:
            raise _refusal("number of elements", self._where, "more", f"at most {self._limits.elements}")
        if self._depth > self._limits.depth:
            raise _refusal("depth of elements", self._where, "more", f"at most {self._limits.depth}")
        if tag == "include" or tag.endswith("}include"):
            raise _refusal("element", self._where, "<include>", "a file that stands alone")
        self._start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._end(tag)

    def data(self, _text: str) -> None:
        """Text between elements means nothing in these formats."""

    def close(self) -> None:
        """Nothing to finish."""


def scan(path: Path, handler: Handler, limits: Limits = DEFAULT_LIMITS) -> str:
    """Stream an XML file, gzipped or not, to `handler`; return the SHA-256 of its (unpacked) content.

    Raises `InputError` for a file that cannot be read, is truncated, not well-formed or too large, or contains a
    document type, an entity or an include.
    """
    where = path.name
    parser = DefusedXMLParser(target=_Guard(handler, where, limits), forbid_dtd=True)
    content = hashlib.sha256()
    try:
        for chunk in _chunks(path, where, limits):
            content.update(chunk)
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        found = f"{type(error).__name__}: a document type or entity"
        raise _refusal("XML", where, found, "XML without document type and entities") from None
    except ParseError as error:
        raise _refusal("XML", where, str(error), "well-formed XML") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _refusal("gzip", where, str(error), "a complete gzip file") from None
    except OSError as error:
        raise _refusal("file", where, error.strerror or str(error), "a readable file") from None
    except (LookupError, UnicodeError) as error:
        raise _refusal("encoding", where, str(error), "an encoding that XML names, such as UTF-8") from None
    return content.hexdigest()


def _chunks(path: Path, where: str, limits: Limits) -> Iterator[bytes]:
    packed_bytes = path.stat().st_size
    if not path.is_file():
        raise _refusal("file", where, "not a regular file", "a file")
    if packed_bytes > limits.file_bytes:
        raise _refusal("file size", where, f"{packed_bytes} bytes", f"at most {limits.file_bytes}")
    if packed_bytes == 0:
        raise _refusal("file", where, "an empty file", "XML")
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
        most_bytes = min(limits.content_bytes, max(limits.free_bytes, limits.ratio * packed_bytes))
        total_bytes = 0
        while chunk := stream.read(limits.chunk_bytes):
            total_bytes += len(chunk)
            if total_bytes > most_bytes:
                raise _refusal("unpacked size", where, f"more than {most_bytes} bytes", f"at most {most_bytes}")
            yield chunk


def _refusal(what: str, where: str, found: str, needed: str) -> InputError:
    return InputError([Fault(what, where, found, needed)])
