"""The program of a job is limited, gets none of our secrets, and is gone when it should be."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from signals.jobs.child import Child, Limits
from tests.scenarios.processes import processes_in, wait_until

_LIMITS = Limits(wall_s=60, cpu_s=60, memory_bytes=1 << 30, file_bytes=1 << 20)


def _run(words: str, folder: Path, limits: Limits = _LIMITS) -> tuple[int | None, str, str]:
    ending = Child(["-S", "-E", "-c", words], folder, limits).wait(60)
    assert ending is not None
    return ending.code, ending.why, ending.said


def test_its_code_and_its_last_words_are_told_without_our_folder(tmp_path: Path) -> None:
    words = "import os, sys; print(os.getcwd() + '/a: wrong', file=sys.stderr); sys.exit(2)"
    assert _run(words, tmp_path) == (2, "", "a: wrong")


def test_however_much_it_said_only_its_last_words_are_read(tmp_path: Path) -> None:
    words = "import os, sys; os.ftruncate(2, 1 << 26); os.lseek(2, 0, os.SEEK_END); sys.exit('wrong')"
    child = Child(["-S", "-E", "-c", words], tmp_path, replace(_LIMITS, file_bytes=1 << 27))
    tracemalloc.start()
    try:
        ending = child.wait(60)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ending is not None
    assert (ending.code, ending.said[-5:]) == (1, "wrong")
    assert most < 1 << 20


def test_it_sees_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENBAND_API_KEY", "secret")
    monkeypatch.setenv("GREENBAND_DATABASE_URL", "postgresql://a:secret@b/c")
    assert _run("import json, os; json.dump(dict(os.environ), open('seen.json', 'w'))", tmp_path)[0] == 0
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert "PATH" in seen
    assert not [name for name, value in seen.items() if name.startswith("GREENBAND") or "secret" in value]


def test_what_takes_too_long_or_too_much_ends(tmp_path: Path) -> None:
    code, why, _ = _run("import time; time.sleep(60)", tmp_path, Limits(wall_s=1, memory_bytes=1 << 30))
    assert (code, why) == (None, "it took longer than the 1 s that a job may take")
    code, _, said = _run("bytes(2 << 30)", tmp_path)
    assert code == 1
    assert said.endswith("MemoryError")
    code, _, said = _run("open('large', 'wb').write(bytes(2 << 20))", tmp_path)
    assert code == 1
    assert "File too large" in said


def test_what_it_started_goes_with_it(tmp_path: Path) -> None:
    sleeps = "import time; time.sleep(60)"
    words = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {sleeps!r}]); {sleeps}"
    child = Child(["-S", "-E", "-c", words], tmp_path, _LIMITS)
    assert wait_until(lambda: len(processes_in(tmp_path)) == 3, 20)
    assert child.wait(0) is None
    child.kill()
    assert wait_until(lambda: not processes_in(tmp_path), 2)
