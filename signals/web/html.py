"""Pages in the style of the reports: every text is escaped, nothing is fetched, nothing runs."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import jinja2

from signals.reports.html import POLICY, cleaned

AGAIN_S = 15  # till a page that is open is asked for once more
HEADERS = {  # of every page: also what only the server can say
    "Content-Security-Policy": f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("signals.web"), jinja2.PackageLoader("signals.reports")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(policy=POLICY, again_s=AGAIN_S)
    environment.filters["instant"] = instant
    return environment


def page(template: str, **values: Any) -> str:
    """A page of this room."""
    return cleaned(_environment().get_template(template).render(**values))


def instant(at: datetime | str | None) -> str:
    """An instant (UTC), as the database has it or as a value, to the second; nothing where there is none."""
    if at is None:
        return ""
    text = at if isinstance(at, str) else at.isoformat()
    return text[:19].replace("T", " ")
