"""Receipts wait for the database in bounded memory."""

from __future__ import annotations

import pytest

from signals.delivery.messages import Report
from signals.service.delivery.receipts import MOST_OF_ONE, NotKeptYet, Receipts
from signals.store.failures import DatabaseFailed


def test_of_each_controller_so_many_wait_and_no_more() -> None:
    receipts = Receipts()
    for name in ("west", "east"):
        for number in range(MOST_OF_ONE):
            receipts.add("corridor", Report(name, 0, number))
    with pytest.raises(NotKeptYet, match="'west': receipts: found 4 that are not kept yet") as told:
        receipts.add("corridor", Report("west", 0, 9))
    assert isinstance(told.value, DatabaseFailed)  # 503, and when to come back
    assert len(receipts) == 2 * MOST_OF_ONE


def test_the_first_wait_until_they_are_done_and_make_room() -> None:
    receipts = Receipts()
    reports = [Report("west", 0, number) for number in range(MOST_OF_ONE)]
    for report in reports:
        receipts.add("corridor", report)
    assert receipts.first(2) == receipts.first(2) == [("corridor", report) for report in reports[:2]]
    receipts.done(2)
    assert receipts.first(9) == [("corridor", report) for report in reports[2:]]
    receipts.add("corridor", Report("west", 0, 8))
    receipts.done(3)
    assert receipts.first(9) == []
