"""The report in a few lines for a terminal."""

from __future__ import annotations

from signals.reports import words
from signals.reports.content import ReportContent

MOST_NOTES = 5


def summary(content: ReportContent) -> tuple[str, ...]:
    """Short lines: decision, gain, guards, safety, what was not better, digest. No markup, no control characters."""
    lines = [f"{content.title}: {words.decision(content)}", content.reason, words.gain(content.gain)]
    if content.verdict is not None:
        lines.append(f"Verdict: {content.verdict}")
    if content.demand is not None and content.demand.doubt:
        lines.append(content.demand.doubt)
    broken = [guard for guard in content.guards or () if not guard.held]
    if content.guards is not None:
        held = len(content.guards) - len(broken)
        lines.append(f"Guards: {held} of {len(content.guards)} held")
        lines += [f"  broken: {guard.name}: found {guard.found}, allowed {guard.allowed}" for guard in broken]
    if content.safety is None:
        lines.append(f"Safety check: {words.MISSING}")
    else:
        violations = content.safety.violations
        lines.append("Safety check: passed" if content.safety.passed else f"Safety check: {len(violations)} violations")
    if content.inherited_faults:
        lines.append(f"Faults inherited from the running program: {len(content.inherited_faults)}")
    lines += [f"Not better: {note.where}: {note.text}" for note in content.notes[:MOST_NOTES]]
    if len(content.notes) > MOST_NOTES:
        lines.append(f"  and {len(content.notes) - MOST_NOTES} more in the report")
    tail = [f"profile {content.profile}"]
    if content.plan_digest:
        tail.append(f"plan {content.plan_digest[:16]}")
    lines.append(", ".join(tail))
    return tuple(_plain(line) for line in lines if line)


def _plain(line: str) -> str:
    """Ids come from files: no control character of theirs reaches the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)
