"""What was noticed of values while rules were made, told once for all groups and intersections of which the same is
said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MOST_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of an intersection, of one of its signal groups, or of the way from that to another."""

    intersection_id: str
    words: str
    group_id: str | None = None
    to_group_id: str | None = None


def told(findings: Iterable[Finding | str]) -> tuple[str, ...]:
    """A line for each thing that is said, with all of whom it is said; in the order in which they were found first."""
    of_words: dict[str, list[Finding]] = {}
    for finding in findings:
        words = finding if isinstance(finding, str) else finding.words
        of_words.setdefault(words, []).extend([] if isinstance(finding, str) else [finding])
    return tuple(_line(words, found) if found else words for words, found in of_words.items())


def short(line: str) -> str:
    """A line for a terminal: cut between two of many of whom it is told."""
    if len(line) <= _MOST_LETTERS:
        return line
    kept = line[:_MOST_LETTERS]
    return f"{kept.rpartition(', ')[0] or kept}, ... (greenband rules names all)"


def _line(words: str, found: list[Finding]) -> str:
    by_intersection: dict[str, list[Finding]] = {}
    for one in found:
        by_intersection.setdefault(one.intersection_id, []).append(one)
    ids: dict[str, list[str]] = {}  # intersections by what is named of them
    for intersection_id, of_one in by_intersection.items():
        ids.setdefault(_place(of_one), []).append(repr(intersection_id))
    places = [f"{', '.join(names)}{place}" for place, names in ids.items()]
    if len(by_intersection) == 1:
        return f"intersection {places[0]}: {words}"
    return f"{len(by_intersection)} intersections: {words}: {'; '.join(places)}"


def _place(found: list[Finding]) -> str:
    """Groups and ways of one intersection."""
    groups = [repr(one.group_id) for one in found if one.group_id is not None and one.to_group_id is None]
    ways = [f"{one.group_id!r} to {one.to_group_id!r}" for one in found if one.to_group_id is not None]
    of_groups = f", signal group{'s' if len(groups) > 1 else ''} {', '.join(groups)}" if groups else ""
    return of_groups + (f", from signal group {', '.join(ways)}" if ways else "")
