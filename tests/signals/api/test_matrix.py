"""Every operation of the app, asked by every role and by nobody: exactly those may whom the table of roles names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from signals.api.app import PREFIX, make_app
from signals.api.identity import Asking
from signals.api.service import Service
from signals.cli.library_verbs import READERS
from signals.release import MATRIX, Role, Verb
from signals.store.database import Database, open_database
from signals.store.place import Place
from tests.signals.api.conftest import NO_LIMIT, Answering

OPEN = {f"GET {PREFIX}/health", f"GET {PREFIX}/ready"}
WHOEVER_HAS_A_KEY = {f"GET {PREFIX}/me"}
VERBS_WITHOUT_HTTP: set[Verb] = set()
