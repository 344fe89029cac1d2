"""The commands about the database, on every kind of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from signals.cli import main
from signals.store import audit, documents
from signals.store.database import open_database
from signals.store.kinds import Kind
from signals.store.place import Place
from tests.databases import behind_the_back

Call = Callable[..., tuple[int, str, str]]


def _fill(place: Place) -> None:
    with open_database(place) as database, database.writing() as writing:
        after = documents.put(writing, Kind.RULES, b"rules")
        audit.append(writing, who="R. Roe", what="rules.put", why="yellow of A0", after=after)
        audit.append(writing, who="J. Doe", what="rules.read", why="review", before=after, after=after)


def test_from_no_database_to_a_copy_of_it(new_place: Callable[[], Place], call: Call, tmp_path: Path) -> None:
    first, second, file = new_place(), new_place(), tmp_path / "backup"
    assert call(first, "audit", "list")[0] == 2
    assert "made, version 0006" in call(first, "database", "upgrade")[1]
    assert "is up to date" in call(first, "database", "upgrade")[1]
    _fill(first)
    code, out, _ = call(first, "backup", "--out", file)
    assert (code, "1 documents, 2 audit entries" in out) == (0, True)
    code, out, _ = call(second, "restore", file, "--json")
    restored = json.loads(out)
    assert (code, restored["documents"]) == (0, 1)
    code, out, _ = call(second, "audit", "verify", "--head", restored["head"])
    assert (code, out) == (0, f"unaltered: 2 entries\nhead {restored['head']}\n")
    code, out, _ = call(second, "audit", "list", "--after", 1)
    assert code == 0
    assert out.startswith("2  ")
    assert "J. Doe: rules.read (review)" in out
    assert [entry["who"] for entry in json.loads(call(second, "audit", "list", "--json")[1])] == ["R. Roe", "J. Doe"]
    code, _, told = call(second, "restore", file)
    assert (code, "there already" in told) == (2, True)


def test_an_altered_log_is_told_with_every_break(place: Place, call: Call) -> None:
    _fill(place)
    head = json.loads(call(place, "audit", "verify", "--json")[1])["head"]
    with behind_the_back(place) as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE number = 2"))
        connection.execute(text("UPDATE audit_entries SET why = 'a\x1b[2Jb'"))
    code, out, _ = call(place, "audit", "verify", "--head", head)
    assert (code, out.splitlines()[0]) == (1, "altered: 2 breaks of the chain")
    assert "needed entry 2, which was recorded" in out
    answer = json.loads(call(place, "audit", "verify", "--json")[1])
    assert (answer["unaltered"], len(answer["faults"])) == (False, 1)
    assert "\x1b" not in call(place, "audit", "list")[1]


def test_a_head_that_is_none_is_refused(place: Place, call: Call) -> None:
    code, _, told = call(place, "audit", "verify", "--head", "tail")
    assert (code, "needed NUMBER:HASH" in told) == (2, True)


def test_the_state_folder_is_taken_from_option_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GREENBAND_DATABASE_URL", raising=False)
    monkeypatch.setenv("GREENBAND_STATE_DIR", str(tmp_path / "by variable"))
    for arguments, folder in (([], "by variable"), (["--state-dir", str(tmp_path / "by option")], "by option")):
        monkeypatch.setattr("sys.argv", ["greenband", "database", "upgrade", *arguments])
        with pytest.raises(SystemExit):
            main()
        assert f"{tmp_path / folder}/greenband.sqlite: made" in capsys.readouterr().out
        assert (tmp_path / folder / "greenband.sqlite").is_file()


def test_a_password_is_told_nobody(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for url in ("postgresql://me:s3cret@127.0.0.1:1/x", "mysql://me:s3cret@host/x", "me:s3cret@host"):
        monkeypatch.setenv("GREENBAND_DATABASE_URL", url)
        for command in (["audit", "list"], ["database", "upgrade"], ["audit", "list", "--help"], ["audit", "nothing"]):
            monkeypatch.setattr("sys.argv", ["greenband", *command])
            with pytest.raises(SystemExit):
                main()
            assert "s3cret" not in "".join(capsys.readouterr())
