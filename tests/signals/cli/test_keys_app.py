"""Keys from the command line, and who counts as whom: on a file by word, on a server by key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signals.store.place import Place

Call = Callable[..., tuple[int, str, str]]


def test_from_the_first_key_to_its_revocation(place: Place, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GREENBAND_API_KEY", raising=False)
    chief = ("Ad Min", "--role", "administrator")
    code, out, _ = call(place, "keys", "create", *chief, "--as", "Ad Min", "--json")
    made = json.loads(out)
    assert (code, made["made_by"]) == (0, "Ad Min (stated)")
    code, _, told = call(place, "keys", "create", *chief, "--as", "Ad Min")
    if place.file is None:
        assert (code, "a name that is only stated counts on a local database alone" in told) == (2, True)
    else:
        assert code == 0
        assert "needed --as NAME, or a key in GREENBAND_API_KEY" in call(place, "keys", "list")[2]
    monkeypatch.setenv("GREENBAND_API_KEY", made["key"])
    code, out, _ = call(place, "keys", "create", "R. Roe", "--role", "engineer", "--days", 30)
    secret = next(line.removeprefix("key ") for line in out.splitlines() if line.startswith("key gbk_"))
    assert "expires 20" in out
    assert secret not in call(place, "keys", "list")[1]
    code, out, _ = call(place, "keys", "revoke", secret[4:12], "--why", "left the city")
    assert (code, "revoked 20" in out) == (0, True)
    monkeypatch.setenv("GREENBAND_API_KEY", secret)
    code, out, told = call(place, "library", "propose", "v1")
    assert (code, "revoked at" in told, secret in told) == (2, True, False)
    assert "key.revoke" in call(place, "audit", "list")[1]


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_a_key_goes_into_a_file_that_others_cannot_read(place: Place, call: Call, tmp_path: Path) -> None:
    out, chief = tmp_path / "11.key", ("--as", "Ad Min")
    made = ("keys", "create", "11", "--role", "controller", *chief, "--out", out)
    assert call(place, *made)[0] == 2  # the first key is an administrator's
    assert not out.exists()
    call(place, "keys", "create", "Ad Min", "--role", "administrator", *chief)
    code, told, _ = call(place, *made)
    assert (code, "gbk_" in told, told.splitlines()[-1]) == (0, False, f"its key is in {out}, and nowhere else")
    assert (out.read_text()[:4], out.stat().st_mode & 0o777) == ("gbk_", 0o600)
    code, _, told = call(place, *made)
    assert (code, "File exists, needed a new file" in told) == (2, True)
    assert len(call(place, "keys", "list", *chief)[1].splitlines()) == 2
