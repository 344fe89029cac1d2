"""The small street, once per session."""

from __future__ import annotations

import pytest

from tests.scenarios.small_street import SmallStreet, make


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    """Two signals with detectors, counts and routes."""
    return make(tmp_path_factory.mktemp("street"))
