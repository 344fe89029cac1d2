"""The base install knows nothing of databases, and says what it lacks."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BASE_COMMANDS = (
    "import signals.cli.app, signals.cli.verbs, signals.cli.checking, signals.cli.wiring, signals.cli.errors"
)
_SERVICE = ("sqlalchemy", "alembic", "psycopg", "sqlite3")


def test_base_commands_bring_in_no_database() -> None:
    program = f"import sys\n{_BASE_COMMANDS}\nprint([name for name in {_SERVICE!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert run.stdout == "[]\n", run.stderr


@pytest.mark.parametrize("call", [["audit", "list"], ["audit", "verify"], ["backup", "--out", "x"], ["restore", "x"]])
def test_without_the_extra_its_name_is_told(call: list[str]) -> None:
    """As in an installation without it: the packages are not found."""
    program = (
        "import sys, importlib.machinery as machinery\n"
        "find = machinery.PathFinder.find_spec\n"
        f"hidden = {_SERVICE!r}\n"
        "class Base(machinery.PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, *more):\n"
        "        return None if name.split('.')[0] in hidden else find(name, *more)\n"
        "sys.meta_path[:] = [Base if one is machinery.PathFinder else one for one in sys.meta_path]\n"
        "from signals.cli import main\n"
        f"sys.argv[1:] = {call!r}\n"
        "main()\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "no sqlalchemy, alembic, psycopg, needed the extra service" in run.stderr
