"""Whoever holds the report of a release sees what was out of the ordinary with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signals.release import Release
from signals.service.library.stamped import with_release

RELEASE = Release("a" * 64, "b" * 64, "c" * 64, "d" * 64, "better", "R. <Roe>", "R. <Roe>", "2026-03-01T06:00:00Z", "")
PAGE = b'<html><body class="x"><h1>Grid</h1></body></html>'


def test_a_plan_without_a_release_is_as_it_is_kept() -> None:
    assert with_release({"report.html": PAGE}, None) == {"report.html": PAGE}


def test_an_ordinary_release_lies_beside_an_unaltered_report() -> None:
    content = RELEASE.canonical_bytes()
    assert with_release({"report.html": PAGE}, content) == {"report.html": PAGE, "release.json": content}


@pytest.mark.parametrize(("page", "begin"), [(PAGE, b'<html><body class="x">'), (b"<p>an old one", b"<p>an old one")])
def test_a_stamp_stands_on_the_report_with_who_and_when(page: bytes, begin: bytes) -> None:
    stamped = replace(RELEASE, stamps=("emergency", "one person"), why="the bridge is closed")
    written = with_release({"report.html": page}, stamped.canonical_bytes())["report.html"]
    told = (
        "<p><strong>emergency, one person</strong>: proposed by R. &lt;Roe&gt;, approved by R. &lt;Roe&gt; "
        f"at 2026-03-01T06:00:00Z: the bridge is closed (release {stamped.digest()[:12]})</p>"
    )
    assert written == begin + told.encode() + page[len(begin) :]
