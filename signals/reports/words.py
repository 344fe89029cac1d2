"""Numbers and findings in words, the same in every kind of report."""

from __future__ import annotations

import math

from signals.reports.content import Gain, Measure, ReportContent

MISSING = "not available"

_DECISIONS = {
    "recommended": "The new plan is recommended",
    "kept": "The running plan is kept",
    "undecided": "Undecided: the running plan stays",
}


def number(value: float | None, digits: int = 1, unit: str = "") -> str:
    """A number for people, or "not available"; what is not finite is not a number."""
    if value is None or not math.isfinite(value):
        return MISSING
    shown = f"{value:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{shown} {unit}".rstrip()


def plain(value: float | None) -> str:
    """A number with the decimals that it has; nothing where there is none."""
    return "" if value is None else f"{value:g}"


def share(value: float | None, digits: int = 0) -> str:
    return MISSING if value is None or not math.isfinite(value) else f"{100 * value:.{digits}f} %"


def change(before: float | None, after: float | None, digits: int = 1, unit: str = "") -> str:
    """The difference with its sign."""
    if before is None or after is None or not math.isfinite(after - before):
        return MISSING
    return f"{round(after - before, digits) + 0.0:+.{digits}f} {unit}".rstrip()  # + 0.0: no minus before a zero


def interval(row: Measure) -> str:
    """The interval of a measure's difference; nothing where there is none."""
    if row.low is None or row.high is None:
        return ""
    low, high = (f"{round(value, row.digits) + 0.0:+.{row.digits}f}" for value in (row.low, row.high))
    return f"{low} to {high}"


def finding(row: Measure) -> str:
    """What a measure's difference says; where the interval contains zero it says nothing."""
    if row.before is None or row.after is None or row.low is None or row.high is None:
        return ""
    if row.low <= 0 <= row.high:
        return "the same in every pair" if row.low == row.high else "no significant difference"
    return "less" if row.after < row.before else "more"


def tone(row: Measure) -> str:
    """Whether a finding is good or bad news; empty where it is neither."""
    if finding(row) not in ("less", "more") or not row.more:
        return ""
    return "bad" if (finding(row) == "more") == (row.more > 0) else "good"


def decision(content: ReportContent) -> str:
    """The decision, with what must not be read without it."""
    said = _DECISIONS.get(content.decision, content.decision)
    if content.decision == "recommended" and content.verdict not in (None, "better"):
        said = f"The new plan is recommended as {content.verdict} than the running one"
    return f"{said}; {content.caveat}" if content.caveat else said


def gain(found: Gain | None) -> str:
    """The difference in one sentence; where the interval contains zero it is not called a gain."""
    if found is None:
        return f"Difference in delay: {MISSING} (the plan was not validated in simulation)"
    shares = ""
    if found.difference_share is not None:
        shares = f", {100 * found.difference_share:+.1f} %"
        if found.low_share is not None and found.high_share is not None:
            shares += f" ({100 * found.low_share:+.1f} to {100 * found.high_share:+.1f} %)"
    numbers = (
        f"{found.difference_s_per_veh:+.1f} s per vehicle "
        f"(95 % interval {found.low_s_per_veh:+.1f} to {found.high_s_per_veh:+.1f}){shares}, "
        f"from {found.incumbent_s_per_veh:.1f} to {found.candidate_s_per_veh:.1f} s per vehicle, "
        f"{found.pairs} pairs of simulations"
    )
    if not found.significant:
        return f"No significant difference in delay: {numbers}"
    return f"{'Less' if found.difference_s_per_veh < 0 else 'More'} delay: {numbers}"
