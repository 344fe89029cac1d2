"""The inputs of a plan in one document, and back; nothing in it leads out of its folder."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.faults import InputError
from signals.service.library.bundle import Bundle, bundle_from, bundle_of, unpacked

_NAMES = st.from_regex(r"[a-z]{1,5}(/[a-z0-9.-]{1,5}[a-z])?", fullmatch=True)


@given(st.dictionaries(_NAMES, st.binary(max_size=50), max_size=4))
def test_a_bundle_comes_back_byte_for_byte(files: dict[str, bytes]) -> None:
    bundle = Bundle("street.net.xml", tuple(sorted(files.items())))
    assert bundle_from(bundle.content()) == bundle
    assert Bundle("street.net.xml", tuple(sorted(files.items()))).content() == bundle.content()


def test_it_is_laid_out_as_it_lay(tmp_path: Path) -> None:
    (tmp_path / "a" / "inputs" / "rules").mkdir(parents=True)
    (tmp_path / "a" / "inputs" / "rules" / "ours.toml").write_bytes(b"x = 1")
    bundle = bundle_of("street.net.xml", tmp_path / "a")
    bundle.lay_out(tmp_path / "b")
    assert bundle_of("street.net.xml", tmp_path / "b") == bundle
    assert bundle_of("street.net.xml", tmp_path / "nowhere") == Bundle("street.net.xml")


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "a//x", "", ".", "a\\..\\x", "a\nb", "/".join("a" * 9), "ä" * 128]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="a name inside the folder"):
        bundle_from(Bundle("street.net.xml", ((name, b""),)).content())
    with pytest.raises(InputError, match="a name inside the folder"):
        bundle_from(Bundle(name, ()).content())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"format":"greenband-plan-inputs","version":2}'])
def test_other_documents_are_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="format greenband-plan-inputs"):
        bundle_from(content)
    raw = json.loads(Bundle("n", (("a", b"x"),)).content()) | {"files": {"a": "no base64!"}}
    with pytest.raises(InputError, match="format greenband-plan-inputs"):
        bundle_from(json.dumps(raw).encode())


def test_a_packed_network_is_kept_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "street.net.xml.gz"
    path.write_bytes(gzip.compress(b"<net/>"))
    assert unpacked(path, "network") == b"<net/>"
    for wrong in (gzip.compress(b"<net/>")[:-4], gzip.compress(b"a") + gzip.compress(b"b"), b"\x1f\x8bxx"):
        path.write_bytes(wrong)
        with pytest.raises(InputError, match="gzip"):
            unpacked(path, "network")
