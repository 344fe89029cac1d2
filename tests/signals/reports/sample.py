"""A report with everything in it, of a street that does not exist."""

from __future__ import annotations

from signals.drawings import (
    Band,
    CorridorSignal,
    DayQuarter,
    GroupTimeline,
    MapLink,
    MapSignal,
    RingSlot,
    StageArrow,
    StagePicture,
    Trajectory,
    Window,
    through_bands,
)
from signals.reports import (
    ApproachRow,
    Corridor,
    DataQualityRow,
    DemandFitRow,
    DemandPart,
    Gain,
    Guard,
    InheritedFaultRow,
    JunctionReport,
    Measure,
    MovementRow,
    Note,
    PeakRow,
    PlanChange,
    ReportContent,
    Safety,
    SheetFact,
    SheetGroup,
    SheetRow,
    Source,
    TimingSheet,
)

DIGEST = "3f5a9c1de07b42886f1c0d9be4a7725310c6e8fb94d2a1735be06c48d91f7a20"


def empty() -> ReportContent:
    """Nothing known but that nothing was found."""
    return ReportContent(title="Nothing", decision="kept", verdict=None, reason="", profile="literature")


def full(junction_id: str = "J4") -> ReportContent:
    """Every field filled; `junction_id` may be hostile."""
    main = tuple(_arrow(f"{a} to {b}", a, b) for a, b in (("N", "S"), ("S", "N"), ("N", "W"), ("S", "E")))
    lefts = (_arrow("N to E", "N", "E", True), _arrow("S to W", "S", "W", True))
    side = tuple(_arrow(f"{a} to {b}", a, b) for a, b in (("E", "W"), ("W", "E"), ("W", "S"), ("E", "N")))
    stages = (
        StagePicture("main", 40, (*main, *lefts)),
        StagePicture("lefts", 10.5, (_arrow("N to E", "N", "E"), _arrow("S to W", "S", "W"))),
        StagePicture("side", 25, (*side, StageArrow("crossing north", 0, None, kind="crossing"), _unplaced())),
    )
    junction = JunctionReport(
        id=junction_id,
        name="Market Street / Mill Lane",
        cycle_before_s=90,
        cycle_after_s=80,
        changes=(
            PlanChange("cycle", "90 s", "80 s", "common cycle of the group; critical v/c 0.82"),
            PlanChange("offset (start of stage main)", "12 s", "47 s", "platoon from J3 arrives 31 s after its green"),
            PlanChange("green of stage side", "25 s", "20 s", ""),
        ),
        leg_degs=(0, 90, 180, 270),
        stages_before=stages,
        stages_after=(*stages[:2], StagePicture("side", 20, stages[2].arrows)),
        timeline=(
            _row(
                "0: N to S, N to W", ((0, 40, "green"), (40, 43, "yellow")), ((70, 112, "green"), (112, 115, "yellow"))
            ),
            _row("1: N to E", ((0, 40, "yielding"), (45, 55, "green"), (55, 58, "yellow")), ((70, 110, "yielding"),)),
            _row("2: E to W", ((60, 85, "green"), (85, 88, "yellow")), ((42, 62, "green"), (62, 65, "yellow"))),
            GroupTimeline("3: not known before", None, (Window(1, 9, "red-amber"),)),
        ),
        movements=(
            _movement("n_in->s_out", "through", 612, (31.2, 24.8), ("C", "C"), (0.91, 0.83)),
            _movement("e_in->w_out", "through", 205, (38.0, 41.5), ("D", "D"), (0.55, 0.68)),
            MovementRow("w_in->n_out", "left", knowledge="unidentifiable"),
        ),
        remarks=("Left turns from the main street stay protected-permitted.",),
    )
    return ReportContent(
        title="Market Street, morning peak",
        decision="recommended",
        verdict="better",
        reason="Total delay falls and every guard held.",
        profile="literature",
        plan_digest=DIGEST,
        network_name="market.net.xml",
        period="07:00 to 08:00",
        created_utc="2026-11-23 12:00 UTC",
        version="0.1.0",
        command="greenband plan --network market.net.xml --flows counts.csv --out result",
        gain=Gain(84.2, 61.9, -22.3, -26.0, -18.6, 6, -0.265, -0.309, -0.221),
        notes=(Note("approach e_in of J4", "delay rises from 38.0 to 41.5 s per vehicle, within the guard"),),
        guards=(
            Guard("approaches", True, "worst +3.5 s at e_in", "max(10 s, 15 %) where it ends above 35 s"),
            Guard("teleports", True, "2 fewer than before", "none more"),
        ),
        measures=(
            Measure("delay per vehicle due", 84.2, 61.9, "s/veh"),
            Measure("stops", 5120, 4410, "", 0),
            Measure("CO₂", None, None, "kg"),
        ),
        approaches=(
            ApproachRow(junction_id, "n_in", 640, 44.0, 31.0, 96, 70, 180),
            ApproachRow(junction_id, "e_in", 210, 38.0, 41.5, 45, 51, 50),
            ApproachRow("J5", "x_in", 333, 61.0, 45.0),
        ),
        map_links=(
            MapLink(((0, 0), (300, 10), (620, 0)), 0.8),
            MapLink(((300, 10), (310, 300))),
            MapLink(((300, 10), (290, -200)), 0.3),
        ),
        map_signals=(
            MapSignal(junction_id, 300, 10),
            MapSignal("J5", 620, 0, "kept"),
            MapSignal("J6", 310, 300, "worse"),
        ),
        corridors=(corridor(junction_id),),
        junctions=(junction, JunctionReport(id="J5", untouched=True, remarks=("Left untouched: inherited fault.",))),
        demand=DemandPart(
            "07:00 to 08:00, zone UTC",
            "DOUBTFUL DEMAND: 31 %",
            ("Growth: 1.05.",),
            ("queue over the detectors of entry n_in",),
            (PeakRow("J1", 1200, 1500, 0.8),),
            (DayQuarter(25_200, 400, 300, 500), DayQuarter(26_100, 450, 300, 520)),
            (25_200, 28_800),
        ),
        detectors_used=41,
        detectors_dropped=3,
        data_quality=(
            DataQualityRow("e1_17", "stuck", 0.4, "one count all day"),
            DataQualityRow("e1_3", "gap"),
        ),
        demand_fit=(
            DemandFitRow("n_in", 640, 612, 1.1),
            DemandFitRow("e_in", 300, 205, 6.0),
            DemandFitRow("w_in", 150, 240, 6.4, True),
        ),
        demand_notes=("Two entry links without a detector: inferred by balance.",),
        movements_by_knowledge=(("observed", 20), ("inferred", 7), ("unidentifiable", 2)),
        safety=Safety(
            True,
            ("conflicts", "intergreens", "minimum green"),
            (),
            (("yellow", "running program"), ("cycle", "profile")),
        ),
        inherited_faults=(
            InheritedFaultRow("missing-yellow", "J5", "group 3", "0 s", "3 s", "junction left untouched"),
        ),
        not_modelled=("Public transport priority.", "Weather."),
        assumptions=("Saturation flow 1 800 veh/h per lane where none was measured.",),
        seeds=(1, 2, 3, 4, 5, 6),
        sources=(Source("network", DIGEST), Source("counts", DIGEST, "2026-11-02 to 2026-11-06")),
        sheets=(sheet(junction_id), sheet("J6", in_rings=True)),
    )


