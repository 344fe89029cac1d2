"""The work of a job without planning: what runs today under another name, told step by step. Run as a program.

Arguments: the plan that runs today, and how long to take [s].
"""

import json
import sys
import time
from pathlib import Path


def main(running: Path, takes_s: float) -> None:
    request = json.loads(Path("request.json").read_text())
    out = Path("out")
    for number in range(4):
        kept = out / "steps" / "run" / f"{number}.json"
        if not kept.exists():
            time.sleep(takes_s / 4)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps({"number": number}))
        Path("progress.json").write_text(json.dumps([f"race: {number}", number / 4]))
    plan = json.loads(running.read_text()) | {"name": request["title"]}
    summary = {"decision": "recommended", "verdict": "better", "reasons": [request["title"]]}
    (out / "report.json").write_text(json.dumps(summary))
    (out / "plan.json").write_text(json.dumps(plan))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
