"""Controllers from the command line: on a database of this machine, and only on the one that is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signals.cli import main
from signals.store.database import Database
from tests.signals.service.delivery.corridors import CONTROLLERS, grouped, released

Call = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_what_is_not_known_on_a_database_is_said_so(database: Database, call: Call, tmp_path: Path) -> None:
    grouped(database, released(database, tmp_path / "a"))
    code, out, _ = call(database.place, "fleet", "show", "corridor")
    assert (code, out.count("silence not known here")) == (0, len(CONTROLLERS))
    shown = json.loads(call(database.place, "fleet", "show", "--json")[1])
    assert {row["silence_known"] for row in shown["controllers"]} == {False}


@pytest.mark.parametrize(
    "words",
    ["define street --network n --controller A0", "deliver street v1", "roll-back street v1 --why queues", "show"],
)
def test_a_service_that_is_meant_is_no_database_of_this_machine(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENBAND_SERVER", "http://127.0.0.1:8000")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in ("GREENBAND_DATABASE_URL", "GREENBAND_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["greenband", "fleet", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "GREENBAND_SERVER: found http://127.0.0.1:8000, needed --database or --state-dir" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]
