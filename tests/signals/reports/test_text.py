"""The report in a few lines."""

from __future__ import annotations

from dataclasses import replace

from signals.reports import Guard, Note, Safety, summary
from tests.signals.reports import sample


def test_the_lines_say_decision_gain_guards_safety_and_digest() -> None:
    assert summary(sample.full()) == (
        "Market Street, morning peak: The new plan is recommended",
        "Total delay falls and every guard held.",
        "Less delay: -22.3 s per vehicle (95 % interval -26.0 to -18.6), -26.5 % (-30.9 to -22.1 %), "
        "from 84.2 to 61.9 s per vehicle, 6 pairs of simulations",
        "Verdict: better",
        "DOUBTFUL DEMAND: 31 %",
        "Guards: 2 of 2 held",
        "Safety check: passed",
        "Faults inherited from the running program: 1",
        "Not better: approach e_in of J4: delay rises from 38.0 to 41.5 s per vehicle, within the guard",
        "profile literature, plan 3f5a9c1de07b4288",
    )


def test_nothing_known_is_said_to_be_not_available() -> None:
    assert summary(sample.empty()) == (
        "Nothing: The running plan is kept",
        "Difference in delay: not available (the plan was not validated in simulation)",
        "Safety check: not available",
        "profile literature",
    )


def test_bad_news_is_not_left_out() -> None:
    content = replace(
        sample.full(),
        guards=(Guard("teleports", False, "4 more", "none more"),),
        safety=Safety(False, violations=("a", "b")),
        notes=tuple(Note(f"J{i}", "worse") for i in range(8)),
    )
    lines = summary(content)
    assert "  broken: teleports: found 4 more, allowed none more" in lines
    assert "Safety check: 2 violations" in lines
    assert "  and 3 more in the report" in lines


def test_no_control_character_reaches_the_terminal() -> None:
    lines = summary(replace(sample.full(), title="\x1b]0;owned\x07\r\nx", notes=(Note("\x9b2J", "\u202e"),)))
    assert all(line.isprintable() for line in lines)
