"""What the flows say: days, period, quality, peak, hidden vehicles, movement flows and their fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from signals.cli import wiring
from signals.cli.verbs import check_period
from signals.flows.choice import DemandChoice
from signals.service.demand_told import demand_told, profile_told
from signals.service.estimate import Counted, Estimated, count, estimate_demand
from signals.service.made_for import doubt, hidden_in_words
from signals.service.request import DONE
from signals.watch import Watch

_SHOWN = 12


def show_flows(
    flows_path: Path,
    network_path: Path,
    detectors: tuple[Path, ...],
    begin_s: float | None,
    end_s: float | None,
    zone: str | None,
    choice: DemandChoice,
    as_json: bool,
) -> int:
    """Quality of the data, the demand that was chosen of it, movement flows and their fit."""
    check_period(begin_s, end_s)
    network = wiring.read_street(network_path, detectors, ())
    watch = Watch()
    records = wiring.read_records(flows_path, zone, watch)
    counted = count(records, network, begin_s, end_s, zone, watch, choice)
    estimated = estimate_demand(network, counted, watch)
    if as_json:
        print(json.dumps(_document(counted, estimated), indent=2))
    else:
        print("\n".join((*_of_counts(counted), *_of_demand(counted, estimated), *_of_movements(estimated))))
    return DONE


def _document(counted: Counted, estimated: Estimated) -> dict[str, object]:
    flows, demand = counted.whole, estimated.whole
    return {
        "period_s": [counted.period.begin_s, counted.period.end_s],
        "zone": counted.zone,
        "detectors": {"used": len(flows.matched), "unknown": list(flows.unmatched), "silent": list(flows.silent)},
        "dropped": [asdict(dropped) for dropped in flows.dropped],
        "demand": asdict(demand_told(counted, estimated)),
        "profile": [asdict(row) for row in profile_told(counted.profile)],
        "residuals": [asdict(residual) for residual in demand.residuals],
        "movements": [asdict(movement) for movement in demand.movements],
    }


def _of_counts(counted: Counted) -> Iterator[str]:
    flows, period = counted.whole, counted.period
    found = ", the busiest hour of what was counted (--begin and --end choose another)" if counted.hour_found else ""
    yield f"period {period.begin_s:.0f} to {period.end_s:.0f} s after midnight, zone {counted.zone}{found}"
    if len(flows.days) > 1:
        said = f"percentile {counted.choice.percentile:g} over them, detector by detector"
        yield f"days: {len(flows.days)}, {flows.days[0]} to {flows.days[-1]}; {said}"
    yield f"detectors: {len(flows.matched)} used, {len(flows.unmatched)} not in the network, {len(flows.silent)} silent"
    for dropped in flows.dropped[:_SHOWN]:
        yield f"  dropped {dropped.detector_id}: {dropped.test}: {dropped.found}"
    if len(flows.dropped) > _SHOWN:
        yield f"  ... and {len(flows.dropped) - _SHOWN} more"
    imputed = sorted(flows.over.imputed)
    if imputed:
        more = f" and {len(imputed) - _SHOWN} more" if len(imputed) > _SHOWN else ""
        yield f"imputed, counted on fewer than half of the days: {', '.join(imputed[:_SHOWN])}{more}"


def _of_demand(counted: Counted, estimated: Estimated) -> Iterator[str]:
    growth, hidden, peak = estimated.whole.growth, counted.whole.hidden, estimated.peak
    yield f"counts censored or imputed: {100 * counted.doubtful_share:.0f} %"
    if counted.doubtful:
        yield doubt(counted)
    yield from map(hidden_in_words, hidden[:_SHOWN])
    if len(hidden) > _SHOWN:
        yield f"  ... and {len(hidden) - _SHOWN} more entries with a queue over their detectors"
    if growth != 1.0:
        yield f"growth: factor {growth:g}, in every flow below"
    if peak is None:
        yield "peak 15 minutes: not known (an hour or more in intervals of at most 15 minutes tells)"
        return
    yield f"peak 15 minutes from {peak.quarter.begin_s:.0f} s; peak hour factor of the network {peak.factor:.2f}"
    rows = sorted(peak.intersections, key=lambda row: (row.factor, row.intersection_id))
    for row in rows[:_SHOWN]:
        yield (
            f"  {row.intersection_id[-24:]:>24}  PHF {row.factor:.2f}  {row.hour_veh:.0f} veh in the hour,"
            f" {row.peak15_veh_per_h:.0f} veh/h in its peak 15 minutes"
        )
    if len(rows) > _SHOWN:
        yield f"  ... and {len(rows) - _SHOWN} more"


def _of_movements(estimated: Estimated) -> Iterator[str]:
    demand = estimated.whole
    good = [residual for residual in demand.residuals if residual.geh < 5 or residual.censored]
    if demand.residuals:
        yield f"fit: GEH below 5 at {len(good)} of {len(demand.residuals)} counted links"
    yield f"{'from':>24} {'to':>24}  veh/h  knowledge"
    for movement in sorted(demand.movements, key=lambda m: -m.flow_veh_per_h):
        if movement.flow_veh_per_h >= 1:
            yield (
                f"{movement.from_link_id[-24:]:>24} {movement.to_link_id[-24:]:>24} {movement.flow_veh_per_h:6.0f}"
                f"  {movement.knowledge.value}{' (at least)' if movement.censored else ''}"
            )
