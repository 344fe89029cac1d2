"""Demand over days: real files of many days through the command line, from the choice of days to the plan."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.small_street import SmallStreet, greenband

FIRST = date(2026, 3, 2)  # a Monday
DAYS = 14
BUSY_S, QUARTER_S = 27_000, 28_800  # 7:30, and the busiest quarter from 8:00
EAST_WEST_VEH, SIDE_VEH = 8.0, 3.0  # per 300 s
LEVELS = (1.0, 1.1, 0.9, 1.2, 1.0, 0.5, 0.4)  # Monday to Sunday
WEST = ("left0A0", "A0B0")


def _count(detector: str, at_s: int, day: int) -> int:
    busy = detector[:5] in ("left0", "right", "A0B0_", "B0A0_")
    level = LEVELS[day % 7] * (1.0 + 0.1 * (day // 7))
    if BUSY_S <= at_s < BUSY_S + 3600:
        level *= 3.0 if QUARTER_S <= at_s < QUARTER_S + 900 else 2.0
    return round((EAST_WEST_VEH if busy else SIDE_VEH) * level) + (at_s // 300) % 2


def _written(small: SmallStreet, path: Path, *, without: str = "") -> Path:
    """Two weeks from 6:30 to 9:30, twelve records an hour; `without`: a detector with the first two days alone."""
    detectors = sorted({row.split(",")[0] for row in small.flows.read_text().splitlines()[1:]})
    rows = ["detector,start,duration,count"]
    for day in range(DAYS):
        midnight = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=day)
        for detector in detectors:
            if detector == without and day > 1:
                continue
            for at_s in range(23_400, 34_200, 300):
                start = (midnight + timedelta(seconds=at_s)).isoformat()
                rows.append(f"{detector},{start},300,{_count(detector, at_s, day)}")
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="module")
def weeks(small: SmallStreet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(small, tmp_path_factory.mktemp("weeks") / "weeks.csv")


def _common(small: SmallStreet) -> tuple[str, ...]:
    return ("--network", str(small.network), "--detectors", str(small.detectors))


def _told(small: SmallStreet, flows: Path, folder: Path, *options: str) -> dict[str, Any]:
    done = greenband("flows", str(flows), *_common(small), "--json", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _west(said: dict[str, Any]) -> float:
    """What enters from the west [veh/h]."""
    return sum(float(row["flow_veh_per_h"]) for row in said["movements"] if row["from_link_id"] == WEST[0])


def test_the_busiest_hour_and_the_days_are_said_plainly(small: SmallStreet, weeks: Path, tmp_path: Path) -> None:
    done = greenband("flows", str(weeks), *_common(small), "--days", "mon-fri", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "period 27000 to 30600 s after midnight, zone UTC, the busiest hour of what was counted" in done.stdout
    assert "days: 10, 2026-03-02 to 2026-03-13; percentile 50 over them" in done.stdout
    assert "peak 15 minutes from 28800 s; peak hour factor of the network 0.7" in done.stdout
    assert "counts censored or imputed: 0 %" in done.stdout


def test_days_percentile_and_growth_choose_the_flow(small: SmallStreet, weeks: Path, tmp_path: Path) -> None:
    hour = ("--begin", "27000", "--end", "30600")
    said = {
        name: _told(small, weeks, tmp_path, *hour, *options)
        for name, options in {
            "all": (),
            "sunday": ("--days", "sun"),
            "weekdays": ("--days", "mon-fri"),
            "high": ("--days", "mon-fri", "--percentile", "85"),
            "grown": ("--days", "mon-fri", "--growth", "5%"),
            "one": ("--days", "2026-03-05"),
        }.items()
    }
    flow = {name: _west(one) for name, one in said.items()}
    counted = sum(_count("left0A0_0:entry", at_s, 3) for at_s in range(27_000, 30_600, 300))
    assert flow["one"] == pytest.approx(counted, rel=0.05)
    assert flow["sunday"] < flow["all"] < flow["weekdays"] < flow["high"]
    assert flow["grown"] == pytest.approx(1.05 * flow["weekdays"])
    assert said["grown"]["demand"]["growth"] == 1.05
    assert said["weekdays"]["demand"]["days"][:2] == ["2026-03-02", "2026-03-03"]
    assert len(said["high"]["profile"]) == 12


def test_holidays_of_a_file_are_left_out(small: SmallStreet, weeks: Path, tmp_path: Path) -> None:
    (tmp_path / "holidays.txt").write_text("2026-03-02  # town day\n2026-03-09..2026-03-10\n")
    said = _told(small, weeks, tmp_path, "--days", "mon-fri", "--holidays", "holidays.txt")
    assert len(said["demand"]["days"]) == 7
    by_hand = _told(small, weeks, tmp_path, "--days", "mon-fri", "--holidays", "2026-03-02,2026-03-09..2026-03-10")
    assert by_hand["movements"] == said["movements"]


def test_a_detector_that_failed_on_most_days_is_imputed_and_named(
    small: SmallStreet, weeks: Path, tmp_path: Path
) -> None:
    broken = _written(small, tmp_path / "broken.csv", without="left0A0_0:entry")
    said = _told(small, broken, tmp_path, "--days", "mon-fri")
    assert said["demand"]["imputed"] == ["left0A0_0:entry"]
    assert 0 < said["demand"]["doubtful_share"] < 0.25
    assert _west(said) == pytest.approx(_west(_told(small, weeks, tmp_path, "--days", "mon-fri")), rel=0.05)
    done = greenband("flows", str(broken), *_common(small), folder=tmp_path)
    assert "imputed, counted on fewer than half of the days: left0A0_0:entry" in done.stdout


def test_the_plan_says_what_it_is_made_for_and_in_the_report(small: SmallStreet, weeks: Path, tmp_path: Path) -> None:
    options = ("--days", "mon-fri", "--percentile", "85", "--growth", "5%", "--design", "peak15")
    search = ("--effort", "4", "--pairs", "6", "--profile", "literature", "--out", "out", "--json")
    done = greenband("plan", *_common(small), "--flows", str(weeks), *options, *search, folder=tmp_path, apart=True)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    words = (
        "07:30 to 08:30, zone UTC; percentile 85 of 10 days, 2026-03-02 to 2026-03-13; design for the peak 15"
        " minutes; growth 1.05 included; 0 % of the counts censored or imputed"
    )
    assert said["demand"]["made_for"] == words
    assert said["demand"]["peak"]["quarter_s"] == [28_800, 29_700]
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert said["decision"] == "recommended"
    assert plan["made_for"] == words
    page = (tmp_path / "out" / "report.html").read_text()
    assert words in page
    assert "Peak hour factors" in page
    assert "Counted at all detectors together" in page
    assert "--days mon-fri --percentile 85 --growth 1.05 --design peak15" in page
    assert greenband("check", "out/plan.json", "--network", str(small.network), folder=tmp_path).returncode == 0
    read_back = greenband("check", "out/plan.add.xml", "--network", str(small.network), folder=tmp_path)
    assert f"plan {said['digests']['plan']}" in read_back.stdout
