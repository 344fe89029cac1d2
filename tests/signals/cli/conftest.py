"""The command line called in this process, on a database that the environment names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signals.cli import main
from signals.store.place import Place

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line for a database named by the environment: exit code, output, errors."""

    def called(place: Place, *arguments: object) -> tuple[int, str, str]:
        url = place.url.render_as_string(hide_password=False)
        monkeypatch.setenv("GREENBAND_DATABASE_URL", url if place.file is None else f"sqlite:///{place.file}")
        monkeypatch.setattr("sys.argv", ["greenband", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return called
