"""Splits with which actuated rings leave a concurrency group together, whatever traffic makes of them."""

from __future__ import annotations

from collections.abc import Mapping

from signals.plan import RingPhase, RingsBody

_SECOND_DS = 10


def together_at_barriers(body: RingsBody) -> dict[int, int]:
    """The splits, within each ring and concurrency group moved to the last ring phase as far as needed [ds].

    With floating force-offs a last ring phase ends after its split at the latest, counted from when it began: early,
    where those before it gave time back. Another ring may then not yet have had its minimum green. Rings wait for each
    other at a barrier in green, but SUMO ends such a green all the same, and shows what no controller would. So each
    last split reaches to where every other ring, at its latest, can go. Where the least splits leave no room for that,
    splits stay as they are. The coordinated concurrency group ends on the clock.
    """
    found = {phase.number: phase.split_ds for phase in body.ring_phases}
    if body.force_off != "floating":
        return found
    main = body.place_of(body.coordinated[0])[1] if body.coordinated else None
    for group in range(body.barrier_count):
        parts = [part for ring in range(len(body.rings)) if (part := body.served(ring, group))]
        if group == main or len(parts) < 2:
            continue
        moved = dict(found)
        while late := _too_early(parts, moved):
            givers = [
                phase for part in parts for phase in part[:-1] if moved[phase.number] - _SECOND_DS >= _least(phase)
            ]
            if not givers:
                break
            giver = max(givers, key=lambda phase: (any(phase in part for part in late), moved[phase.number]))
            last = next(part[-1] for part in parts if giver in part)
            moved[giver.number] -= _SECOND_DS
            moved[last.number] += _SECOND_DS
        else:
            found = moved
    return found


def _too_early(parts: list[tuple[RingPhase, ...]], splits_ds: Mapping[int, int]) -> list[tuple[RingPhase, ...]]:
    """The rings whose last green can be over before another ring can go."""
    return [
        part
        for part in parts
        if any(
            _earliest_ds(part) + splits_ds[part[-1].number] - part[-1].split_ds + part[-1].green_ds
            < sum(splits_ds[phase.number] for phase in other[:-1]) + other[-1].min_green_ds
            for other in parts
            if other is not part
        )
    ]


def _earliest_ds(part: tuple[RingPhase, ...]) -> int:
    """When its last ring phase begins at the earliest, after the barrier: those before it are as short as can be, or
    are skipped where nothing recalls them."""
    return sum(_least(phase) for phase in part[:-1] if phase.recall in ("minimum", "maximum") or _walked(phase))


def _least(phase: RingPhase) -> int:
    return -(-phase.min_split_ds // _SECOND_DS) * _SECOND_DS


def _walked(phase: RingPhase) -> bool:
    return phase.pedestrian_mode in ("recall", "rest in walk")
