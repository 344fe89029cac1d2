"""Every file in `signals/detectors` with a `read` keeps the contract of a source of counts.

It knows its content, yields the declared table, the same every time, with what is missing left missing; nothing is made
up, nothing carried over from one record to another; bad input is refused with all its faults by line.
"""

from __future__ import annotations

import gzip
import os
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.faults import InputError
from signals import parts
from signals.files import head
from signals.flows.records import DETECTOR_RECORDS, RECORD_COLUMNS, TURN_COLUMNS, TURNING_COUNTS, check_records
from tests.contracts.handed_in import FOLDER, damaged, refusal, sample

MEMBERS = parts.find("source")
COLUMNS = {DETECTOR_RECORDS: RECORD_COLUMNS, TURNING_COUNTS: TURN_COLUMNS}


@pytest.fixture(params=list(MEMBERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(name: str) -> ModuleType:
    return MEMBERS[name]


def sound(frame: pd.DataFrame, kind: str) -> None:
    """The declared table, with possible values only."""
    assert tuple(frame.columns) == COLUMNS[kind]
    ids = list(COLUMNS[kind][: COLUMNS[kind].index("start")])
    if kind == DETECTOR_RECORDS:
        check_records(frame)
    assert str(frame["start"].dt.tz) == "UTC"
    assert (frame["duration_s"] > 0).all()
    counts = frame["count_veh"].dropna()
    assert ((counts >= 0) & (counts == np.floor(counts)) & np.isfinite(counts)).all()
    assert frame.sort_values([*ids, "start"], kind="stable", ignore_index=True).equals(frame)
    assert not frame.duplicated([*ids, "start"]).any()


def rows(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return {tuple(map(str, row)) for row in frame.itertuples(index=False)}


def test_its_content_is_its_own(name: str, member: ModuleType) -> None:
    assert member.CONTENT
    assert member.KIND in COLUMNS
    own = sample("source", name)
    assert parts.of_content("source", own) is member
    others = [path for path in FOLDER.rglob("good.*") if path.parent != own.parent]
    assert [path for path in others if member.accepts(head(path))] == []


def test_it_yields_the_declared_table_and_leaves_missing_what_is_missing(name: str, member: ModuleType) -> None:
    frame = member.read(sample("source", name))
    sound(frame, member.KIND)
    assert frame.isna().to_numpy().any(), "the sample has no missing value"
    assert (frame["count_veh"] == 0).any(), "the sample has no count of zero beside it"


def test_the_same_file_is_the_same_table(name: str, member: ModuleType, tmp_path: Path) -> None:
    path = sample("source", name)
    frame = member.read(path)
    packed = tmp_path / "counts.bin"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for again in (member.read(path), member.read(packed)):
        pd.testing.assert_frame_equal(again, frame, check_exact=True)


def test_a_line_less_is_records_less_and_no_others(name: str, member: ModuleType, tmp_path: Path) -> None:
    path = sample("source", name)
    whole = rows(member.read(path))
    lines = path.read_bytes().splitlines(keepends=True)
    fewer = 0
    for left_out in range(len(lines)):
        cut = tmp_path / path.name
        cut.write_bytes(b"".join(lines[:left_out] + lines[left_out + 1 :]))
        if refusal(lambda: member.read(cut), cut) is None:  # noqa: B023
            left = rows(member.read(cut))
            assert left <= whole
            fewer += len(left) < len(whole)
    assert fewer >= 3, "the sample has records that do not stand on a line each"


def test_zone_and_day_move_all_starts_alike_and_nothing_else(name: str, member: ModuleType) -> None:
    path = sample("source", name)
    plain = member.read(path)
    moved = member.read(path, zone="Asia/Tokyo", day=date(2026, 3, 2))
    assert (moved["start"] - plain["start"]).nunique() == 1
    pd.testing.assert_frame_equal(moved.drop(columns="start"), plain.drop(columns="start"))
    with pytest.raises(InputError, match="zone"):
        member.read(path, zone="Mars/Olympus")


def test_all_faults_are_told_at_once_with_their_lines(name: str, member: ModuleType) -> None:
    path = sample("source", name, "faulty")
    error = refusal(lambda: member.read(path), path)
    assert error is not None
    lines = {fault.where for fault in error.faults if "line" in fault.where}
    assert len(lines) >= 2, error


@pytest.mark.parametrize("kind", ["missing", "a folder", "empty", "a pipe", "binary"])
def test_what_is_no_file_of_its_kind_is_refused(kind: str, member: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "handed-in"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind != "missing":
        path.write_bytes(b"" if kind == "empty" else bytes(range(256)) * 64)
    with pytest.raises(InputError, match="handed-in"):
        member.read(path)


@settings(max_examples=400)
@given(data=st.data())
def test_hostile_content_is_refused_or_read_as_a_sound_table(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = data.draw(st.sampled_from(list(MEMBERS)))
    good = sample("source", name)
    folder = tmp_path_factory.getbasetemp() / "hostile-source"
    folder.mkdir(exist_ok=True)
    path = folder / good.name
    path.write_bytes(data.draw(damaged(good.read_bytes())))
    error = refusal(lambda: MEMBERS[name].read(path), path)
    if error is None:
        sound(MEMBERS[name].read(path), MEMBERS[name].KIND)
