"""The work of one job of the service, in a program of its own: `greenband plan` on what lies in its folder.

Run by a worker, in the job's folder; what went wrong is said on standard error, and by the exit code.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from threading import Event
from time import monotonic

from signals.cli.compiled import compiling_beside, keep_compiled_loops

_BETWEEN_S = 0.2


def main(folder: Path, simulations: int | None) -> int:
    """Do the work; the exit code."""
    keep_compiled_loops()  # before the loops are imported
    from signals.cli.errors import explain
    from signals.cli.verbs import run_plan
    from signals.service.job_folder import exchange_of, plan_request
    from signals.simulation.shared_runs import SharedRunner
    from signals.watch import Watch

    try:
        request = plan_request(folder, simulations)
        deadline_s = None if request.time_limit_s is None else monotonic() + request.time_limit_s
        with open(os.devnull, "w") as nobody, redirect_stdout(nobody):
            watch = Watch(_Told(folder), Event(), deadline_s)
            with compiling_beside():
                return run_plan(request, watch, as_json=False, runner=SharedRunner(exchange_of(folder)))
    except Exception as error:
        return explain(error)


class _Told:
    """Writes progress where the worker looks for it, now and then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = ("", -_BETWEEN_S)

    def __call__(self, step: str, share: float | None) -> None:
        from signals.service.job_folder import tell_progress

        now = monotonic()
        if step != self._last[0] or now - self._last[1] >= _BETWEEN_S:
            tell_progress(self._folder, step, share)
            self._last = (step, now)


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), int(sys.argv[1]) if len(sys.argv) > 1 else None))
