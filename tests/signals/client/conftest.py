"""The service of the tests of the api."""

from tests.signals.api.conftest import api

__all__ = ["api"]
