"""Pages: for exactly those who may read what they show, with what an operator looks for, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path

import httpx
import pytest

from signals.api.routers.pages import FLEET, SCHEDULES
from signals.api.service import Service
from signals.cli.desk_here import JUDGES, READERS
from signals.plan import Entry, PlanUse, Schedule
from signals.plan.schedule import WEEKDAYS
from signals.release import Actor, Role, Verb, may
from signals.service.delivery import requests
from signals.service.delivery.fleet import fleet
from signals.service.delivery.groups import Group, define_group
from signals.service.delivery.ticking import Ticking
from signals.service.identity import revoke_key
from signals.service.library.calendar import judge_schedule, put_in_force
from tests.databases import DAWN
from tests.signals.api.conftest import NO_LIMIT, Answering, actor_of, answering, api
from tests.signals.service.delivery.corridors import Corridor, corridor, grouped
from tests.signals.service.delivery.releasing import ENGINEER, OPERATOR, WHY, released_on

__all__ = ["api"]
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
_TAG = re.compile(r"<[^>]*>")


def _look(api: Answering, path: str, role: Role | None = Role.VIEWER) -> httpx.Response:
    auth = None if role is None else ("whoever", api.keys[role])
    return api.client.get(f"{api.url}{path}", auth=auth)


def _words(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return " ".join(_TAG.sub(" ", page.text).split())


@contextmanager
def _coordinating(api: Answering, corridor: Corridor, folder: Path) -> Iterator[Answering]:
    ticking = Ticking(api.database, lambda: JUDGES, folder, print)
    ticking.coordinator = corridor.coordinator
    with answering(Service(api.database, READERS, rates=NO_LIMIT, ticking=ticking)) as url:
        yield Answering(url, api.database, api.keys, api.client)


def test_exactly_those_may_look_who_may_read_it(api: Answering) -> None:
    for path in (FLEET, SCHEDULES):
        for role in Role:
            wanted = 200 if may(role, Verb.FLEET_READ) and may(role, Verb.SCHEDULE_READ) else 403
            assert _look(api, path, role).status_code == wanted, (path, role)
        nobody = _look(api, path, None)
        assert (nobody.status_code, nobody.headers["WWW-Authenticate"][:5]) == (401, "Basic")
        assert "text/html" in nobody.headers["Content-Type"]
        for header, status in ((f"Bearer {api.keys[Role.VIEWER]}", 200), ("Basic !", 401), ("Basic /w==", 401)):
            assert api.client.get(f"{api.url}{path}", headers={"Authorization": header}).status_code == status
    begin = _look(api, "/", None)
    assert (begin.status_code, begin.headers["Location"]) == (307, FLEET)


def test_a_revoked_key_opens_no_page_any_more(api: Answering) -> None:
    assert _look(api, FLEET).status_code == 200
    viewer = api.keys[Role.VIEWER].split("_")[1]
    revoke_key(api.database, actor_of(Role.ADMINISTRATOR), viewer, why="left")
    assert _look(api, FLEET).status_code == 401


def test_pages_tell_what_an_operator_looks_for(api: Answering, tmp_path: Path) -> None:
    place = Corridor(api.database, tmp_path)
    alone = Actor(ENGINEER.name, Role.APPROVER)
    plan = released_on(corridor(), api.database, tmp_path / "a", approver=alone, single_engineer=True)
    group = grouped(api.database, plan)
    hostile = Group("<i>avenue", group.network_digest, {"<script>": "B0"})
    define_group(api.database, OPERATOR, hostile, why=WHY)
    requests.deliver(api.database, OPERATOR, "corridor", plan, why=WHY)
    assert place.pass_s(600, until="confirmed")
    schedule = Schedule(
        zone="Europe/Berlin",
        valid_from=DAWN.date(),
        valid_to=DAWN.date() + timedelta(days=6),
        plans=(PlanUse(name="day", digest=plan),),
        entries=(Entry(start=time(6), plan="day", weekdays=WEEKDAYS),),
    )
    put_in_force(api.database, OPERATOR, judge_schedule(api.database, JUDGES, schedule, method="dwell"), why=WHY)
    place.cut = {"west"}
    place.pass_s(60)
    rows = {row.controller_id: row for row in fleet(api.database, place.coordinator)}
    with _coordinating(api, place, tmp_path) as there:
        shown, planned = _look(there, FLEET), _look(there, SCHEDULES)
    place.coordinator.close()
    _runs_nothing(shown)
    _runs_nothing(planned)
    told, version = _words(shown), f"v1 ({plan[:12]})"
    assert "2 of 4 controllers with an alarm" in told
    assert f"one person In force: {version} , confirmed until" in told
    west, east = ((rows[name].runs_since or "", rows[name].heard_at or "") for name in ("west", "east"))
    since, heard = (text[:19].replace("T", " ") for text in west)
    assert f"west A0 {version} {since} {heard} not heard for 60 s" in told
    assert told.index("west A0") < told.index("east C0"), "who has an alarm comes first"
    assert f"east C0 {version} {since} {east[1][:19].replace('T', ' ')} none" in told
    assert "confirmed release" in told
    assert "&lt;script&gt; B0 unknown not known never never heard" in told
    told = _words(planned)
    assert f"The calendar says {version} now." in told
    assert "Mon to Sun 06:00:00 day v1 active" in told
    assert f"corridor 3 {version} one person as it says 1" in told
    not_yet = "plan &#39;day&#39; from 2026-03-02 06:"
    assert f"&lt;i&gt;avenue 1 local schedule one person {version} under way {not_yet}" in told


def _runs_nothing(page: httpx.Response) -> None:
    """Nothing of others is in it as it came, nothing is fetched, and it stands in no frame."""
    assert not re.search(r"<(?:script|i|iframe|link|img)\b", page.text)
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page.text)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"
