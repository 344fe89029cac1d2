"""The engine on its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from dbos._utils import retriable_postgres_exception
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from signals.store.lost import tell_connections_as_lost


def test_a_run_whose_thread_ended_without_a_word_is_begun_again(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tests.signals.jobs.lost_runs", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.stdout.endswith("held\n"), done.stderr


@pytest.mark.parametrize("query", ["host=/nowhere", "host=127.0.0.1&port=1"])
def test_the_library_waits_for_every_server_that_is_not_there(query: str) -> None:
    tell_connections_as_lost()
    engine = create_engine(f"postgresql+psycopg://nobody@/nothing?{query}")
    with pytest.raises(OperationalError) as refused:
        engine.connect()
    assert retriable_postgres_exception(refused.value)
