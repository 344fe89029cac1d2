"""Running programs with yellows of 3.5 s and 1.7 s of red: a better plan is recommended, shown as written."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.scenarios.small_street import SmallStreet, greenband


def test_yellows_that_are_no_whole_seconds(small: SmallStreet, tmp_path: Path) -> None:
    network = tmp_path / "street.net.xml"
    text = small.network.read_text()
    red = '<phase duration="1.7" state="rrrrrrrrrrrr"/>'
    text, count = re.subn(r'<phase duration="3"  (state="[yr]*"/>)', rf'<phase duration="3.5" \1{red}', text)
    assert count == 4
    network.write_text(text)
    options = ["--network", str(network), "--detectors", str(small.detectors), "--flows", str(small.flows)]
    options += ["--begin", "0", "--end", "600", "--effort", "8", "--pairs", "6", "--seed", "1"]
    done = greenband("plan", *options, "--out", "out", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "decision: recommended" in done.stdout
    proof = json.loads((tmp_path / "out" / "validation.json").read_text())
    assert proof["subject"]["step_s"] == 0.1
    assert f"steps of {proof['subject']['step_s']:g} s" in (tmp_path / "out" / "report.html").read_text()
