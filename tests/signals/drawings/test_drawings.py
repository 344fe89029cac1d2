"""Each drawing: well-formed, with a text alternative, right in what can be counted, calm when values are missing."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from signals.drawings import (
    Band,
    BeforeAfter,
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
    day_profile,
    delay_bars,
    map_sketch,
    ring_barrier,
    signal_timeline,
    stage_diagram,
    svg,
    time_space,
)
from signals.drawings.time_space import FORWARD

HOSTILE = "<script>alert('&')</script>"


def stages(title: str = "Stages") -> str:
    arrows = (
        StageArrow("N to S", 0, 180),
        StageArrow("N to E", 0, 90, True),
        StageArrow(HOSTILE, None, None),
        StageArrow("crossing", 90, None, kind="crossing"),
        StageArrow("u-turn", 0, 0),
    )
    return stage_diagram([StagePicture("1", 30, arrows), StagePicture("2", None, ())], (0, 90, 180), title)


def timeline(title: str = "Timeline") -> str:
    row = GroupTimeline(HOSTILE, (Window(0, 30, "green"), Window(30, 33, "yellow")), (Window(70, 95, "yielding"),))
    return signal_timeline([row, GroupTimeline("1", None, None)], 90, 80, title)


def diagram(title: str = "Corridor") -> str:
    signals = [
        CorridorSignal("A", 0, 80, ((0, 40),), ((10, 30),)),
        CorridorSignal(HOSTILE, 500, 80, ((70, 110),), None),
    ]
    bands = [Band(True, ((0, 0, 30), (500, 40, 70)), 80)]
    return time_space(signals, title, bands=bands, trajectories=[Trajectory(True, ((0, 0), (40, 500)))])


def bars(title: str = "Delay") -> str:
    return delay_bars([BeforeAfter("A", 10, 8), BeforeAfter(HOSTILE, None, 3)], title)


def sketch(title: str = "Map") -> str:
    links = [MapLink(((0, 0), (100, 0)), 1.0), MapLink(((5, 5),))]
    return map_sketch(links, [MapSignal(HOSTILE, 100, 0), MapSignal("B", 0, 0, "worse")], title)


def rings(title: str = "Rings") -> str:
    first = (
        (RingSlot(1, 10, 3, 2, label=HOSTILE), RingSlot(2, 30, 3, 2, coordinated=True)),
        (RingSlot(4, 34, 3, 2, 1),),
    )
    return ring_barrier((first, ((RingSlot(6, 45, 3, 2),), ())), title)


def day(title: str = "Day") -> str:
    quarters = [DayQuarter(900.0 * at, 100.0 + at, 80.0, 150.0) for at in (24, 25, 26, 27, 40, 41)]
    return day_profile(quarters, (21_600, 25_200), title, peak15_s=(24_300, 25_200), line_says=HOSTILE)


@pytest.mark.parametrize("draw", [stages, timeline, diagram, bars, sketch, rings, day])
def test_every_drawing_is_well_formed_named_and_described(draw: Callable[[str], str]) -> None:
    text = draw("A <title> & more")
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.findtext("title") == "A <title> & more"
    assert root.findtext("desc")
    assert not [element for element in root.iter() if element.tag == "script"]
    assert "http" not in text


@pytest.mark.parametrize(
    "drawing",
    [
        stage_diagram([], (), "Nothing"),
        signal_timeline([], 90, 90, "Nothing"),
        signal_timeline([GroupTimeline("0", None, None)], None, None, "Nothing"),
        time_space([], "Nothing"),
        delay_bars([], "Nothing"),
        delay_bars([BeforeAfter("A", None, None)], "Nothing"),
        map_sketch([], [], "Nothing"),
        day_profile([], (0, 3600), "Nothing"),
        ring_barrier((), "Nothing"),
        ring_barrier((((),),), "Nothing"),
    ],
)
def test_nothing_to_draw_is_said(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    assert root.findtext("desc").endswith(("not available", "two signals or more"))


def test_a_day_is_broken_where_nothing_was_counted() -> None:
    root = ElementTree.fromstring(day())
    lines = [line.get("points", "").split() for line in root.iter("polyline")]
    assert [len(line) for line in lines] == [4, 2]
    frames = [frame for frame in root.iter("rect") if frame.get("fill") == "none"]
    widths = [float(frame.get("width", 0)) for frame in frames][:2]
    assert widths[0] == pytest.approx(4 * widths[1], abs=0.05)


def _rectangles(drawing: str, fill: str) -> list[tuple[float, float]]:
    found = [rect for rect in ElementTree.fromstring(drawing).iter("rect") if rect.get("fill") == fill]
    return [(float(rect.get("x")), float(rect.get("width"))) for rect in found]


def test_a_green_over_the_end_of_the_cycle_is_drawn_in_two_pieces() -> None:
    drawing = signal_timeline([GroupTimeline("0", (Window(70, 110, "green"),), None)], 80, 80, "t")
    (first_x, first_width), (second_x, second_width) = sorted(r for r in _rectangles(drawing, svg.GREEN) if r[1] != 18)
    assert first_width == pytest.approx(3 * second_width, abs=0.05)  # 30 s at the start, 10 s at the end
    assert first_x < second_x


def test_time_space_shows_at_least_two_cycles_and_all_reds() -> None:
    drawing = time_space(
        [CorridorSignal("A", 0, 60, ((0, 20),)), CorridorSignal("B", 300, 90, ((80, 100),))], "t", horizon_s=10
    )
    assert "180 s" in ElementTree.fromstring(drawing).findtext("desc")
    reds = [width for x, width in _rectangles(drawing, svg.INK) if x < 140 + 650]
    scale = 640 / 180
    red_s = sum(reds) / scale - 18 / scale  # less the mark in the legend
    assert red_s == pytest.approx(3 * 40 + 2 * 70, abs=0.1)


def test_bands_are_cut_at_the_frame() -> None:
    polygons = [
        [tuple(map(float, point.split(","))) for point in polygon.get("points").split()]
        for polygon in ElementTree.fromstring(diagram()).iter("polygon")
    ]
    assert len(polygons) == 3  # two whole and the end of one that began before
    assert all(150 - 1e-6 <= x <= 790 + 1e-6 for polygon in polygons for x, _ in polygon)
    assert FORWARD in diagram()


def test_yielding_greens_are_dashed_and_left_hand_traffic_is_mirrored() -> None:
    picture = [StagePicture("1", 30, (StageArrow("N to S", 0, 180),))]
    assert "stroke-dasharray" in stages()
    assert "stroke-dasharray" not in stage_diagram(picture, (0, 180), "t")
    right = stage_diagram(picture, (0, 180), "t")
    left = stage_diagram(picture, (0, 180), "t", left_hand_traffic=True)
    assert right != left


def test_ring_phases_are_as_long_as_their_splits_and_barriers_stand_under_each_other() -> None:
    root = ElementTree.fromstring(rings())
    assert root.findtext("desc") == "Ring 1: 1 for 15 s, 2 for 35 s | 4 for 40 s; Ring 2: 6 for 50 s | nothing"
    scale = 620 / 90
    boxes = sorted(_rectangles(rings(), "#f6f7f9"))
    expected = [(0, 15), (0, 50), (15, 35), (50, 40)]
    assert [(x - 52, width) for x, width in boxes] == [
        (pytest.approx(start_s * scale, abs=0.05), pytest.approx(length_s * scale, abs=0.05))
        for start_s, length_s in expected
    ]
    barriers = {round(float(line.get("x1")) - 52) for line in root.iter("line")}
    assert {round(s * scale + d) for s in (0, 50, 90) for d in (-1.6, 1.6)} == barriers
    assert "2*" in [text.text for text in root.iter("text")]


def test_an_unknown_value_is_no_bar() -> None:
    drawing = delay_bars([BeforeAfter("A", None, 5)], "t")
    assert "A: not available to 5.0" in drawing
    assert len(_rectangles(drawing, svg.BEFORE)) == 1  # the legend's


def test_many_signals_are_not_labelled_but_keep_their_tooltips() -> None:
    drawing = map_sketch([], [MapSignal(f"S{i}", i, 0) for i in range(41)], "t")
    labels = [text.text for text in ElementTree.fromstring(drawing).iter("text")]
    assert not [label for label in labels if label and label.startswith("S")]
    assert drawing.count("<circle") == 42
