"""When a call is still served in this cycle: the permissive periods of coordinated rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from signals.plan import IntersectionPlan, RingPhase, RingsBody, positions_ds


@dataclass(frozen=True, slots=True)
class Window:
    """From when on calls for a ring phase end the coordinated greens, and until when [ds from the first barrier].

    Past the end of the cycle the positions go on counting. `pedestrians_ds` None: nobody walks with this ring phase.
    """

    opens_ds: int
    vehicles_ds: int
    pedestrians_ds: int | None


def permissive_windows(timing: IntersectionPlan, body: RingsBody) -> Mapping[int, Window]:
    """Per ring phase that is not coordinated, its window. Sound timings with a cycle only.

    It opens with the first force-off of the coordinated ring phases and closes where minimum green, or walk, clearance
    and buffer, just fit before the ring phase's own force-off: `FO - minG`, `FO - W - PC` (signal timing practice).
    With *single* periods all windows close with the first of them, with *multiple* all of one concurrency group.
    """
    opens_ds = min(_force_off_ds(body, number) for number in body.coordinated)
    others = [p for p in body.ring_phases if not p.omitted and p.number not in body.coordinated]
    windows = {phase.number: _window(body, phase, opens_ds) for phase in others}
    together = {
        number: [
            other
            for other in windows
            if body.permissive == "single"
            or other == number
            or (body.permissive == "multiple" and body.place_of(other)[1] == body.place_of(number)[1])
        ]
        for number in windows
    }
    return {number: _first_to_close([windows[other] for other in listed]) for number, listed in together.items()}


def _force_off_ds(body: RingsBody, number: int) -> int:
    return positions_ds(body, "green end", [str(number)])[0]


def _window(body: RingsBody, phase: RingPhase, opens_ds: int) -> Window:
    force_off_ds = _force_off_ds(body, phase.number)
    if force_off_ds <= opens_ds:
        force_off_ds += body.length_ds
    walking = phase.pedestrian_mode != "none"
    return Window(
        opens_ds,
        max(opens_ds, force_off_ds - phase.min_green_ds),
        max(opens_ds, force_off_ds - phase.pedestrian_need_ds) if walking else None,
    )


def _first_to_close(windows: list[Window]) -> Window:
    own = windows[0].opens_ds
    on_foot = [window.pedestrians_ds for window in windows if window.pedestrians_ds is not None]
    return Window(own, min(window.vehicles_ds for window in windows), min(on_foot, default=None))
