"""A plan's files as they are handed to people: with its release, and with its stamps on the report."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from signals.release import Release, release_from_json
from signals.service.folder import REPORT

RELEASE = "release.json"
_BODY = re.compile(rb"<body[^>]*>")


def with_release(files: Mapping[str, bytes], release: bytes | None) -> dict[str, bytes]:
    """`files` by name, and the document of the release, where there is one; its stamps stand at the head of the report.

    What the library keeps, and what digests are of, is the report without them: it was written before anybody approved.
    """
    if release is None:
        return dict(files)
    kept, told = dict(files) | {RELEASE: release}, release_from_json(release)
    if told.stamps and REPORT in kept:
        kept[REPORT] = _headed(kept[REPORT], _line(told))
    return kept


def _line(release: Release) -> bytes:
    told = f"proposed by {release.proposed_by}, approved by {release.approved_by} at {release.approved_at}"
    why = f": {release.why}" if release.why else ""
    about = f"{told}{why} (release {release.digest()[:12]})"
    return f"<p><strong>{html.escape(', '.join(release.stamps))}</strong>: {html.escape(about)}</p>".encode()


def _headed(report: bytes, line: bytes) -> bytes:
    body = _BODY.search(report)
    at = body.end() if body else len(report)
    return report[:at] + line + report[at:]
