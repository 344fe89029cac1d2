"""The service as a city starts it: keys at the first start, two processes on one database, revocation, stop."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signals.client import Client
from signals.release import NotAllowed
from signals.store.place import Place
from tests.signals.api.issuing import AUDIENCE, issuing

_COMMAND = (sys.executable, "-P", "-c", "from signals.cli import main; main()", "serve", "--port", "0", "--no-worker")
_STOP_S = 60


@contextmanager
def serving(place: Place, state: Path, *options: str) -> Iterator[tuple[str, str]]:
    """A service in a process of its own: its address, and what it said; stopped by SIGTERM, with exit code 0."""
    url = place.url.render_as_string(hide_password=False)
    environment = os.environ | {"GREENBAND_DATABASE_URL": url, "GREENBAND_STATE_DIR": str(state)}
    command = [*_COMMAND, *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "answering at" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            match = re.search(r"answering at (\S+),", said)
            assert match
            yield match[1], said
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(_STOP_S) == 0


def _keys(said: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) +(gbk_\S+)$", said, re.MULTILINE))


@pytest.mark.scenario
def test_keys_of_the_first_start_and_a_revocation_on_another_process(
    new_place: Callable[[], Place], tmp_path: Path
) -> None:
    place = new_place()
    with serving(place, tmp_path) as (first_url, said):
        keys = _keys(said)
        assert set(keys) == {"administrator", "engineer", "approver", "operator"}
        with serving(place, tmp_path) as (second_url, said_later):
            assert not _keys(said_later)
            with Client(second_url, keys["engineer"]) as engineer, Client(first_url, keys["administrator"]) as chief:
                assert engineer.me()["role"] == "engineer"
                number = keys["engineer"].split("_")[1]
                chief.revoke_key(number, "left")
                at = time.monotonic()
                with pytest.raises(NotAllowed, match="revoked at"):
                    engineer.me()
                assert time.monotonic() - at < 1
        with Client(first_url, keys["administrator"]) as chief:
            assert next(iter(chief.audit()))["what"].startswith("key.create")


@pytest.mark.scenario
@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_one_person_gets_one_key(new_place: Callable[[], Place], tmp_path: Path) -> None:
    with serving(new_place(), tmp_path, "--single-engineer") as (_, said):
        assert set(_keys(said)) == {"administrator"}


@pytest.mark.scenario
@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_tokens_of_the_issuer_that_was_named_count_beside_keys(new_place: Callable[[], Place], tmp_path: Path) -> None:
    with issuing() as issuer:
        words = ("--oidc-issuer", issuer.url, "--oidc-audience", AUDIENCE, "--oidc-roles", "city.roles")
        with serving(new_place(), tmp_path, *words) as (url, said):
            with Client(url, issuer.token(city={"roles": ["approver"]})) as approver:
                assert (approver.me()["name"], approver.me()["role"]) == ("R. Roe", "approver")
            with Client(url, _keys(said)["engineer"]) as engineer:
                assert engineer.me()["role"] == "engineer"
            with (
                Client(url, issuer.token("approver", aud="elsewhere")) as stranger,
                pytest.raises(NotAllowed, match="Audience doesn't match"),
            ):
                stranger.me()
