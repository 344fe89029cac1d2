"""The plan library: put in, found, shown, compared, commented, labelled."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from signals.api.declared import NAMED, OF_GET, OF_POST
from signals.api.documents import Comparison, NamedPage, Page, PlanRow, PutPlan, WholePlan, page_by_name
from signals.api.identity import asking
from signals.api.naming import NetworkOf, NetworkWord, PlanOf
from signals.api.service import DatabaseOf, ServiceOf
from signals.api.texts import LINE, After, AfterName, Asked, Digest, Limit, Line, Why, Word
from signals.release import Actor, State, Verb
from signals.service import uploads
from signals.service.library import finding, putting, told
from signals.service.library.lives import life_of
from signals.service.request import Accept
from signals.store import library
from signals.store.documents import get as document
from signals.store.library import Wanted

router = APIRouter(tags=["plans"])
Reader = Annotated[Actor, Depends(asking(Verb.PLAN_READ))]
Text = Annotated[str | None, Query(max_length=200, pattern=LINE, description="Part of a name, note, person, digest.")]
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=LINE)]
_MOST_FILES = 1000


class NewPlan(Asked):
    """Files that were handed in before, by name and digest: those of a finished job, or one file with a plan."""

    network: Digest
    network_name: Annotated[Line, Field(min_length=1, examples=["corridor.net.xml"])]
    files: Annotated[dict[Line, Digest], Field(min_length=1, max_length=_MOST_FILES)]
    accept: Accept = Accept.BETTER
    why: Why = ""


class Network(BaseModel):
    """A network that plans of the library are for."""

    network_digest: str
    name: str


class Comment(Asked):
    """What somebody says about a plan."""

    text: Annotated[Line, Field(min_length=1)]


class NewLabel(Asked):
    """A word to find a plan by."""

    label: Label


@router.get("/networks", responses=OF_GET)
def list_networks(by: Reader, database: DatabaseOf, after: AfterName = "", limit: Limit = 100) -> NamedPage[Network]:
    """The networks of the library, in the order of their digests, for several may have one name."""
    with database.reading() as reading:
        known = library.list_networks(reading)
    found, onward = page_by_name(known, str, after, limit)
    return NamedPage(items=[Network(network_digest=digest, name=known[digest]) for digest in found], next=onward)


@router.get("/plans", responses=OF_GET | NAMED)
def list_plans(
    by: Reader,
    database: DatabaseOf,
    network: NetworkOf,
    text: Text = None,
    state: State | None = None,
    label: Text = None,
    after: After = 0,
    limit: Limit = 100,
) -> Page[PlanRow]:
    """The plans, found by what is known of them, page by page."""
    with database.reading() as reading:
        found = library.search(reading, Wanted(network, text, state, label), after=after, limit=limit)
        labels = library.labels_of(reading, [plan.plan_digest for plan in found])
    rows = [PlanRow(**told.row(plan, labels[plan.plan_digest])) for plan in found]
    return Page(items=rows, next=rows[-1].number if len(rows) == limit else None)


@router.post("/plans", status_code=201, responses=OF_POST | NAMED)
def put_plan(by: Annotated[Actor, Depends(asking(Verb.PLAN_PUT))], service: ServiceOf, asked: NewPlan) -> PutPlan:
    """Put a plan in, with its report and inputs; it is checked, and validated where its report lets it out."""
    with tempfile.TemporaryDirectory(prefix="greenband-put-") as name:
        folder = Path(name) / "results"
        with service.database.reading() as reading:
            uploads.lay_out(reading, asked.files, folder)
            uploads.lay_out(reading, {asked.network_name: asked.network}, Path(name) / "street")
        path = folder if len(asked.files) > 1 else folder / next(iter(asked.files))
        found = putting.put_plan(
            service.database,
            service.readers,
            by,
            path,
            Path(name) / "street" / asked.network_name,
            why=asked.why,
            or_not_worse=asked.accept is Accept.NOT_WORSE,
            judges=service.judges,
        )
    return PutPlan(**told.put(found))


@router.get("/plans/{plan}", responses=OF_GET | NAMED)
def show_plan(by: Reader, database: DatabaseOf, plan: PlanOf) -> WholePlan:
    """A plan with its history, comments, labels and files."""
    with database.reading() as reading:
        return WholePlan(**told.whole(finding.show(reading, plan)))


@router.get(
    "/plans/{plan}/content",
    response_class=Response,
    responses=OF_GET | NAMED | {200: {"description": "plan.json", "content": {"application/json": {"schema": {}}}}},
)
def plan_content(by: Reader, database: DatabaseOf, plan: PlanOf) -> Response:
    """The plan itself, in its canonical bytes, of which the digest is."""
    with database.reading() as reading:
        return Response(document(reading, plan.plan_digest), media_type="application/json")


@router.get("/comparison", responses=OF_GET | NAMED)
def compare(
    by: Reader,
    database: DatabaseOf,
    before: Annotated[Word, Query(description="A plan; `running`: what ran when the plan after was made.")],
    after: Annotated[Word, Query(description="A plan.")],
    network: NetworkWord = None,
) -> Comparison:
    """What changes from one plan to another: per intersection, in seconds and in words."""
    with database.reading() as reading:
        digest = None if network is None else finding.network_named(reading, network)
        new = finding.plan_named(reading, after, digest).plan_digest
        if before == finding.RUNNING:
            old = finding.incumbent_of(reading, life_of(reading, new))
        else:
            old = finding.plan_named(reading, before, digest).plan_digest
        return Comparison(**told.compared(finding.compare_plans(reading, old, new)))


@router.post("/plans/{plan}/comments", status_code=201, responses=OF_POST | NAMED)
def comment(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_COMMENT))], database: DatabaseOf, plan: PlanOf, asked: Comment
) -> WholePlan:
    """Say something about a plan."""
    finding.comment(database, by, plan.plan_digest, asked.text)
    return show_plan(by, database, plan)


@router.post("/plans/{plan}/labels", status_code=201, responses=OF_POST | NAMED)
def put_label(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_LABEL))], database: DatabaseOf, plan: PlanOf, asked: NewLabel
) -> WholePlan:
    """Give a plan a label."""
    finding.label(database, by, plan.plan_digest, asked.label)
    return show_plan(by, database, plan)


@router.delete("/plans/{plan}/labels/{label}", responses=OF_POST | NAMED)
def take_label(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_LABEL))],
    database: DatabaseOf,
    plan: PlanOf,
    label: Annotated[Label, InPath()],
) -> WholePlan:
    """Take a label away."""
    finding.label(database, by, plan.plan_digest, label, remove=True)
    return show_plan(by, database, plan)
