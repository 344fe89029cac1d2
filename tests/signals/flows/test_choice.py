"""What is asked of the demand: growth and holidays as people write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.flows.choice import DemandChoice, growth_of


@pytest.mark.parametrize(("text", "factor"), [("5%", 1.05), ("0%", 1), ("1.05", 1.05), (" 0.9 ", 0.9), ("100 %", 2)])
def test_growth_as_a_percentage_or_a_factor(text: str, factor: float) -> None:
    assert growth_of(text) == pytest.approx(factor)


@pytest.mark.parametrize("text", ["-5%", "-1.05", "5", "0", "101%", "much", "nan", "inf%", ""])
def test_what_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--growth.*needed a growth from 0% to 100%, or a factor") as refused:
        growth_of(text)
    assert len(refused.value.faults) == 1


def test_holidays_from_a_file_and_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "holidays.txt"
    path.write_text("# school\n2026-03-02..2026-03-06\n\n2026-03-10  # town day\n")
    days = [date(2026, 3, day) for day in range(2, 12)]
    left = [date(2026, 3, day) for day in (7, 8, 9, 11)]
    assert list(DemandChoice(holidays=path).day_choice().of(days)) == left
    assert list(DemandChoice(holidays="2026-03-02..2026-03-06,2026-03-10").day_choice().of(days)) == left
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"holidays\.txt.*no text"):
        DemandChoice(holidays=path).day_choice()
    with pytest.raises(InputError, match=r"nowhere\.txt"):
        DemandChoice(holidays=tmp_path / "nowhere.txt").day_choice()


def test_faults_of_days_and_percentile_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        DemandChoice(days="noday", holidays="2026-99-01", percentile=101.0)
    assert [fault.what for fault in caught.value.faults] == ["--days", "--holidays", "--percentile"]
