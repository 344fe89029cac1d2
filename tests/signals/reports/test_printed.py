"""Pages to sign, printed by a browser where there is one: one page for each junction, on A4 and on Letter."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from signals.plan import DetectorUse
from signals.reports import TimingSheet, render_sheets
from signals.rules import rules_of
from signals.service.account.sheets import sheets_of
from signals.timing.plans import coordinated
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.ring_plans import coordinated as coordinated_rings
from tests.signals.ring_plans import plan_of, rings, walking

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MADE_FOR = "17:00 to 18:00, zone UTC; design for the whole period; no growth; 0 % of the counts censored or imputed"


STREET = crossroads(pedestrians=True, green_s=(40, 24))  # with crossings on all legs


def _in_stages() -> TimingSheet:
    """Stages that respond to four detectors each, nothing as today, a long matrix."""
    street, rules = STREET, rules_of(STREET, "field")
    plan = coordinated(touched(street), street, rules)
    (timing,) = plan.intersections
    uses = tuple(
        DetectorUse(detector_id=f"approach_{at}_lane:entry", target=stage.id, calls=False, extends=True)
        for stage in timing.body.sequence  # type: ignore[union-attr]
        for at in range(4)
    )
    moved = timing.model_copy(update={"detectors": uses, "offset_ds": 330})
    told = plan.model_copy(update={"intersections": (moved,), "made_for": MADE_FOR})
    (sheet,) = sheets_of(street, told, touched(street), rules)
    return replace(sheet, rows=sheet.rows * 3)


def _in_rings() -> TimingSheet:
    """Eight ring phases that people walk with, coordinated."""
    (sheet,) = sheets_of(STREET, plan_of(rings(walking, coordinated_rings), STREET), touched(STREET), rules_of(STREET))
    return sheet


@pytest.mark.skipif(BROWSER is None, reason="no browser here that prints")
@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_each_junction_has_a_page_of_its_own_with_its_place_to_sign(paper: str, tmp_path: Path) -> None:
    sheets = [_in_stages(), _in_rings()]
    assert {(len(sheet.groups), len(sheet.matrix)) for sheet in sheets} == {(16, 16)}
    page = render_sheets(sheets, "street")
    assert "size:" not in page[page.index("@page") : page.index("@media print")]  # who prints has this or that paper
    (tmp_path / "sheets.html").write_text(page.replace("@page {", f"@page {{ size: {paper};"))
    command = (str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    subprocess.run(
        [*command, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'sheets.pdf'}",
         (tmp_path / "sheets.html").as_uri()],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    printed = (tmp_path / "sheets.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
