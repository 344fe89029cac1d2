"""Where compiled loops are kept: in the user's cache, under the content of their sources."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from hashlib import sha256
from pathlib import Path

import optimizers
from signals.scenarios.cache import cache_folder


def keep_compiled_loops(environment: MutableMapping[str, str] = os.environ) -> None:
    """Point numba to a folder of its own per state of the kernels, unless the user has named one.

    Numba looks only at the file of a compiled function, not at those it calls: after an upgrade it would go on with old
    loops. And where the package's folder cannot be written, it would refuse to compile.
    """
    if "NUMBA_CACHE_DIR" in environment:
        return
    kernels = Path(optimizers.__file__).parent / "kernels"
    content = sha256()
    for path in sorted(kernels.glob("*.py")):
        content.update(path.read_bytes())
    environment["NUMBA_CACHE_DIR"] = str(cache_folder() / "compiled" / content.hexdigest()[:16])
