"""The plan library of a service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from signals.cli.desk import Document, Named
from signals.client import Client
from signals.control.transitions import Method
from signals.files import content_of, write_whole
from signals.plan import Schedule
from signals.service.folder import INPUTS, PLAN, REPORT, SUMMARY, VALIDATION
from signals.service.library.bundle import bundle_from, bundle_of
from signals.service.library.judging import INPUTS_FILE, NETWORK_FILE
from signals.service.library.stamped import with_release
from signals.store.documents import LARGEST_BYTES


@dataclass(frozen=True, slots=True)
class DeskThere:
    """The operations of the service, asked over HTTP."""

    client: Client

    def put(self, path: Path, network_path: Path, *, accept: str, why: str) -> Document:
        network = content_of(network_path, LARGEST_BYTES, "network")
        digests = {name: self.client.keep_file(content) for name, content in _files(path)}
        kept = self.client.keep_file(network)
        return self.client.put_plan(kept, network_path.name, digests, accept=accept, why=why)

    def plans(self, **wanted: Any) -> list[Document]:
        return list(self.client.plans(**wanted)["items"])

    def plan(self, named: Named) -> Document:
        return self.client.plan(named.word, named.network)

    def compare(self, before: str, after: Named) -> Document:
        return self.client.compare(before, after.word, after.network)

    def export(self, named: Named, out: Path) -> Sequence[Path]:
        if out.exists():
            raise InputError([Fault("--out", "command line", f"{out}, which is there already", "a new folder")])
        known = self.plan(named)
        files = {name: self.client.file(digest) for name, digest in known["files"].items()}
        plan = self.client.file(known["plan_digest"])
        network, bundle = files.pop(NETWORK_FILE), bundle_from(files.pop(INPUTS_FILE))
        files = with_release(files, None if known["release"] is None else self.client.file(known["release"]))
        out.mkdir(parents=True)
        for name, content in {PLAN: plan, bundle.network_name: network, **files}.items():
            write_whole(out / Path(name).name, content)
        bundle.lay_out(out)
        return tuple(path for path in sorted(out.iterdir()) if path.name != INPUTS)

    def comment(self, named: Named, text: str) -> None:
        self.client.comment(named.word, text, named.network)

    def label(self, named: Named, label: str, *, remove: bool) -> None:
        self.client.label(named.word, label, named.network, remove=remove)

    def validate(self, named: Named, report: Path, *, accept: str, why: str) -> list[Document]:
        digest = self.client.keep_file(content_of(report, LARGEST_BYTES, "report"))
        return self._move(named, "validate", report=digest, accept=accept, why=why)

    def approve(self, named: Named, *, accept: str, why: str, emergency: bool, single_engineer: bool) -> list[Document]:
        if single_engineer:
            needed = "nothing; whether one person may do both says who starts the service"
            raise InputError([Fault("--single-engineer", "command line", "given, with --server", needed)])
        return self._move(named, "approve-in-emergency" if emergency else "approve", accept=accept, why=why)

    def move(self, named: Named, name: str, *, why: str) -> list[Document]:
        return self._move(named, name, why=why)

    def activate(self, named: Named, others: Sequence[str], *, why: str) -> list[Document]:
        fallen = [self._digest(Named(other, named.network)) for other in others]
        return self._move(named, "activate", instead_of=fallen, why=why)

    def roll_back(self, named: Named, instead_of: str | None, *, why: str) -> list[Document]:
        fallen = None if instead_of is None else self._digest(Named(instead_of, named.network))
        return self._move(named, "roll-back", instead_of=fallen, why=why)

    def calendars(self, network: str | None) -> list[Document]:
        return self.client.schedules(network)

    def put_schedule(
        self,
        schedule: Schedule,
        method: Method | None,
        tell: Callable[[Document], None],
        *,
        replaces: Sequence[str],
        why: str,
    ) -> None:
        document = json.loads(schedule.canonical_bytes())
        tell(self.client.judge_schedule(document, method, replaces))
        self.client.put_schedule(document, method=method, replaces=list(replaces), why=why)

    def withdraw_schedule(self, digest: str, *, why: str) -> None:
        self.client.withdraw_schedule(digest, why)

    def _move(self, named: Named, name: str, **said: Any) -> list[Document]:
        return self.client.move(named.word, name, named.network, **said)

    def _digest(self, named: Named) -> str:
        return str(self.plan(named)["plan_digest"])


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """A plan's file; of a job's results also what the library keeps beside it."""
    file = path / PLAN if path.is_dir() else path
    yield file.name, content_of(file, LARGEST_BYTES, "plan")
    if file.name != PLAN:
        return
    for name in (VALIDATION, SUMMARY, REPORT):
        if (file.parent / name).is_file():
            yield name, content_of(file.parent / name, LARGEST_BYTES, "report")
    for name, content in bundle_of("", file.parent).files:
        yield f"{INPUTS}/{name}", content
