"""The OpenAPI document tells every answer: whatever is asked, nothing else comes, and never a fault of our own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from signals.store.place import Place
from tests.signals.api.hostile_requests import Tried, filled, try_everything


@pytest.mark.parametrize("new_place", ["postgresql"], indirect=True)  # the proof is on the other kind
def test_a_few_requests_to_every_operation(place: Place, tmp_path: Path) -> None:
    with filled(place, tmp_path) as service:
        try_everything(service, 2, tried := Tried())
    assert tried.count >= 150, tried


@pytest.mark.prove
@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_many_requests_to_every_operation(place: Place, tmp_path: Path) -> None:
    """As many as GREENBAND_API_REQUESTS asks for: 10,000 take six minutes of CPU (see `benchmarks/README.md`)."""
    wanted = int(os.environ.get("GREENBAND_API_REQUESTS", "3000"))
    tried = Tried()
    with filled(place, tmp_path) as service:
        while tried.count < wanted:
            try_everything(service, 30, tried)
    print(tried.count, dict(sorted(tried.statuses.items())))
    assert not [status for status in tried.statuses if status >= 500]
