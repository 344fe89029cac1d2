"""Members of a kind are found by file name, and imported only when taken out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

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
