"""Who drives over a leg of an intersection, and in which pictures people on foot may walk there.

The one definition for crossings that have no lamps of their own: rules choose by it beside whose green people walk, the
safety check holds every plan to it, stages are designed and waits on foot are measured by it.

Nobody walks over a leg while somebody drives there who does not yield to them by law:

- out of the leg, by whatever turn, as long as they have green or yellow (who stops, then turns on red, yields);
- into the leg straight on, likewise;
- into the leg by a turn under an arrow. Other turns into it yield to who walks there (Vienna Convention on Road
  Traffic, article 21; Uniform Vehicle Code, 11-202). No network says which greens are arrows; taken for one is a full
  green (G) across oncoming traffic, and one without the green of the own approach straight on (where that has none:
  without the green of all its other turns). A green that gives way (g) is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from networks.junction import Intersection, Movement
from networks.network import Network
from networks.turns import across_turns
from signals.rules.legs import legs_of, on_wheels
from signals.rules.types import Crossing, IntersectionRules

_STANDING = "rsu"  # whoever sees one of these waits, or yields
_GREEN = "gG"
_ARROW = "G"


@dataclass(frozen=True, slots=True)
class TurnIn:
    """A group that turns into the leg. Its full green is no arrow while all groups of one of `let_go` are green."""

    group_id: str
    let_go: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class OverLeg:
    """The groups that drive over a leg: those that never yield to who walks there, of these the ones that come straight
    on across the intersection, and those that turn into the leg."""

    firm: tuple[str, ...]
    through: tuple[str, ...]
    turns: tuple[TurnIn, ...]

    def drivers(self, shown: Mapping[str, str]) -> tuple[str, ...]:
        """The groups that drive over the leg in a picture (a letter by group) and yield to nobody on foot."""
        found = [name for name in self.firm if shown[name] not in _STANDING]
        for turn in self.turns:
            let_go = any(all(shown[name] in _GREEN for name in names) for names in turn.let_go)
            if shown[turn.group_id] == _ARROW and not let_go and turn.group_id not in found:
                found.append(turn.group_id)
        return tuple(found)

    def beside_green(self, beside: Collection[str], shown: Mapping[str, str]) -> bool:
        """Whether all the groups that people would walk beside are green in a picture; no group is no green."""
        return bool(beside) and all(shown[name] in _GREEN for name in beside)

    def walked(self, beside: Collection[str], shown: Mapping[str, str]) -> bool:
        """Whether people may walk in a picture beside these groups."""
        return self.beside_green(beside, shown) and not self.drivers(shown)


def over_leg(network: Network, intersection: Intersection, links: Sequence[str]) -> OverLeg:
    """Who drives over the leg that these links are."""
    movements, leg = [*on_wheels(intersection)], frozenset(links)
    straight = [m for m in movements if m.to_link_id in leg and m.turn == "through"]
    through = _groups(straight)
    firm = _groups([*(m for m in movements if m.from_link_id in leg), *straight])
    turning = [m for m in movements if m.to_link_id in leg and m.turn != "through" and m.from_link_id not in leg]
    turns = {TurnIn(name, _let_go(network, intersection, m)): None for m in turning for name in m.group_ids}
    return OverLeg(firm, through, tuple(turn for turn in turns if turn.group_id not in firm))


def walked_over(
    network: Network, intersection: Intersection, rules: IntersectionRules
) -> tuple[tuple[Crossing, OverLeg], ...]:
    """The crossings that the rules add to an intersection and people can walk over, with who drives there."""
    served = [crossing for crossing in rules.crossings if not crossing.not_served]
    return tuple((crossing, over_leg(network, intersection, crossing.link_ids)) for crossing in served)


def shown_by(intersection: Intersection) -> Iterator[tuple[Mapping[str, str], int]]:
    """The pictures of the running program, a letter by group, with their durations [ds]."""
    for step in intersection.running.shown:
        yield {g.id: step.state[g.channels[0]] for g in intersection.groups if g.channels}, step.duration_ds


def _groups(movements: Sequence[Movement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for m in movements for name in m.group_ids))


def _let_go(network: Network, intersection: Intersection, turn: Movement) -> tuple[tuple[str, ...], ...]:
    """The groups beside whose green a turn is let go with its approach; none where its full green is an arrow."""
    approach = next((leg for leg in legs_of(network, intersection) if turn.from_link_id in leg), (turn.from_link_id,))
    own = [m for m in on_wheels(intersection) if m.from_link_id in approach]
    straight = [m for m in own if m.turn == "through"]
    if turn.turn in across_turns(network.left_hand_traffic) and _opposed(network, intersection, approach, straight):
        return ()
    if straight:
        return tuple((name,) for name in _groups(straight))
    return (_groups([m for m in own if m.turn != "u-turn"]),)


def _opposed(
    network: Network, intersection: Intersection, approach: Sequence[str], straight: Sequence[Movement]
) -> bool:
    """Whether somebody comes towards an approach: straight on into its leg, or out of the leg that it leads on to."""
    ahead = {m.to_link_id for m in straight}
    onward = {link for leg in legs_of(network, intersection) if ahead & {*leg} for link in leg}
    across = across_turns(network.left_hand_traffic)
    return any(
        (m.turn == "through" and m.to_link_id in approach) or (m.from_link_id in onward and m.turn not in across)
        for m in on_wheels(intersection)
        if m.from_link_id not in approach
    )
