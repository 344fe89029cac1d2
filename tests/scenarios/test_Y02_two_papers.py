"""The papers of two junctions built by hand, to sign and for a spreadsheet, against the expected seconds."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import IntersectionPlan, write_plan
from tests.scenarios.small_street import greenband
from tests.signals.hand_built import (
    DUAL_RING_CYCLE_S,
    DUAL_RING_S,
    DUAL_RING_ZERO_S,
    FLASH_S,
    STAGES_CYCLE_S,
    STAGES_S,
    Row,
    dual_ring,
    stages_by_groups,
    write_safety_inputs,
)
from tests.signals.ring_plans import plan_of
from tests.signals.sumo_streets import street

OF_PLAN = ("plan.json", "--network", "street.net.xml", "--profile", "literature")

# Ring phase: start after the first barrier, split, least split. Throughs: walk 7, clearance 15, and 16 of the buffer of
# 21 that yellow 3 and red clearance 2 do not cover, with these 5; lefts: minimum green 5 and the same 5.
RING_PHASES_S = {
    "1": (0, 13, 10), "2": (13, 44, 43), "3": (57, 13, 10), "4": (70, 44, 43),
    "5": (0, 13, 10), "6": (13, 44, 43), "7": (57, 13, 10), "8": (70, 44, 43),
}  # fmt: skip
STAGES_OF_HALF_S = ((0, 24, 0), (24, 4, 6), (34, 8, 7))  # start, duration, interstage after it; then 49 s later


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(street("crossings"), tmp_path / "street.net.xml")
    write_safety_inputs(sumo_net.read(tmp_path / "street.net.xml"), tmp_path / "rules.toml")
    return tmp_path


def _written(timing: IntersectionPlan, folder: Path) -> str:
    plan = plan_of(timing, sumo_net.read(folder / "street.net.xml"))
    write_plan(plan, folder / "plan.json")
    return plan.digest()


def _page(folder: Path, *options: str) -> str:
    done = greenband("sheet", *OF_PLAN, *options, "--out", "pages.html", folder=folder)
    assert done.returncode == 0, done.stderr
    return (folder / "pages.html").read_text()


def _rows(page: str, caption: str) -> list[list[str]]:
    """The cells of the table under a caption, without marks."""
    table = page[page.index(f"<caption>{caption}") :]
    body = table[table.index("<tbody>") : table.index("</tbody>")]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]
    return [[re.sub(r"<[^>]*>|●", "", cell).strip() for cell in row] for row in rows]


def _windows(row: Row, cycle_s: int, zero_s: int) -> str:
    greens = sorted(
        ((start_s - zero_s) % cycle_s, (end_s - zero_s) % cycle_s or cycle_s, letter)
        for letter, start_s, end_s in row
        if letter in "gG"
    )
    return ", ".join(f"{a}–{b}" if letter == "G" else f"({a}–{b})" for a, b, letter in greens)


def _printed_greens(page: str, table: Mapping[str, Row], cycle_s: int, zero_s: int) -> dict[str, str]:
    """Holds the greens to the table; what else is said of them, by group."""
    found = {row[0].partition(":")[0]: row[1].partition("; ") for row in _rows(page, "Signal groups")}
    greens = {name: told[0] for name, told in found.items()}
    assert greens == {name: _windows(row, cycle_s, zero_s) for name, row in table.items()}
    return {name: told[2] for name, told in found.items() if told[1]}


def test_the_page_of_the_dual_ring_says_what_the_table_says(folder: Path) -> None:
    digest = _written(dual_ring(), folder)
    page = _page(folder)
    assert _printed_greens(page, DUAL_RING_S, DUAL_RING_CYCLE_S, DUAL_RING_ZERO_S) == {
        **dict.fromkeys(("16", "18"), "walk to 7, clearance to 22"),
        **dict.fromkeys(("17", "19"), "walk to 64, clearance to 79"),
    }
    rows = _rows(page, "Ring phases")
    assert {row[0].split()[0]: tuple(map(int, row[2:5])) for row in rows} == RING_PHASES_S
    assert [row[5] for row in rows] == ["✓"] * 8
    assert [row[0] for row in rows if "coordinated" in row[0]] == ["2 coordinated", "6 coordinated"]
    assert "13 s after the first barrier" in page
    assert page.count(f"<code>{digest}</code>") == 1
    assert len(_rows(page, "Intergreens")) == 16
    assert all(re.search(r"\d(\.\d)?[a-z]$", cell) for row in _rows(page, "Intergreens") for cell in row if cell)


def test_the_page_of_the_stages_says_what_the_table_says(folder: Path) -> None:
    _written(stages_by_groups(), folder)
    page = _page(folder, "--rules", "rules.toml")
    assert _printed_greens(page, STAGES_S, STAGES_CYCLE_S, 0) == {
        **{name: f"flashes from {start_s}" for name, (start_s, _) in FLASH_S.items()},
        **dict.fromkeys(("16", "18"), "walk to 58, clearance to 73"),
        **dict.fromkeys(("17", "19"), "walk to 9, clearance to 24"),
    }
    both = [*STAGES_OF_HALF_S, *((start_s + 49, *others) for start_s, *others in STAGES_OF_HALF_S)]
    rows = _rows(page, "Stages [s]")
    interstages = [row[5].split(" = ") for row in rows]
    assert [(int(row[2]), int(row[3]), int(whole)) for row, (whole, *_) in zip(rows, interstages, strict=True)] == both
    in_steps = [(int(whole), [*map(int, steps[0].split(" + "))]) for whole, *steps in interstages if steps]
    assert in_steps
    assert all(whole == sum(steps) for whole, steps in in_steps)
    assert re.search(r"<b>[a-z]</b> engineer&#39;s file rules\.toml", page)


@pytest.mark.parametrize("timing", [dual_ring(), stages_by_groups()], ids=["rings", "stages"])
def test_the_table_for_a_spreadsheet_is_the_plan_and_a_source_of_rules(timing: IntersectionPlan, folder: Path) -> None:
    digest = _written(timing, folder)
    done = greenband("sheet", *OF_PLAN, "--rules", "rules.toml", "--out", "sheet.csv", folder=folder)
    assert (done.returncode, digest in done.stdout) == (0, True), done.stderr
    again = greenband("sheet", "sheet.csv", *OF_PLAN[1:], "--rules", "rules.toml", "--out", "b.csv", folder=folder)
    assert again.returncode == 0, again.stderr
    assert (folder / "b.csv").read_bytes() == (folder / "sheet.csv").read_bytes()
    checked = greenband("check", "sheet.csv", *OF_PLAN[1:], "--sheet", "sheet.csv", "--json", folder=folder)
    said = json.loads(checked.stdout)
    assert (said["plan"], said["running_on"]) == (digest, [])
    # The engineer's red-amber and intergreens are of the stages, and no rings.
    assert said["safe"] == (timing.body.kind == "stages")
