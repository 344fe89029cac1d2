"""When a call is still served in this cycle: the permissive periods of coordinated rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody, position_ds, positions_ds


@dataclass(frozen=True, slots=True)
class Window:
    """From when on calls for a ring phase end the coordinated greens, and until when [ds from the first barrier].

    Past the end of the cycle the positions go on counting. `pedestrians_ds` None: nobody walks with this ring phase.
    """

    opens_ds: int
    vehicles_ds: int
    pedestrians_ds: int | None

    def said(self, zero_ds: int, cycle_ds: int) -> str:
        """In seconds after a local zero that lies `zero_ds` after the first barrier: "45-95", over the end of the cycle
        where the second number is the smaller; for calls on foot when it closes, where that is another moment."""
        opens_ds = (self.opens_ds - zero_ds) % cycle_ds

        def end(at_ds: int) -> str:
            return f"{((at_ds - zero_ds) % cycle_ds or cycle_ds) / 10:g}"

        open_at_all = self.vehicles_ds > self.opens_ds
        said = f"{opens_ds / 10:g}\N{EN DASH}{end(self.vehicles_ds)}" if open_at_all else "none"
        if self.pedestrians_ds is None or self.pedestrians_ds == self.vehicles_ds:
            return said
        on_foot = f"to {end(self.pedestrians_ds)}" if self.pedestrians_ds > self.opens_ds else "none"
        return f"{said}, on foot {on_foot}"


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


def permissive_periods(timing: IntersectionPlan) -> Mapping[int, str]:
    """Per ring phase that is not coordinated, when its calls are served, in seconds after local zero; nothing where a
    timing has no such periods: in stages, in fixed and in free control."""
    body = timing.body
    coordinated = timing.control_mode is ControlMode.COORDINATED
    if not (isinstance(body, RingsBody) and coordinated and body.coordinated and timing.cycle_ds):
        return {}
    zero_ds = position_ds(timing)
    return {n: one.said(zero_ds, timing.cycle_ds) for n, one in permissive_windows(timing, body).items()}
