"""Time-space diagrams of the main corridors, in either plan."""

from __future__ import annotations

from networks.junction import Movement
from signals.drawings import Band, CorridorSignal, through_bands
from signals.reports import Corridor
from signals.service.account.compared import Compared
from signals.service.account.names import short
from signals.service.account.platoons import Span, common_greens_s, fixed_clock
from signals.service.account.routes import Chain, Routes
from signals.service.sides import Side

MOST_CORRIDORS = 3


def corridors_of(compared: Compared) -> tuple[Corridor, ...]:
    """The chains of signals along the heaviest flows of the estimated demand."""
    routes = Routes(compared.network, compared.demand)
    return tuple(_corridor(compared, chain, routes.back(chain)) for chain in routes.chains(MOST_CORRIDORS))


def _corridor(compared: Compared, chain: Chain, back: Chain | None) -> Corridor:
    ids = chain.signal_ids
    distances_m = _from_start([way.distance_m for way in chain.ways])
    travel_s = _from_start([way.travel_s for way in chain.ways])
    drawn: list[tuple[CorridorSignal, ...]] = []
    bands: list[tuple[Band, ...]] = []
    remarks: list[str] = []
    first = "Today" if compared.after is None else "Before"
    for name, side in ((first, compared.before), ("After", compared.after)):
        if side is None or not all(fixed_clock(side.timing(one)) for one in ids):
            drawn.append(())
            bands.append(())
            if side is not None:
                remarks.append(f"{name}: not drawn; a signal runs free, its greens have no place on the clock.")
            continue
        forward = _greens(side, ids, chain.movements)
        backward = None if back is None else _greens(side, ids[::-1], back.movements)
        drawn.append(_signals(side, ids, distances_m, forward, backward))
        found, said = _bands(side, chain, back, forward, backward, distances_m)
        bands.append(found)
        remarks.append(f"{name}: {said}.")
    flows = " · ".join(f"{way.flow_veh_per_h:.0f}" for way in chain.ways)
    return Corridor(
        name=f"{short(ids[0])} to {short(ids[-1])}",
        directions=(f"towards {short(ids[-1])}", f"towards {short(ids[0])}"),
        before=drawn[0],
        after=drawn[1],
        bands_before=bands[0],
        bands_after=bands[1],
        speed_m_per_s=distances_m[-1] / travel_s[-1] if travel_s[-1] > 0 else None,
        remarks=(f"Estimated flow from signal to signal, in order: {flows} veh/h.", *remarks),
    )


def _greens(
    side: Side, ids: tuple[str, ...], movements: tuple[Movement | None, ...]
) -> tuple[tuple[Span, ...] | None, ...]:
    """Greens of the coordinated movement of each signal on the common clock."""
    return tuple(
        None if movement is None else common_greens_s(side.timing(one), movement.group_ids)
        for one, movement in zip(ids, movements, strict=True)
    )


def _signals(
    side: Side,
    ids: tuple[str, ...],
    distances_m: list[float],
    forward: tuple[tuple[Span, ...] | None, ...],
    backward: tuple[tuple[Span, ...] | None, ...] | None,
) -> tuple[CorridorSignal, ...]:
    other = [None] * len(ids) if backward is None else list(backward[::-1])
    return tuple(
        CorridorSignal(short(one), distance_m, side.cycle_s(one), ahead, against)
        for one, distance_m, ahead, against in zip(ids, distances_m, forward, other, strict=True)
    )


def _bands(
    side: Side,
    chain: Chain,
    back: Chain | None,
    forward: tuple[tuple[Span, ...] | None, ...],
    backward: tuple[tuple[Span, ...] | None, ...] | None,
    distances_m: list[float],
) -> tuple[tuple[Band, ...], str]:
    """Bands of both directions, and how wide they are in words."""
    cycles_s = sorted({side.cycle_s(one) for one in chain.signal_ids})
    if len(cycles_s) > 1:
        return (), f"no band: the signals run different cycles ({', '.join(f'{c:g}' for c in cycles_s)} s)"
    found, said = [], []
    for ahead, one, greens in ((True, chain, forward), (False, back, backward)):
        if one is None or greens is None or any(green is None for green in greens):
            if not ahead:
                said.append("no way back along the same signals")
            continue
        travel_s = _from_start([way.travel_s for way in one.ways])
        spans = through_bands([green or () for green in greens], travel_s, cycles_s[0])
        places = distances_m if ahead else distances_m[::-1]
        for start, end in spans:
            edges = tuple((m, start + t, end + t) for m, t in zip(places, travel_s, strict=True))
            found.append(Band(ahead, edges, cycles_s[0]))
        width = sum(end - start for start, end in spans)
        name = _direction(one)
        said.append(f"band {name} {width:.0f} s of the {cycles_s[0]:g} s cycle" if spans else f"no band {name}")
    return tuple(found), "; ".join(said)


def _direction(chain: Chain) -> str:
    return f"{short(chain.signal_ids[0])} → {short(chain.signal_ids[-1])}"


def _from_start(steps: list[float]) -> list[float]:
    """Running sums, from 0."""
    sums = [0.0]
    for step in steps:
        sums.append(sums[-1] + step)
    return sums
