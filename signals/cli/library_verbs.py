"""What `greenband library` does: asks the library, prints the answer, gives the exit code."""

from __future__ import annotations

import json
from pathlib import Path

from signals.cli import library_shown as shown
from signals.cli.desk import Document, Named, Session
from signals.cli.errors import printable
from signals.service.request import DONE, NOT_PROVED

__all__ = ["Session"]


def put(session: Session, path: Path, network_path: Path, accept: str) -> int:
    """Put a plan in; the exit code says whether it came as far as *validated*."""
    with session.desk() as desk:
        found = desk.put(path, network_path, accept=accept, why=session.why)
    if session.as_json:
        print(json.dumps(found, indent=2))
    else:
        print(f"v{found['version']}  {found['state']}  plan {found['plan']}")
        for reason in found["open"]:
            print(f"  open: {printable(reason)}")
    return NOT_PROVED if found["open"] else DONE


def list_plans(
    session: Session,
    text: str | None,
    network: str | None,
    state: str | None,
    label: str | None,
    after: int,
    limit: int,
) -> int:
    """Print a page of the plans that are wanted."""
    with session.desk() as desk:
        found = desk.plans(text=text, network=network, state=state, label=label, after=after, limit=limit)
    if session.as_json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(map(shown.line_of, found)) or "no plan")
    return DONE


def show_plan(session: Session, word: str, network: str | None) -> int:
    """Print all that is known of a plan."""
    with session.desk() as desk:
        found = desk.plan(Named(word, network))
    print(json.dumps(found, indent=2) if session.as_json else "\n".join(shown.lines_of(found)))
    return DONE


def compare(session: Session, before: str, after: str, network: str | None) -> int:
    """Print what changes from plan to plan."""
    with session.desk() as desk:
        found = desk.compare(before, Named(after, network))
    if session.as_json:
        print(json.dumps(found, indent=2))
        return DONE
    count = len(found["intersections"])
    differ = "1 intersection differs" if count == 1 else f"{count} intersections differ"
    print(f"plan {found['before'][:12]} → {found['after'][:12]}: {differ}")
    for line in (*found["whole"], *(change["words"] for change in found["intersections"])):
        print(printable(f"  {line}"))
    return DONE


def export_plan(session: Session, word: str, network: str | None, out: Path) -> int:
    """Write a plan's files."""
    with session.desk() as desk:
        for path in desk.export(Named(word, network), out):
            print(path)
    return DONE


def note(session: Session, word: str, network: str | None, text: str, label_removed: bool | None) -> int:
    """Keep a comment (`label_removed` None), give a label or take it away."""
    with session.desk() as desk:
        if label_removed is None:
            desk.comment(Named(word, network), text)
        else:
            desk.label(Named(word, network), text, remove=label_removed)
    return DONE


def validate(session: Session, word: str, network: str | None, report: Path, accept: str) -> int:
    """Take a report on a plan."""
    with session.desk() as desk:
        return _tell(desk.validate(Named(word, network), report, accept=accept, why=session.why))


def approve(
    session: Session, word: str, network: str | None, accept: str, emergency: bool, single_engineer: bool
) -> int:
    """Approve a plan."""
    with session.desk() as desk:
        named, why = Named(word, network), session.why
        return _tell(desk.approve(named, accept=accept, why=why, emergency=emergency, single_engineer=single_engineer))


def move(session: Session, word: str, network: str | None, name: str) -> int:
    """Make a move that needs nothing but a plan and a reason."""
    with session.desk() as desk:
        return _tell(desk.move(Named(word, network), name, why=session.why))


def activate(session: Session, word: str, network: str | None, instead_of: tuple[str, ...]) -> int:
    """Write down that a plan runs."""
    with session.desk() as desk:
        return _tell(desk.activate(Named(word, network), instead_of, why=session.why))


def roll_back(session: Session, word: str, network: str | None, instead_of: str | None) -> int:
    """Back to an earlier release."""
    with session.desk() as desk:
        return _tell(desk.roll_back(Named(word, network), instead_of, why=session.why))


def _tell(states: list[Document]) -> int:
    for state in states:
        print(printable(shown.state_of(state)))
    return DONE
