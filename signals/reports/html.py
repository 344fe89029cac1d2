"""The report as one HTML file: nothing is fetched, nothing runs, it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import jinja2
from markupsafe import Markup

from signals.reports import figures, words
from signals.reports.content import ReportContent
from signals.reports.sheets import TimingSheet, drawing_of

# Nothing from outside, even if a browser were persuaded that there is something.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# No control characters (they have no place in HTML), no reversal of reading direction, no half of a character.
_UNSEEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufffe\\uffff]")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("signals.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        number=words.number,
        plain=words.plain,
        share=words.share,
        change=words.change,
        interval=words.interval,
        finding=words.finding,
        tone=words.tone,
        missing=words.MISSING,
    )
    return environment


def render(content: ReportContent) -> str:
    """The whole page. Every text is escaped; drawings are escaped where they are drawn."""
    page = (
        _environment()
        .get_template("report.html")
        .render(
            content=content,
            decision=words.decision(content),
            gain_sentence=words.gain(content.gain),
            policy=POLICY,
            map_drawing=Markup(figures.map_of(content)) if content.map_signals else None,
            delay_drawing=Markup(figures.delay_per_junction(content.approaches)) if content.approaches else None,
            day_drawing=Markup(figures.day_of(content.demand)) if content.demand and content.demand.quarters else None,
            junctions=[
                (junction, *map(Markup, (*figures.stages_of(junction), figures.timeline_of(junction))))
                for junction in content.junctions
            ],
            sheets=_drawn(content.sheets),
            street_name=content.title,
            corridors=[(corridor, *map(Markup, figures.corridor_of(corridor))) for corridor in content.corridors],
        )
    )
    return cleaned(page)


def render_sheets(sheets: Sequence[TimingSheet], title: str) -> str:
    """The timing sheets alone, a page per junction."""
    template = _environment().get_template("sheets.html")
    return cleaned(template.render(sheets=_drawn(sheets), title=title, street_name=title, policy=POLICY))


def _drawn(sheets: Sequence[TimingSheet]) -> list[tuple[TimingSheet, Markup]]:
    return [(sheet, Markup(drawing_of(sheet))) for sheet in sheets]


def cleaned(page: str) -> str:
    """The page without letters that nobody sees."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", page.lstrip())
