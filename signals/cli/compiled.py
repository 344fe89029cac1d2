"""Where compiled loops are kept: in the user's cache, under the content of their sources; and who helps to compile."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import optimizers
from signals.launched import Launched
from signals.scenarios.cache import cache_folder

_FOLDER = "NUMBA_CACHE_DIR"
_MOST_S = 300.0  # that compiling may take
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", _FOLDER)


def keep_compiled_loops(environment: MutableMapping[str, str] = os.environ) -> None:
    """Point numba to a folder of its own per state of the kernels, unless the user has named one.

    Numba looks only at the file of a compiled function, not at those it calls: after an upgrade it would go on with old
    loops. And where the package's folder cannot be written, it would refuse to compile.
    """
    if _FOLDER in environment:
        return
    kernels = Path(optimizers.__file__).parent / "kernels"
    content = sha256()
    for path in sorted(kernels.glob("*.py")):
        content.update(path.read_bytes())
    environment[_FOLDER] = str(cache_folder() / "compiled" / content.hexdigest()[:16])


@contextmanager
def compiling_beside(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Have loops compiled on another core meanwhile, where none were compiled before and there is one."""
    program = _compiling(environment)
    try:
        yield
    finally:
        if program is not None:
            program.kill()


def _compiling(environment: Mapping[str, str]) -> Launched | None:
    from signals.simulation.job import Limits

    folder = Path(environment[_FOLDER])
    if folder.exists() or len(os.sched_getaffinity(0)) < 2:
        return None
    with suppress(OSError):  # a folder that cannot be written is told of by who compiles in earnest
        folder.mkdir(parents=True)
        handed_on = {name: environment[name] for name in _HANDED_ON if name in environment}
        return Launched(
            [sys.executable, "-m", "optimizers.ahead"], folder.absolute(), Limits(_MOST_S, _MOST_S), handed_on
        )
    return None
