"""What every test needs: repeatable property tests, and compiled kernels kept out of the source tree."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

from tests.databases import database, new_place, place, postgresql

__all__ = ["database", "new_place", "place", "postgresql"]

# Before any kernel is imported: numba reads it once, and raises where neither its own nor the user's cache is writable.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"greenband-numba-{os.getuid()}"))

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("ci")
