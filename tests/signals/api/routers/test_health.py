"""A service whose database cannot be written says that it is not ready, and why; and is ready again when it can."""

from __future__ import annotations

import httpx
import pytest

from signals.api.app import PREFIX, make_app
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.service.readiness import Readiness
from signals.store.database import Database
from tests.disks import no_file_grows
from tests.signals.api.conftest import listening


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_ready_tells_of_a_disk_that_takes_no_more(database: Database) -> None:
    app = make_app(Service(database, READERS))
    app.state.readiness = Readiness(database, again_s=0)
    with listening(app) as url:

        def ready() -> httpx.Response:
            return httpx.get(f"{url}{PREFIX}/ready")

        assert ready().status_code == 200
        with no_file_grows():
            refused = ready()
        assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/problem+json")
        assert refused.json()["faults"][0]["found"] == "a disk that fails"
        assert int(refused.headers["Retry-After"]) > 0
        assert ready().status_code == 200
        assert httpx.get(f"{url}{PREFIX}/health").status_code == 200
