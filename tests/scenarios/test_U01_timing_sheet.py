"""An engineer takes the plan as a timing sheet, has it checked, and gives its safety inputs as a source of rules."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.scenarios.small_street import SmallStreet, greenband


def test_the_sheet_of_a_plan_is_the_plan(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    network = ("--network", str(small.network))
    written = greenband("sheet", str(planned / "plan.json"), *network, "--out", "sheet.toml", folder=tmp_path)
    assert written.returncode == 0, written.stderr
    checked = greenband("check", "sheet.toml", *network, "--json", folder=tmp_path)
    said = json.loads(checked.stdout)
    assert (checked.returncode, said["safe"], said["running_on"]) == (0, True, [])
    assert said["plan"] in written.stdout
    again = greenband("sheet", "sheet.toml", *network, "--out", "again.toml", folder=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.toml").read_bytes() == (tmp_path / "sheet.toml").read_bytes()


def test_its_safety_inputs_are_a_source_of_rules(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    network = ("--network", str(small.network))
    greenband("sheet", str(planned / "plan.json"), *network, "--out", "sheet.toml", folder=tmp_path)
    sheet = tmp_path / "sheet.toml"
    assert "yellow_s = 3" in sheet.read_text()
    sheet.write_text(sheet.read_text().replace("yellow_s = 3", "yellow_s = 4"))
    done = greenband(
        "check", "sheet.toml", *network, "--profile", "literature", "--sheet", "sheet.toml", folder=tmp_path
    )
    assert done.returncode == 1, done.stderr
    assert "yellow" in done.stdout
    ruled = greenband("rules", *network, "--profile", "literature", "--sheet", "sheet.toml", folder=tmp_path)
    assert ruled.returncode == 0, ruled.stderr
    assert "yellow_s = 4  # timing sheet sheet.toml" in ruled.stdout
    bad = greenband("check", "sheet.toml", *network, "--sheet", str(planned / "plan.add.xml"), folder=tmp_path)
    assert bad.returncode == 2
    assert "timing sheet: found no TOML" in bad.stderr


def test_a_plan_made_under_a_sheet_is_checked_with_it(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    """Yellows of 4 s by the sheet: the plan shows them, keeps the sheet beside it, and has pages to sign."""
    network = ("--network", str(small.network))
    greenband("sheet", str(planned / "plan.json"), *network, "--out", "today.toml", folder=tmp_path)
    sheet = tmp_path / "today.toml"
    sheet.write_text(sheet.read_text().replace("yellow_s = 3", "yellow_s = 4"))
    sheet.write_text(re.sub(r"(?m)^\[junction.*intergreen_s\]\n(\".*\n)+", "", sheet.read_text()))
    options = (
        "--profile",
        "literature",
        "--sheet",
        "today.toml",
        "--effort",
        "8",
        "--pairs",
        "6",
        "--out",
        "out",
        "--json",
    )
    done = greenband("plan", *small.options(), *options, folder=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    assert (tmp_path / "out" / "inputs" / "sheet" / "today.toml").read_bytes() == sheet.read_bytes()
    checked = greenband("check", "out/plan.json", *network, "--json", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    page = (tmp_path / "out" / "report.html").read_text()
    if json.loads(done.stdout)["decision"] == "recommended":
        assert 'class="sheet"' in page
        assert "timing sheet today.toml" in page
