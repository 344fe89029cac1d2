"""Hostile and broken files: one clear refusal each."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.importers._documents import Limits, scan


class Seen:
    """Notes the elements it is handed."""

    def __init__(self) -> None:
        self.tags: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tags.append(tag)

    def end(self, tag: str) -> None:
        self.tags.append(f"/{tag}")


def refused(path: Path, content: bytes, limits: Limits = Limits()) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        scan(path, Seen(), limits)
    (fault,) = caught.value.faults
    assert fault.where == path.name
    return str(fault)


def test_plain_and_gzipped_files_give_the_same_elements_and_digest(tmp_path: Path) -> None:
    content = b"<net><edge id='a'/></net>"
    plain, packed = tmp_path / "a.xml", tmp_path / "b.anything"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    seen = [Seen(), Seen()]
    digests = [scan(path, handler) for path, handler in zip((plain, packed), seen, strict=True)]
    assert digests == [hashlib.sha256(content).hexdigest()] * 2
    assert seen[0].tags == seen[1].tags == ["net", "edge", "/edge", "/net"]


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE net><net/>",
        b'<!DOCTYPE net SYSTEM "http://example.org/net.dtd"><net/>',
        b'<!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><net>&b;</net>',
        b'<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/hostname">]><net>&x;</net>',
        b'<!DOCTYPE net [<!ENTITY % p SYSTEM "http://example.org/p">%p;]><net/>',
    ],
)
def test_document_types_and_entities_are_refused(tmp_path: Path, content: bytes) -> None:
    assert "without document type" in refused(tmp_path / "a.xml", content)


@pytest.mark.parametrize(
    "content",
    [
        b'<net><include href="other.xml"/></net>',
        b'<net xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname" parse="text"/></net>',
    ],
)
def test_includes_are_refused(tmp_path: Path, content: bytes) -> None:
    assert "include" in refused(tmp_path / "a.xml", content)


@pytest.mark.parametrize(
    "content", [b"<net>", b"<net></edge>", b"net", b"<net/><net/>", b"<net a='1' a='2'/>", b"\x00"]
)
def test_broken_xml_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "well-formed" in refused(tmp_path / "a.xml", content)


def test_unknown_entities_and_encodings_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "a.xml", b"<net>&nothing;</net>")
    refused(tmp_path / "b.xml", b'<?xml version="1.0" encoding="nonsense"?><net/>')
    refused(tmp_path / "c.xml", '<?xml version="1.0" encoding="UTF-8"?><net a="\xe4"/>'.encode("latin-1"))


def test_truncated_and_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"<net>" + b"<edge/>" * 1000 + b"</net>")
    assert "complete gzip" in refused(tmp_path / "a.gz", packed[:-12])
    assert "complete gzip" in refused(tmp_path / "b.gz", packed[:40] + b"\xff\xff" + packed[42:])
    assert "complete gzip" in refused(tmp_path / "c.gz", packed[:5])


def test_sizes_are_limited_packed_and_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b"<net>" + b" " * 10_000_000 + b"</net>")
    assert "unpacked size" in refused(tmp_path / "a.gz", bomb, Limits(free_bytes=1_000_000, ratio=100))
    assert "unpacked size" in refused(tmp_path / "b.gz", bomb, Limits(content_bytes=1_000_000))
    assert "file size" in refused(tmp_path / "c.xml", b"<net/>" + b" " * 100, Limits(file_bytes=100))


def test_elements_and_depth_are_limited(tmp_path: Path) -> None:
    assert "number of elements" in refused(tmp_path / "a.xml", b"<a>" + b"<b/>" * 20 + b"</a>", Limits(elements=20))
    assert "depth" in refused(tmp_path / "b.xml", b"<a>" * 1000 + b"</a>" * 1000)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        scan(tmp_path / "missing.xml", Seen())
    with pytest.raises(InputError, match="regular file"):
        scan(tmp_path, Seen())
    assert "empty" in refused(tmp_path / "empty.xml", b"")
