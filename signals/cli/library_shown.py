"""Plans of the library in lines for a terminal, made of the documents that programs get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signals.cli.errors import printable

Document = dict[str, Any]
_ASIDE = ("review", "return", "restore")  # the state alone does not say what was done


def line_of(plan: Document) -> str:
    """A plan in one line."""
    stamps = ", ".join(plan["stamps"])
    marks = "".join(f"  [{label}]" for label in plan["labels"]) + (f"  ({stamps})" if stamps else "")
    about = f"{plan['name']}; {plan['made_for']}".strip("; ") or "without a name"
    where = f"{plan['number']}  {plan['network_name']}  v{plan['version']}"
    return printable(f"{where}  {plan['state']}  {plan['plan_digest'][:12]}{marks}  {about}")


def state_of(state: Document) -> str:
    """Where a plan stands, with what is out of the ordinary."""
    stamps = f" ({', '.join(state['stamps'])})" if state["stamps"] else ""
    due = ", review due" if state["review_due"] else ""
    out = f", release {state['release'][:12]}" if state["release"] else ""
    return f"plan {state['plan'][:12]}: {state['state']}{stamps}{due}{out}"


def lines_of(found: Document) -> Iterator[str]:
    """Everything about a plan."""
    yield line_of(found)
    yield state_of(found | {"plan": found["plan_digest"]})
    yield f"digest {found['plan_digest']}"
    yield printable(f"network {found['network_name']} {found['network_digest']}")
    for event in found["events"]:
        stamps = f" [{', '.join(event['stamps'])}]" if event["stamps"] else ""
        why = f": {event['why']}" if event["why"] else ""
        who = f"by {event['who']}, {event['role']} ({event['proof']})"
        move = f" ({event['move']})" if event["move"] in _ASIDE else ""
        yield printable(f"  {event['at']}  {event['state']}{move}{stamps}  {who}{why}")
    for note in found["notes"]:
        yield printable(f"  {note['at']}  {note['kind']}  by {note['who']}: {note['text']}")
    for name, digest in sorted(found["files"].items()):
        yield printable(f"  file {name} {digest}")
