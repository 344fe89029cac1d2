"""Counts as rows: which unknowns each of them sums, how exact it is, and how well an estimate meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from networks.demand import LaneCount, LinkCount, LinkResidual, TurnCount, geh
from networks.estimation_solver import Indices, Mask, Vector, summed
from networks.estimation_street import Street
from networks.faults import Fault, InputError

LINK, LANE, TURN = 0, 1, 2
RELATIVE_COUNT_ERROR = 0.05  # sigma^2 = c + (0.05 c)^2, c in vehicles


@dataclass(frozen=True, slots=True)
class Counts:
    """m counts. The unknowns of a count are the arcs whose `Street.labels[kind]` is its `label`."""

    kind: Indices  # (m,) LINK, LANE or TURN
    label: Indices  # (m,)
    link: Indices  # (m,)
    flow_veh_per_h: Vector  # (m,)
    sigma_veh_per_h: Vector  # (m,)
    bound: Mask  # (m,) censored: the true flow is at least this
    lane_ids: tuple[str, ...]  # "" unless a count of a lane

    def sums(self, street: Street, x: Vector) -> Vector:
        """What `x` (n,) has where each count was made, (m,)."""
        totals = np.zeros(len(self.kind))
        for kind in (LINK, LANE, TURN):
            mine = self.kind == kind
            totals[mine] = street.sums(kind, x)[self.label[mine]]
        return totals

    def per_label(self, street: Street, kind: int, values: Vector) -> Vector:
        """Values (m,) of the counts of one kind, summed per label."""
        mine = self.kind == kind
        return summed(self.label[mine], values[mine], street.label_counts[kind])

    def exact(self, street: Street, kind: int) -> Mask:
        """Per label: whether it has a count that is no bound."""
        return self.per_label(street, kind, (~self.bound).astype(float)) > 0.0

    def lane_flow(self, street: Street) -> tuple[Vector, Mask]:
        """Counted flow per label of lanes (mean of its counts, bounds as they are), and whether there is one."""
        number = self.per_label(street, LANE, np.ones(len(self.kind)))
        return self.per_label(street, LANE, self.flow_veh_per_h) / np.maximum(number, 1.0), number > 0.0

    def residuals(self, street: Street, x: Vector) -> tuple[LinkResidual, ...]:
        """Counted against estimated; a bound that is kept has GEH 0."""
        rows = zip(
            self.kind.tolist(),
            self.label.tolist(),
            self.link.tolist(),
            self.flow_veh_per_h.tolist(),
            self.sums(street, x).tolist(),
            self.bound.tolist(),
            self.lane_ids,
            strict=True,
        )
        return tuple(
            LinkResidual(
                street.link_ids[link],
                counted,
                estimated,
                0.0 if bound and estimated >= counted else geh(estimated, counted),
                bound,
                lane_id,
                street.link_ids[street.movements[label][1]] if kind == TURN else "",
            )
            for kind, label, link, counted, estimated, bound, lane_id in rows
        )


def counts_of(
    street: Street, links: Sequence[LinkCount], lanes: Sequence[LaneCount], turns: Sequence[TurnCount]
) -> Counts:
    """Counts of a street. Lanes of one link that lead nowhere are counted together, for they have one unknown.

    Raises `InputError` for counts off the street, all of them, and where there is none at all.
    """
    found = (
        [street.link_index.get(count.link_id, -1) for count in links],
        [street.lane_index.get(count.lane_id, -1) for count in lanes],
        [street.movement_index.get((count.from_link_id, count.to_link_id), -1) for count in turns],
    )
    off = [("counted link", repr(links[at].link_id)) for at, i in enumerate(found[LINK]) if i < 0]
    off += [("counted lane", repr(lanes[at].lane_id)) for at, i in enumerate(found[LANE]) if i < 0]
    for turn, i in zip(turns, found[TURN], strict=True):
        if i < 0:
            off.append(("counted movement", f"{turn.from_link_id!r} -> {turn.to_link_id!r}"))
    if off:
        needed = "one that cars may use in the network"
        raise InputError(Fault(what, "counts", where, needed) for what, where in off)
    if not any(found):
        raise InputError([Fault("counts", "estimation", "none at all", "at least one count on the network")])
    every: list[LinkCount | LaneCount | TurnCount] = [*links, *lanes, *turns]
    labels = [np.array(one, dtype=np.intp) for one in found]
    flow_veh_per_h = np.array([count.flow_veh_per_h for count in every])
    counts = Counts(
        kind=np.repeat((LINK, LANE, TURN), [len(one) for one in found]),
        label=np.concatenate(labels),
        link=np.concatenate([labels[LINK], street.lane_link[labels[LANE]], street.movement_link[labels[TURN]]]),
        flow_veh_per_h=flow_veh_per_h,
        sigma_veh_per_h=_sigma(flow_veh_per_h, np.array([count.observed_s for count in every])),
        bound=np.array([count.censored for count in every], dtype=np.bool_),
        lane_ids=("",) * len(links) + tuple(count.lane_id for count in lanes) + ("",) * len(turns),
    )
    return _ending_lanes_together(street, counts)


def _ending_lanes_together(street: Street, counts: Counts) -> Counts:
    """Counts of lanes that lead nowhere summed per link: a bound unless all of them are counted."""
    lanes = len(street.lane_ids)
    ending = np.ones(lanes, dtype=bool)
    ending[street.lane[street.cell]] = False
    mine = np.flatnonzero(counts.kind == LANE)
    mine = mine[ending[counts.label[mine]]]
    if mine.size == 0:
        return counts
    number = np.bincount(street.lane_link[:lanes][ending], minlength=street.arcs.nodes)
    label, flow, sigma = counts.label.copy(), counts.flow_veh_per_h.copy(), counts.sigma_veh_per_h.copy()
    bound, names = counts.bound.copy(), list(counts.lane_ids)
    kept = np.ones(len(label), dtype=bool)
    kept[mine] = False
    for link in np.unique(counts.link[mine]).tolist():
        rows = mine[counts.link[mine] == link]
        first = int(rows[0])
        kept[first] = True
        label[first] = lanes + link
        flow[first], sigma[first] = flow[rows].sum(), np.sqrt((sigma[rows] ** 2).sum())
        bound[first] = bound[rows].any() or len(np.unique(counts.label[rows])) < number[link]
        names[first] = ", ".join(counts.lane_ids[row] for row in rows.tolist())
    return Counts(
        kind=counts.kind[kept],
        label=label[kept],
        link=counts.link[kept],
        flow_veh_per_h=flow[kept],
        sigma_veh_per_h=sigma[kept],
        bound=bound[kept],
        lane_ids=tuple(names[row] for row in np.flatnonzero(kept).tolist()),
    )


def _sigma(flow_veh_per_h: Vector, observed_s: Vector) -> Vector:
    counted_veh = flow_veh_per_h * observed_s / 3600.0
    variance_veh2 = np.maximum(counted_veh, 1.0) + (RELATIVE_COUNT_ERROR * counted_veh) ** 2
    sigma: Vector = np.sqrt(variance_veh2) * 3600.0 / observed_s
    return sigma
