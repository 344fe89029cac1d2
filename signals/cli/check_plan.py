"""A safety check as a program of its own that makes one: begun beforehand, it waits for its plan or schedule.

Run by `greenband serve`, in the folder of the check; what went wrong is said on standard error, and by the exit code.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from signals.cli.compiled import keep_compiled_loops


def main(folder: Path) -> int:
    """Wait, check, answer; the exit code."""
    keep_compiled_loops()  # before the loops are imported
    from signals.cli.desk_here import JUDGES
    from signals.cli.errors import explain
    from signals.service.library.check_folder import answer_in

    tempfile.tempdir = str(folder)  # it is taken away, however this program ends
    try:
        answer_in(folder, JUDGES)
    except Exception as error:
        return explain(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
