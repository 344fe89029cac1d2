"""The rules of a network for people to read, change and give back."""

from __future__ import annotations

import sys
from pathlib import Path

from signals.cli import wiring
from signals.files import refuse_no_place, write_whole
from signals.rules import RulesChoice, filled_in
from signals.service.request import DONE


def show_rules(
    network_path: Path, incumbent: tuple[Path, ...], choice: RulesChoice, out: Path | None, as_json: bool
) -> int:
    """Print or write the rules as an engineer's file, filled in; as JSON what the plan's rules digest names."""
    if out is not None:
        refuse_no_place(out, "--out")
    network = wiring.read_street(network_path, (), incumbent)
    rules = choice.of(network)
    text = rules.model_dump_json(indent=2) + "\n" if as_json else filled_in(rules, network)
    if out is None:
        sys.stdout.write(text)
        return DONE
    write_whole(out, text.encode())
    print(
        f"{out}: {len(rules.intersections)} intersections, profile {rules.profile}, "
        f"crossings on foot: {rules.pedestrians}"
    )
    for title, lines in (("taken over as they run", rules.notes), ("raised above what runs", rules.raised)):
        if lines:
            print(f"{len(lines)} values {title} (named in the file)")
    return DONE
