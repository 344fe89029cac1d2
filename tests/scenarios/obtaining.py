"""Scenarios for tests: out of the shared cache; skipped, with the reason, where they cannot be downloaded."""

from __future__ import annotations

import os

import pytest

from signals.scenarios.catalogue import ObtainedScenario, obtain
from signals.scenarios.wheel import NotObtainable


def obtained(name: str) -> ObtainedScenario:
    """The scenario, its licence accepted. Without a network the test is skipped; where CI=true it fails instead."""
    try:
        return obtain(name, accept_licence=True)
    except NotObtainable as error:
        if os.environ.get("CI", "").lower() == "true" or "could not be downloaded" not in str(error):
            raise
        print(error)
        pytest.skip(str(error))
