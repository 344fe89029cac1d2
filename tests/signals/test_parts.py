"""Members of a kind are found by file name, and imported only when taken out."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from networks.faults import InputError
from signals import parts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two members, a helper, a module without the function, and one that must never be imported."""
    package = tmp_path / "street_formats"
    (package / "folded").mkdir(parents=True)
    files = {
        "__init__.py": "",
        "beta.py": "def read(path):\n    return 'beta'\n",
        "alpha.py": "raise RuntimeError('imported')\ndef read(path): ...\n",
        "_helper.py": "def read(path): ...\n",
        "words.py": "class Words:\n    def read(self): ...\n",
        "folded/__init__.py": "from street_formats.beta import read as read\n",
    }
    for name, text in files.items():
        (package / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "street_formats"
    for name in [name for name in sys.modules if name.split(".")[0] == "street_formats"]:
        del sys.modules[name]


def test_members_are_files_and_folders_with_the_function(folder: str) -> None:
    assert parts.members_of(folder, "read") == ("alpha", "beta", "folded")
    assert not [name for name in sys.modules if name.startswith("street_formats.")]


def test_a_member_is_imported_when_taken_out(folder: str) -> None:
    members = parts.Members("format", folder, parts.members_of(folder, "read"))
    assert list(members) == ["alpha", "beta", "folded"]
    assert members["beta"].read(None) == "beta"
    assert members["folded"].read(None) == "beta"
    with pytest.raises(RuntimeError, match="imported"):
        members["alpha"]


def test_an_unknown_name_is_answered_with_the_known_ones(folder: str) -> None:
    members = parts.Members("format", folder, ("alpha", "beta"))
    with pytest.raises(KeyError, match="found 'gamma', needed one of alpha, beta"):
        members["gamma"]
    with pytest.raises(KeyError, match="needed one of format, importer"):
        parts.find("gamma")


def test_a_kind_without_a_folder_has_no_members() -> None:
    assert parts.members_of("no_such_package.inside", "read") == ()


@pytest.mark.parametrize("kind", sorted(parts.KINDS))
def test_every_member_of_every_kind_can_be_taken_out(kind: str) -> None:
    members = parts.find(kind)
    function = parts.KINDS[kind][1]
    assert all(callable(getattr(module, function)) for module in members.values())


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
def test_who_reads_a_file_is_found_by_its_content(tmp_path: Path, content: bytes, source: str) -> None:
    for data in (content, gzip.compress(content)):
        path = tmp_path / "flows"
        path.write_bytes(data)
        assert parts.of_content("source", path) is parts.find("source")[source]


@pytest.mark.parametrize("content", [b"hello", b"PK\x03\x04", b"\x89PNG\r\n", b"a,b,c\n1,2,3\n", b"<routes/>", b""])
def test_content_of_nobody_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flows"
    path.write_bytes(content)
    with pytest.raises(InputError, match="flows: "):
        parts.of_content("source", path)


def test_the_only_member_tells_itself_what_is_wrong(tmp_path: Path) -> None:
    for kind in ("importer", "format"):
        members = parts.find(kind)
        if len(members) == 1:
            assert parts.of_content(kind, tmp_path / "missing") is next(iter(members.values()))


def test_a_second_member_of_a_kind_is_chosen_by_content(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "street_formats"
    for name, start in (("alpha", "A"), ("beta", "B")):
        (package / f"{name}.py").write_text(
            f"CONTENT = 'begins with {start}'\ndef accepts(head): return head[:1] == b'{start}'\ndef read(path): ...\n"
        )
    (package / "folded" / "__init__.py").write_text("")
    monkeypatch.setattr(parts, "KINDS", {"letter": (folder, "read")})
    (tmp_path / "file").write_text("Because")
    assert parts.of_content("letter", tmp_path / "file").__name__ == f"{folder}.beta"
    (tmp_path / "file").write_text("Cause")
    with pytest.raises(
        InputError, match=r"no known letter, which begins with .*, needed begins with A; or begins with B"
    ):
        parts.of_content("letter", tmp_path / "file")
