"""Documents of every kind that belong together, as small as can be."""

from __future__ import annotations

from sqlalchemy import insert

from signals.store import delivery, documents, jobs, keys, library, requests
from signals.store.calendar import append_schedule_event, schedule_events_of
from signals.store.database import Writing
from signals.store.delivery import ReportRow
from signals.store.events import PlanEvent, append_event
from signals.store.files import put_file
from signals.store.instants import instant_text
from signals.store.kinds import Kind
from signals.store.requests import KeptAnswer
from signals.store.tables import delivery_terms


def put_all(writing: Writing) -> dict[str, str]:
    """Keep one document of every kind, a second plan with a report, and a row in every other table; name to digest."""
    kept: dict[str, str] = {}

    def put(name: str, kind: Kind, **inputs: str) -> None:
        digests = {role: kept[of] for role, of in inputs.items()}
        kept[name] = documents.put(writing, kind, f"{name} \x00\xff".encode("latin-1"), inputs=digests)

    put("network", Kind.NETWORK)
    put("flows", Kind.FLOWS)
    put("demand", Kind.DEMAND, network="network", flows="flows")
    put("rules", Kind.RULES)
    put("incumbent", Kind.PLAN, network="network")
    put("plan", Kind.PLAN, network="network", rules="rules", demand="demand")
    put("report", Kind.REPORT, plan="plan", incumbent="incumbent")
    put("report on the incumbent", Kind.REPORT, plan="incumbent")
    put("release", Kind.RELEASE, plan="plan", report="report")
    put("activation", Kind.ACTIVATION, release="release")
    put("receipt", Kind.RECEIPT, activation="activation")
    put("controller's plan", Kind.CONTROLLER_PLAN, release="release")
    put("offer", Kind.OFFER, release="release")
    put("confirmation", Kind.CONFIRMATION, activation="activation")
    put("key ring", Kind.KEY_RING)
    put("schedule", Kind.SCHEDULE, day="plan", night="incumbent")
    _fill_library(writing, kept)
    _fill_delivery(writing, kept)
    return kept


def _fill_delivery(writing: Writing, kept: dict[str, str]) -> None:
    if delivery.list_groups(writing):
        return
    delivery.put_group(writing, "corridor", kept["network"], "{}", who="R. Roe", why="test")
    by = {"who": "R. Roe", "role": "operator", "proof": "stated", "why": "test"}
    number = delivery.put_request(writing, "corridor", "deliver", kept["release"], valid_until=None, **by)
    (event,) = schedule_events_of(writing, kept["network"])
    delivery.put_turn(writing, number, "corridor", event.number, instant_text(writing.at))
    writing.connection.execute(insert(delivery_terms), {"number": 1, "holder": "me", "at": instant_text(writing.at)})
    delivery.put_states(writing, 1, {"corridor": b"state"})
    delivery.put_event(writing, "corridor", "offered", 0, kept["release"], "", number)
    delivery.put_reports(writing, [ReportRow("north", "corridor", "", kept["receipt"])])


def _fill_library(writing: Writing, kept: dict[str, str]) -> None:
    network, plan, at = kept["network"], kept["plan"], instant_text(writing.at)
    if library.find_plan(writing, plan) is not None:
        return
    library.name_network(writing, network, "Main St")
    library.add_plan(writing, plan, network, name="", made_for="", who="R. Roe")
    library.add_file(writing, plan, "rules", kept["rules"])
    library.add_note(writing, plan, library.LABEL, "night", "R. Roe")
    event = PlanEvent("put", "draft", at, "R. Roe", "engineer", "stated", "", kept["report"], kept["release"], "")
    append_event(writing, plan, 0, event)
    append_schedule_event(writing, network, kept["schedule"], begins=True, who="R. Roe", why="test")
    names = {"holder": "R. Roe", "role": "engineer", "made_by": "J. Doe"}
    keys.add_key(writing, key_id="0" * 8, secret_hash="0" * 64, expires_at=None, **names)
    keys.note_use(writing, "0" * 8)
    keys.add_revocation(writing, "0" * 8, who="J. Doe", why="test")
    number = requests.claim(writing, "key 01234567", "first", "4" * 64)
    assert isinstance(number, int)
    requests.keep_answer(writing, number, KeptAnswer(201, "application/json", b"{}"))
    job = jobs.Job("0" * 32, put_file(writing, b"request"), "Main St", 5, "R. Roe", "engineer", "stated")
    jobs.add_job(writing, job, jobs.Event("R. Roe", "queued", 1, 0, "queued"))
