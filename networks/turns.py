"""Who turns across oncoming traffic: the lefts, in left-hand traffic the rights, and those who turn round."""

from __future__ import annotations

from networks.junction import GroupKind, Intersection


def vehicle_turns(intersection: Intersection) -> dict[str, frozenset[str]]:
    """The turns that each group of vehicles serves."""
    turns = {movement.id: movement.turn for movement in intersection.movements}
    return {
        group.id: frozenset(turns[name] for name in group.movement_ids if name in turns)
        for group in intersection.groups
        if group.kind is not GroupKind.PEDESTRIAN
    }


def across_turns(left_hand: bool) -> frozenset[str]:
    """The turns across oncoming traffic."""
    return frozenset({"right" if left_hand else "left", "u-turn"})


def across_groups(intersection: Intersection, *, left_hand: bool) -> frozenset[str]:
    """Groups that serve nothing else than turns across oncoming traffic."""
    across = across_turns(left_hand)
    return frozenset(name for name, turns in vehicle_turns(intersection).items() if turns and turns <= across)
