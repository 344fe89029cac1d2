"""Plans of the library in lines for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from signals.cli.errors import printable
from signals.release import Life
from signals.service.library.finding import Shown
from signals.store.library import LibraryPlan


def line_of(plan: LibraryPlan, labels: Sequence[str]) -> str:
    """A plan in one line."""
    marks = "".join(f"  [{label}]" for label in labels) + (f"  ({plan.stamps})" if plan.stamps else "")
    about = f"{plan.name}; {plan.made_for}".strip("; ") or "without a name"
    line = f"{plan.number}  {plan.network_name}  v{plan.version}  {plan.state}  {plan.plan_digest[:12]}{marks}  {about}"
    return printable(line)


def state_of(life: Life) -> str:
    """Where a plan stands, with what is out of the ordinary."""
    stamps = f" ({', '.join(life.stamps)})" if life.stamps else ""
    due = ", review due" if life.review_due else ""
    out = f", release {life.release_digest[:12]}" if life.release_digest else ""
    return f"plan {life.plan_digest[:12]}: {life.state}{stamps}{due}{out}"


def lines_of(found: Shown) -> Iterator[str]:
    """Everything about a plan."""
    plan, life = found.plan, found.life
    yield line_of(plan, found.labels)
    yield state_of(life)
    yield f"digest {plan.plan_digest}"
    yield printable(f"network {plan.network_name} {plan.network_digest}")
    for event in life.events:
        stamps = f" [{', '.join(event.stamps)}]" if event.stamps else ""
        why = f": {event.why}" if event.why else ""
        yield printable(f"  {event.at}  {event.state}{stamps}  by {event.who}, {event.role} ({event.proof}){why}")
    for note in found.notes:
        yield printable(f"  {note.at}  {note.kind}  by {note.who}: {note.text}")
    for name, digest in sorted(found.files.items()):
        yield printable(f"  file {name} {digest}")


def document_of(found: Shown) -> dict[str, Any]:
    """The same for programs."""
    life = found.life
    return {
        **asdict(found.plan),
        "state": life.state,
        "stamps": life.stamps,
        "review_due": life.review_due,
        "report": life.report_digest,
        "release": life.release_digest,
        "labels": found.labels,
        "events": [asdict(event) for event in life.events],
        "notes": [asdict(note) for note in found.notes],
        "files": found.files,
    }
