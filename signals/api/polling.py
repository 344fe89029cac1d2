"""Polls by the short way: nearly all that is asked of the service, answered before the framework begins with it.

Only what is as usual goes this way: a key that is known in memory, its own controller, a whole report of a member. All else goes
the usual way, where whatever is wrong with it is found and told. So there is one place that refuses, and this one never does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from networks.faults import InputError
from signals.api.limiting import TooMany
from signals.api.metrics import Numbers
from signals.api.service import Service
from signals.delivery.wire import LARGEST_REPORT_BYTES, answer_bytes, report_of
from signals.release import Verb, may
