"""The source of a file is found by its content."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.detectors._choose import source_of


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (b'<?xml version="1.0"?>\n<detector/>', "sumo_e1"),
        (b"\xef\xbb\xbf\n <detector>", "sumo_e1"),
        (b"# note\ndetector,start,duration,count\n", "counts_csv"),
        (b"\xef\xbb\xbfdetector;start;duration;count\n", "counts_csv"),
        (b'"from_link","to_link","start","duration","count"\n', "turning_counts"),
    ],
)
def test_finds_the_source(tmp_path: Path, content: bytes, source: str) -> None:
    for data in (content, gzip.compress(content)):
        path = tmp_path / "flows"
        path.write_bytes(data)
        assert source_of(path) == source


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04", b"\x89PNG\r\n", b"a,b,c\n1,2,3\n", b""])
def test_unknown_content_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flows"
    path.write_bytes(content)
    with pytest.raises(InputError):
        source_of(path)
