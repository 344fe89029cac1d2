"""Pages for a browser: the fleet, and schedules with groups. They show what the API tells, and change nothing."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from signals.api.looking import PageRoute, as_page, looking
from signals.api.service import ServiceOf, heard_by
from signals.release import Verb
from signals.web.fleet import fleet_page
from signals.web.schedules import schedules_page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FLEET, SCHEDULES = "/fleet.html", "/schedules.html"
_FLEET, _CALENDAR = looking(Verb.FLEET_READ, Verb.SCHEDULE_READ)


@router.get("/")
def begin() -> RedirectResponse:
    """Where somebody begins who only knows the address."""
    return RedirectResponse(FLEET)


@router.get(FLEET, dependencies=[Depends(_FLEET)])
def show_fleet(service: ServiceOf) -> HTMLResponse:
    """What each controller runs, and what is amiss."""
    return as_page(fleet_page(service.database, *heard_by(service)))


@router.get(SCHEDULES, dependencies=[Depends(_FLEET), Depends(_CALENDAR)])
def show_schedules(service: ServiceOf) -> HTMLResponse:
    """What is meant to run when, and what each group was told."""
    return as_page(schedules_page(service.database, *heard_by(service)))
