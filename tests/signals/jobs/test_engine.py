"""The engine on its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_run_whose_thread_ended_without_a_word_is_begun_again(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tests.signals.jobs.lost_runs", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.stdout.endswith("held\n"), done.stderr
