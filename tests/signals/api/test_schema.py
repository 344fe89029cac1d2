"""The OpenAPI document tells every answer: whatever is asked, nothing else comes, and never a fault of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals.store.place import Place
from tests.signals.api.hostile_requests import filled, try_everything


def test_a_few_requests_to_every_operation(place: Place, tmp_path: Path) -> None:
    with filled(place, tmp_path) as service:
        tried = try_everything(service, 2)
    assert tried.count >= 150, tried


@pytest.mark.prove
@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_ten_thousand_requests(place: Place, tmp_path: Path) -> None:
    with filled(place, tmp_path) as service:
        tried = try_everything(service, 150)
    print(tried.statuses)
    assert tried.count >= 10_000, tried
    assert not [status for status in tried.statuses if status >= 500]
