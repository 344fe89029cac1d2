"""Where the database is, and that nobody reads its password from what we say."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.faults import InputError
from signals.store.place import file_place, place_of


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_url_it_is_a_file_of_the_state_folder(url: str | None, tmp_path: Path) -> None:
    assert place_of(url, tmp_path).file == tmp_path / "greenband.sqlite"


def test_a_file_by_url(tmp_path: Path) -> None:
    assert place_of(f"sqlite:///{tmp_path}/a b?.sqlite".replace("?", "%"), tmp_path).file == tmp_path / "a b%.sqlite"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
def test_a_server_is_spoken_to_by_one_driver(scheme: str) -> None:
    place = place_of(f"{scheme}://me@host/signals", Path())
    assert (place.url.drivername, place.file) == ("postgresql+psycopg", None)
    assert str(place) == "postgresql://me@host/signals"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("mysql://me:s3cret@host/signals", "kind 'mysql'"),
        ("postgresql://me:s3cret@host", "no name of a database"),
        ("me:s3cret@host/signals", "no URL"),
        ("postgresql://me:s3cret@host:port/signals", "no URL"),
        ("sqlite://", "no plain file"),
        ("sqlite:///:memory:", "no plain file"),
        ("sqlite:///file?key=s3cret", "no plain file"),
        ("sqlite+aiosqlite:///file", r"kind 'sqlite\+aiosqlite'"),
    ],
)
def test_what_is_no_place_is_refused_without_being_repeated(url: str, found: str) -> None:
    with pytest.raises(InputError, match=found) as refused:
        place_of(url, Path())
    assert "s3cret" not in str(refused.value)


def test_secrets_are_neither_shown_nor_told() -> None:
    place = place_of("postgresql://me:s3%2Fcret@host/signals?sslpassword=geheim&sslmode=require", Path())
    for shown in (str(place), repr(place), f"{place}", place.scrubbed("got s3/cret, s3%2Fcret and geheim\n in vain")):
        assert not {word for word in ("s3", "cret", "geheim") if word in shown}
    assert str(place) == "postgresql://me:***@host/signals?sslmode=require"
    assert place.scrubbed("got s3/cret\n in vain") == "got *** in vain"


def test_a_relative_file_is_one_of_the_folder_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = file_place(Path("a.sqlite"))
    monkeypatch.chdir("/")
    assert place.file == tmp_path / "a.sqlite"