def sheet(junction_id: str, *, in_rings: bool = False) -> TimingSheet:
    """A sheet with everything on it."""
    slots = ((RingSlot(1, 10, 3, 2, 1, "0"), RingSlot(2, 29, 3, 2, label=junction_id, coordinated=True)),)
    rows = (
        SheetRow("1", "0, (3)", 0, 16, 15, 12, ("10 (min. 5)", "3"), "coordinated"),
        SheetRow("2", junction_id, 16, 34, None, 40, ("29 (min. 35)", "3")),
    )
    return TimingSheet(
        junction_id=junction_id,
        name=junction_id,
        plan_digest=DIGEST,
        profile="field",
        facts=(SheetFact("cycle", "50 s", "60 s"), SheetFact("control", "fixed", "fixed")),
        rows=rows,
        detail_columns=("green", "yellow"),
        groups=(
            SheetGroup(junction_id, "0–10", 10, 12, 5, ("5 a", "3 b")),
            SheetGroup("3", "", None, None, 5, ("", "")),
        ),
        input_columns=("min. green", "yellow"),
        sources=(("a", "profile field"), ("b", f"timing sheet {junction_id}")),
        matrix_columns=("0", "3"),
        matrix=(("0", ("", "5")), (junction_id, ("?", ""))),
        rings=(slots,) if in_rings else (),
        stages=() if in_rings else (StagePicture(junction_id, 10, (_arrow("N to S", "N", "S"),)),),
        leg_degs=(0, 180),
    )


def corridor(junction_id: str) -> Corridor:
    """Three signals with a band in either direction."""
    distances_m, speed_m_per_s = (0.0, 400.0, 700.0), 12.5
    cycle_s = 80.0
    forward = (((0.0, 40.0),), ((30.0, 72.0),), ((50.0, 95.0),))
    backward = (((10.0, 45.0),), ((40.0, 78.0),), ((5.0, 50.0),))
    travel_s = [distance / speed_m_per_s for distance in distances_m]
    back_s = [(700.0 - distance) / speed_m_per_s for distance in reversed(distances_m)]
    signals = tuple(
        CorridorSignal(label, distance, cycle_s, ahead, back)
        for label, distance, ahead, back in zip(("J3", junction_id, "J5"), distances_m, forward, backward, strict=True)
    )
    bands = [
        Band(True, tuple((d, a + t, b + t) for d, t in zip(distances_m, travel_s, strict=True)), cycle_s)
        for a, b in through_bands(forward, travel_s, cycle_s)
    ] + [
        Band(False, tuple((d, a + t, b + t) for d, t in zip(reversed(distances_m), back_s, strict=True)), cycle_s)
        for a, b in through_bands(tuple(reversed(backward)), back_s, cycle_s)
    ]
    return Corridor(
        name="Market Street",
        directions=("eastbound", "westbound"),
        before=signals,
        after=signals,
        bands_after=tuple(bands),
        trajectories_after=(Trajectory(True, ((5.0, 0.0), (37.0, 400.0), (61.0, 700.0))),),
        speed_m_per_s=speed_m_per_s,
    )


def _arrow(label: str, from_leg: str, to_leg: str, yielding: bool = False) -> StageArrow:
    bearing = {"N": 0.0, "E": 90.0, "S": 180.0, "W": 270.0}
    return StageArrow(label, bearing[from_leg], bearing[to_leg], yielding)


def _unplaced() -> StageArrow:
    return StageArrow("tram", None, None)


def _row(
    label: str, before: tuple[tuple[float, float, str], ...], after: tuple[tuple[float, float, str], ...]
) -> GroupTimeline:
    return GroupTimeline(label, tuple(Window(*w) for w in before), tuple(Window(*w) for w in after))


def _movement(
    movement_id: str,
    turn: str,
    flow_veh_per_h: float,
    hcm: tuple[float, float],
    los: tuple[str, str],
    vc: tuple[float, float],
) -> MovementRow:
    measured = (44.0, 31.0, 96, 70, 180)
    return MovementRow(movement_id, turn, "N", "0", flow_veh_per_h, "observed", *hcm, *los, *vc, *measured)
