"""The operations of the service by name, each answered with its document, as `/api/v1/openapi.json` tells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from signals.client.connection import TRIES, Connection, Unreachable

Document = dict[str, Any]
_PAGE = 1000
_OPEN = ("queued", "running")  # states of a job that goes on


class Client(Connection):
    """A service, as the holder of a key. Raises `NotAllowed`, `NotReleasable`, else `InputError` with all faults."""

    # --- files ---

    def keep_file(self, content: bytes) -> str:
        """Hand a file in; its digest."""
        return str(self.post("/files", content=content)["digest"])

    def file(self, digest: str) -> bytes:
        """The bytes of a file, plan, report or release."""
        return self.answer(f"/files/{digest}").content

    # --- the plan library ---

    def plans(self, **wanted: Any) -> Document:
        """A page of plans: `items`, `next`; wanted by network, text, state, label, after, limit."""
        found: Document = self.get("/plans", **wanted)
        return found

    def plan(self, word: str, network: str | None = None) -> Document:
        """All that is known of a plan: by version, begin of a digest, or label."""
        found: Document = self.get(_plan(word), network=network)
        return found

    def put_plan(self, network: str, network_name: str, files: Mapping[str, str], **said: Any) -> Document:
        """Put a plan in, of files that were handed in: name to digest."""
        body = {"network": network, "network_name": network_name, "files": dict(files), **said}
        found: Document = self.post("/plans", body)
        return found

    def compare(self, before: str, after: str, network: str | None = None) -> Document:
        """What changes from one plan to another."""
        found: Document = self.get("/comparison", before=before, after=after, network=network)
        return found

    def comment(self, word: str, text: str, network: str | None = None) -> None:
        """Say something about a plan."""
        self.post(f"{_plan(word)}/comments", {"text": text}, network=network)

    def label(self, word: str, label: str, network: str | None = None, *, remove: bool = False) -> None:
        """Give a plan a label, or take it away."""
        if remove:
            self.delete(f"{_plan(word)}/labels/{quote(label, safe='')}", network=network)
        else:
            self.post(f"{_plan(word)}/labels", {"label": label}, network=network)

    def move(self, word: str, move: str, network: str | None = None, **said: Any) -> list[Document]:
        """Make a move of a plan; the states of all plans that it moved. `said`: why, accept, report, instead_of."""
        found = self.post(f"{_plan(word)}/{move}", said, network=network)
        return found if isinstance(found, list) else [found]

    # --- schedules ---

    def schedules(self, network: str | None = None) -> list[Document]:
        """The calendars of networks, by the names of these."""
        return sorted(self._all("/schedules", network=network), key=lambda row: (row["network"], row["digest"]))

    def judge_schedule(self, schedule: Document, method: str | None = None, replaces: Sequence[str] = ()) -> Document:
        """How a schedule is judged: its plans, every transition; nothing is put in force."""
        asked = {"schedule": schedule, "method": method, "replaces": list(replaces)}
        found: Document = self.post("/schedules/judge", asked)
        return found

    def put_schedule(self, schedule: Document, **said: Any) -> Document:
        """Put a schedule in force; how it was judged. `said`: method, replaces, why."""
        found: Document = self.post("/schedules", {"schedule": schedule, **said})
        return found

    def withdraw_schedule(self, digest: str, why: str = "") -> Document:
        """Take a schedule out of force."""
        found: Document = self.post(f"/schedules/{digest}/withdraw", {"why": why})
        return found

    # --- fleet ---

    def networks(self) -> list[Document]:
        """The networks of the library: digest and name, by name."""
        return sorted(self._all("/networks"), key=lambda row: (row["name"], row["network_digest"]))

    def fleet(self) -> list[Document]:
        """What each controller runs, what it should run, and what is not as it should be; by groups."""
        return sorted(self._all("/fleet"), key=lambda row: (row["group_id"], row["controller_id"]))

    def groups(self) -> list[Document]:
        """The groups of controllers."""
        return [*self._all("/groups")]

    def group(self, group_id: str) -> Document:
        """A group as it is defined now."""
        found: Document = self.get(_group(group_id))
        return found

    def group_events(self, group_id: str, before: int | None = None) -> list[Document]:
        """The latest events of a group's roll-outs; of those with numbers below `before`."""
        found: list[Document] = self.get(f"{_group(group_id)}/events", before=before)
        return found

    def define_group(
        self,
        group_id: str,
        network: str,
        controllers: Mapping[str, str],
        *,
        times: Document | None = None,
        why: str = "",
    ) -> Document:
        """Define a group: the digest of its network, for each controller its intersection, times [ds]."""
        body = {"network": network, "controllers": dict(controllers), "times": times or {}, "why": why}
        found: Document = self.put(_group(group_id), body)
        return found

    def deliver(self, group_id: str, plan: str, *, valid_days: int | None = None, why: str = "") -> Document:
        """Ask for a released plan (by its digest) for a group."""
        found: Document = self.post(f"{_group(group_id)}/deliver", _delivering(plan, valid_days, why))
        return found

    def roll_back(self, group_id: str, plan: str, *, valid_days: int | None = None, why: str) -> Document:
        """Ask for any earlier release for a group, at once."""
        found: Document = self.post(f"{_group(group_id)}/roll-back", _delivering(plan, valid_days, why))
        return found

    def stop(self, group_id: str, why: str) -> Document:
        """Lead a group back to the local schedules of its controllers."""
        found: Document = self.post(f"{_group(group_id)}/stop", {"why": why})
        return found

    def stop_all(self, why: str) -> list[Document]:
        """Lead every group back to the local schedules of its controllers."""
        found: list[Document] = self.post("/fleet/stop", {"why": why})
        return found

    # --- keys, audit ---

    def me(self) -> Document:
        """The holder of the key."""
        found: Document = self.get("/me")
        return found

    def keys(self) -> list[Document]:
        """All keys in the order in which they were made, without their secrets."""
        return sorted(self._all("/keys"), key=lambda row: (row["at"], row["id"]))

    def create_key(self, holder: str, role: str, *, days: int | None = None, why: str = "") -> Document:
        """A new key; its secret is in `key`."""
        found: Document = self.post("/keys", {"holder": holder, "role": role, "days": days, "why": why})
        return found

    def revoke_key(self, key_id: str, why: str = "") -> Document:
        """The key is worth nothing from now on."""
        found: Document = self.post(f"/keys/{quote(key_id, safe='')}/revoke", {"why": why})
        return found

    def audit(self, after: int = 0) -> Iterator[Document]:
        """The entries of the audit log, all of them, page by page."""
        return self._all("/audit", after)

    # --- jobs ---

    def submit(self, job: Document) -> Document:
        """Queue a job: files (role, name, digest), options, priority, title."""
        found: Document = self.post("/jobs", job)
        return found

    def jobs(self, **wanted: Any) -> Document:
        """A page of jobs: `items`, `next`; wanted by state, after, limit."""
        found: Document = self.get("/jobs", **wanted)
        return found

    def job(self, job_id: str) -> Document:
        """How a job stands."""
        found: Document = self.get(_job(job_id))
        return found

    def cancel_job(self, job_id: str, why: str = "") -> Document:
        """Stop a job."""
        found: Document = self.post(f"{_job(job_id)}/cancel", {"why": why})
        return found

    def retry_job(self, job_id: str, why: str = "") -> Document:
        """Queue a job again."""
        found: Document = self.post(f"{_job(job_id)}/retry", {"why": why})
        return found

    def follow(self, job_id: str, after: int = 0) -> Iterator[Document]:
        """The events of a job as they happen, until it ends; where the connection is lost, on after the last one.

        Raises `Unreachable` where nothing came in several tries, and `NotAllowed` where the key was revoked meanwhile.
        """
        tried = 0
        while True:
            tried += 1
            try:
                with self.stream(f"{_job(job_id)}/events", {"Last-Event-ID": str(after)}) as lines:
                    for event in _events(lines):
                        tried, after = 1, event["number"]
                        yield event
                if self.job(job_id)["state"] not in _OPEN:
                    return
                tried = 1
            except Unreachable:
                if tried == TRIES:
                    raise
            self.wait(tried)

    def _all(self, path: str, after: int | str = "", **wanted: Any) -> Iterator[Document]:
        """The items of all pages, from one that is known on."""
        onward: int | str | None = after
        while onward is not None:
            page: Document = self.get(path, after=onward, limit=_PAGE, **wanted)
            yield from page["items"]
            onward = page["next"]


def _plan(word: str) -> str:
    return f"/plans/{quote(word, safe='')}"


def _group(group_id: str) -> str:
    return f"/groups/{quote(group_id, safe='')}"


def _delivering(plan: str, valid_days: int | None, why: str) -> Document:
    return {"plan": plan, "why": why} | ({} if valid_days is None else {"valid_days": valid_days})


def _job(job_id: str) -> str:
    return f"/jobs/{quote(job_id, safe='')}"


def _events(lines: Iterator[str]) -> Iterator[Document]:
    """The data of server-sent events; each is of one line here."""
    for line in lines:
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))
