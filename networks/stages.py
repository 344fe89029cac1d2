"""Stages found in a program: its steps with at least one green and no yellow or red-amber."""

from __future__ import annotations

from collections.abc import Sequence

from networks.junction import GroupKind, Program, SignalGroup, Stage


def stages_of(program: Program, groups: Sequence[SignalGroup]) -> tuple[Stage, ...]:
    """The stages in the order of the program, named S1, S2, ... Unused groups are not listed."""
    used = [group for group in groups if group.kind is not GroupKind.UNUSED]
    found: list[Stage] = []
    for index, step in enumerate(program.shown):
        if is_stage(step.state):
            green = [group for group in used if step.state[group.channels[0]] in "Gg"]
            yielding = tuple(group.id for group in green if step.state[group.channels[0]] == "g")
            found.append(Stage(f"S{len(found) + 1}", tuple(group.id for group in green), yielding, index))
    return tuple(found)


def is_stage(state: str) -> bool:
    """Whether a step's state is a stage; all other steps belong to interstages."""
    return ("G" in state or "g" in state) and "y" not in state and "u" not in state
