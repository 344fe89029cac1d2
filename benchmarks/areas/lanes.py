"""What a stage is worth: who is served in which lane, and which stages serve the lanes of an intersection best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

from networks.junction import GREENS, Intersection, Movement
from networks.network import Network

Flows = Mapping[tuple[str, str], float]  # vehicles from one link to the next

YIELDING_WORTH = 0.9  # of a green that gives way, to one that does not
BLOCKED_WORTH = 0.3  # of a green in a lane in which others have red
YIELDING_RATE = 0.5  # of who discharges where a green gives way
GREEN_LETTERS = frozenset(display.value for display in GREENS)
_FULL = "G"


class LanesOf:
    """The movements of an intersection that somebody drives, and the lanes that they share."""

    def __init__(self, network: Network, intersection: Intersection, flows: Flows) -> None:
        column = {group.id: at for at, group in enumerate(intersection.groups)}
        self.movements: list[Movement] = []
        self.columns: list[dict[str, list[int]]] = []  # per movement: its groups' columns, by lane
        self._flow: dict[str, list[tuple[int, float]]] = {}  # per lane: groups' columns and their vehicles
        for movement in intersection.movements:
            vehicles = flows.get((movement.from_link_id, movement.to_link_id), 0.0)
            if movement.turn == "crossing" or not vehicles:
                continue
            own: dict[str, list[int]] = {}
            for path in map(network.lane_link, movement.lane_link_ids):
                if path.group_id is not None:
                    own.setdefault(path.from_lane_id, []).append(column[path.group_id])
                    share = vehicles / len(movement.lane_link_ids)
                    self._flow.setdefault(path.from_lane_id, []).append((column[path.group_id], share))
            if own:
                self.movements.append(movement)
                self.columns.append(own)

    @property
    def lane_ids(self) -> list[str]:
        """The lanes that somebody drives."""
        return list(self._flow)

    def served(self, at: int, picture: str) -> float:
        """How much of a movement a stage serves, from 0 to 1."""
        lanes = self.columns[at]
        worth = [self._letter(picture[column]) for columns in lanes.values() for column in columns]
        blocked = [
            self._blocked(lane_id, picture)
            for lane_id, columns in lanes.items()
            for column in columns
            if picture[column] in GREEN_LETTERS
        ]
        return fmean(worth) * fmean(blocked) if blocked else 0.0

    def rates(self, picture: str) -> dict[str, float]:
        """Lanes out of which somebody goes in a stage, each with its rate of discharge, of that of a green."""
        found: dict[str, float] = {}
        for lane_id, shares in self._flow.items():
            letters = [picture[column] for column, _ in shares if picture[column] in GREEN_LETTERS]
            if letters:
                found[lane_id] = 1.0 if all(letter == _FULL for letter in letters) else YIELDING_RATE
        return found

    def chosen(
        self, given: Sequence[str], designed: Iterable[str], most: int, fits: Callable[[str, str], bool]
    ) -> list[str]:
        """The given stages, and of the designed ones as many as `most` leaves room for: each time the one that adds
        most to what lanes get at best, of those that fit all that were taken."""
        found = list(given)
        new = (picture for picture in dict.fromkeys(designed) if picture not in found)
        left = [picture for picture in new if all(fits(picture, one) for one in found)]
        worth = {picture: self._worth(picture) for picture in (*found, *left)}
        best = {lane_id: max(worth[one][lane_id] for one in found) for lane_id in self._flow}

        def gain(picture: str) -> tuple[float, float]:
            more = sum(max(0.0, worth[picture][lane_id] - best[lane_id]) for lane_id in best)
            return round(more, 3), sum(worth[picture].values())

        while left and len(found) < most:
            taken = max(left, key=gain)
            left = [picture for picture in left if picture != taken and fits(picture, taken)]
            found.append(taken)
            best = {lane_id: max(best[lane_id], worth[taken][lane_id]) for lane_id in best}
        return found

    def driven(self, column: int) -> bool:
        """Whether somebody drives by a group."""
        return any(column in columns for own in self.columns for columns in own.values())

    def _worth(self, picture: str) -> dict[str, float]:
        return {
            lane_id: sum(flow * self._letter(picture[column]) for column, flow in shares)
            * self._blocked(lane_id, picture)
            for lane_id, shares in self._flow.items()
        }

    def _blocked(self, lane_id: str, picture: str) -> float:
        alike = all(picture[column] in GREEN_LETTERS for column, _ in self._flow[lane_id])
        return 1.0 if alike else BLOCKED_WORTH

    @staticmethod
    def _letter(letter: str) -> float:
        return 0.0 if letter not in GREEN_LETTERS else 1.0 if letter == _FULL else YIELDING_WORTH
