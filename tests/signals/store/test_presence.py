"""A lock is held as long as its holder lives, and shows to everybody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from signals.store.place import Place
from signals.store.presence import presence_at
from tests.scenarios.processes import wait_until

_HOLDER = """
import sys
from pathlib import Path
from signals.store.place import place_of
from signals.store.presence import presence_at
held = presence_at(place_of(sys.argv[1], Path(".")), "scope")
print(held.hold("worker"), flush=True)
sys.stdin.read()
"""


def test_one_holds_it_at_a_time(place: Place) -> None:
    one, other = presence_at(place, "scope"), presence_at(place, "scope")
    assert not one.is_held("worker")
    assert one.hold("worker")
    assert one.hold("worker")
    assert one.is_held("worker")
    assert other.is_held("worker")
    assert not other.hold("worker")
    assert other.hold("another")
    one.close()
    assert not other.is_held("worker")
    assert other.hold("worker")
    other.close()


def test_a_killed_holder_holds_nothing(place: Place) -> None:
    url = place.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", _HOLDER, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        mine = presence_at(place, "scope")
        assert mine.is_held("worker")
        os.kill(holder.pid, signal.SIGKILL)
        assert wait_until(lambda: not mine.is_held("worker"), 5 * 1.0)
    mine.close()


@pytest.mark.parametrize("new_place", ["postgresql"], indirect=True)  # a file has no sessions
def test_a_session_that_the_server_ended_is_taken_up_again(place: Place) -> None:
    mine = presence_at(place, "scope")
    assert mine.hold("worker")
    session = mine._session()  # type: ignore[attr-defined]
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    engine = create_engine(place.url)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    engine.dispose()
    assert mine.hold("worker")
    mine.close()
