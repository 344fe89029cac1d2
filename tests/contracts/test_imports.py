"""Who may import whom: the contracts of pyproject.toml, run as a test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    run = subprocess.run(
        [*command, "--no-cache", "--no-logo"],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_importing_everything_prints_nothing_and_writes_nothing(tmp_path: Path) -> None:
    """Nothing-On-Import, as far as it can be seen from outside: no output, no file, no warning, no thread."""
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for room in ("networks", "optimizers", "signals")
        for path in (ROOT / room).rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    )
    program = (
        "import importlib, sys, threading\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *modules],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": os.environ["NUMBA_CACHE_DIR"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
