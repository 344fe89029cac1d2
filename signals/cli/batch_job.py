"""A batch of another worker's runs, in a program of its own: what is asked and its files lie in its folder.

Run by a worker, in the batch's folder; what went wrong is said on standard error, and by the exit code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(folder: Path, simulations: int | None) -> int:
    """Make the runs; the exit code."""
    from signals.simulation.batches import make_runs
    from signals.store.exchange import BATCH, RESULTS

    try:
        make_runs(folder, json.loads((folder / BATCH).read_bytes()), folder / RESULTS, simulations)
        return 0
    except Exception as error:
        from signals.cli.errors import explain  # late: its imports take longer than a short run

        return explain(error)


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), int(sys.argv[1]) if len(sys.argv) > 1 else None))
