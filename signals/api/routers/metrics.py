"""Numbers for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from signals.api.declared import OF_ALL
from signals.api.identity import asking
from signals.release import Actor, Verb

router = APIRouter(tags=["health"])
_TEXT = {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."}


@router.get("/metrics", response_class=Response, responses=OF_ALL | {200: _TEXT})
def metrics(by: Annotated[Actor, Depends(asking(Verb.METRICS_READ))], request: Request) -> Response:
    """What this process did, in numbers."""
    return Response(generate_latest(request.app.state.numbers.registry), media_type=CONTENT_TYPE_LATEST)
