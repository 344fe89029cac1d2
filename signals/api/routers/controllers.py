"""What controllers ask: at each poll a report goes up and an answer comes back. A controller sees its own only.

The other operations are for gateways that look rather than report: plan and orders with their tags.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from networks.faults import Fault
from signals.api.declared import NAMED, OF_GET, OF_POST
from signals.api.direct import DirectRoute, remembered
from signals.api.identity import asking
from signals.api.service import CoordinatorOf, coordinator_in
from signals.delivery.messages import Answer
from signals.delivery.roll_out import Coordination
from signals.delivery.signed import digest_of_document
from signals.delivery.wire import LARGEST_REPORT_BYTES, answer_bytes, report_of
from signals.release import Actor, NotAllowed, Verb
from signals.service.delivery.coordinating import Coordinator
from signals.store.failures import NotThere

router = APIRouter(tags=["controllers"])
direct = APIRouter(tags=["controllers"], route_class=DirectRoute)
Id = Annotated[str, Path(min_length=1, max_length=512)]
Fetching = Annotated[Actor, Depends(asking(Verb.DELIVERY_FETCH))]
SIGNED = "application/vnd.greenband.signed"
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The signed document, byte for byte.", "content": {SIGNED: {"schema": {"type": "string"}}}}
}
_JSON = {"application/json": {"schema": {"type": "object"}}}
_POLL = {"requestBody": {"required": True, "content": _JSON}}


@direct.post(
    "/controllers/{controller_id}/reports",
    responses={**OF_POST, **NAMED, 200: {"description": "What the controller lacks.", "content": _JSON}},
    openapi_extra=_POLL,
    dependencies=[Depends(asking(Verb.RECEIPT_PUT))],  # for the document: `remembered` asks
)
async def report(request: Request) -> Response:
    """A poll: how a controller stands, answered with the signed documents that it lacks, and the service's clock."""
    actor = await remembered(request, Verb.RECEIPT_PUT)
    said = report_of(await _body(request))
    _refuse_other(actor, request.path_params["controller_id"], said.controller_id)
    answer = coordinator_in(request).hear(said)
    return Response(answer_bytes(answer), media_type="application/json")


@router.get("/controllers/{controller_id}/plan", responses=OF_GET | NAMED | _DOCUMENT, response_class=Response)
def plan(by: Fetching, coordinator: CoordinatorOf, controller_id: Id, request: Request) -> Response:
    """The signed plan that is offered to a controller, else the one in force. It does nothing by itself."""
    state = _state(by, coordinator, controller_id)
    for roll_out in (state.pending, state.current):
        if roll_out is not None and (document := roll_out.offer.documents.get(controller_id)) is not None:
            return _tagged(document, SIGNED, request)
    raise NotThere([Fault("plan", f"controller {controller_id!r}", "none offered, none in force", "one")])


@router.get(
    "/controllers/{controller_id}/orders",
    responses={**OF_GET, **NAMED, 200: {"description": "Activations with confirmations.", "content": _JSON}},
    response_class=Response,
)
def orders(by: Fetching, coordinator: CoordinatorOf, controller_id: Id, request: Request) -> Response:
    """The activations in force and under way, each with its latest confirmation."""
    state = _state(by, coordinator, controller_id)
    found = [
        (roll_out.activation, roll_out.confirmation)
        for roll_out in (state.current, state.pending)
        if roll_out is not None and roll_out.activation is not None
    ]
    return _tagged(answer_bytes(Answer(0, None, (), tuple(found))), "application/json", request)


@router.get("/controllers/{controller_id}/key-ring", responses=OF_GET | NAMED | _DOCUMENT, response_class=Response)
def key_ring(by: Fetching, coordinator: CoordinatorOf, controller_id: Id, request: Request) -> Response:
    """The signed key ring in force."""
    _refuse_other(by, controller_id)
    return _tagged(coordinator.key_ring(), SIGNED, request)


def _state(by: Actor, coordinator: Coordinator, controller_id: str) -> Coordination:
    _refuse_other(by, controller_id)
    state = coordinator.state_of(controller_id)
    if state is None:
        raise NotThere([Fault("controller", repr(controller_id[:80]), "of no group", "a member of a group")])
    return state


def _refuse_other(by: Actor, *controller_ids: str) -> None:
    for controller_id in controller_ids:
        if controller_id != by.name:
            found = f"{controller_id[:80]!r} with the key of {by.name!r}"
            raise NotAllowed([Fault("controller", "request", found, "its own key")])


def _tagged(content: bytes, media_type: str, request: Request) -> Response:
    tag = f'"{digest_of_document(content)}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in {given.strip() for given in request.headers.get("If-None-Match", "").split(",")}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


async def _body(request: Request) -> bytes:
    """At most as long as a report may be, and one byte, by which it is refused."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > LARGEST_REPORT_BYTES:
            break
    return b"".join(parts)
