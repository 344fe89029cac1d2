"""Which source a file is of, judged by its content, never by its name."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from networks.faults import Fault, InputError
from signals import detectors
from signals.detectors import _open


def source_of(path: Path) -> str:
    """Name of the source in this folder that reads `path` (`sumo_e1`, `counts_csv`, ...). InputError if none does."""
    head = _open.head(path)
    names = sorted(found.name for found in pkgutil.iter_modules(detectors.__path__) if not found.name.startswith("_"))
    for name in names:
        if import_module(f"{detectors.__name__}.{name}").accepts(head):
            return name
    needed = (
        "induction loop output (XML), or text with the columns detector,start,duration,count"
        " or from_link,to_link,start,duration,count"
    )
    raise InputError([Fault("flows file", path.name, "content of no known source", needed)])
