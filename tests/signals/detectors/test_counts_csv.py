"""Counts as comma separated text: what is read, and that every fault is named with its line."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from networks.faults import InputError
from signals.detectors import _open, _table, counts_csv
from signals.flows import RECORD_COLUMNS, check_records
from signals.watch import OutOfTime

HEADER = "detector,start,duration,count,occupancy,speed\n"


def written(folder: Path, text: str | bytes, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_reads_instants_with_their_zone_and_keeps_missing_missing(tmp_path: Path) -> None:
    text = "# from the archive\n" + HEADER
    text += "d1,2026-03-02T07:00:00+01:00,300,12,0.10,8.5\nd1,2026-03-02T06:05:00Z,300,,,\n"
    text += "-e#1_0,2026-03-02T06:00:00Z,300,0,0,\n"
    records = counts_csv.read(written(tmp_path, text))
    assert tuple(records.columns) == RECORD_COLUMNS
    check_records(records)
    assert records["detector_id"].tolist() == ["-e#1_0", "d1", "d1"]
    assert records["start"][1] == pd.Timestamp("2026-03-02T06:00:00Z")
    assert records["count_veh"][1] == 12.0
    assert records.loc[2, ["count_veh", "occupancy_share", "speed_m_per_s"]].isna().all()
    assert records["count_veh"][0] == 0.0


def test_seconds_count_from_local_midnight_of_the_day(tmp_path: Path) -> None:
    path = written(tmp_path, "detector,start,duration,count\nd1,25200,300,3\n")
    assert counts_csv.read(path)["start"][0] == pd.Timestamp("2000-01-03T07:00:00Z")
    summer = counts_csv.read(path, zone="Europe/Berlin", day=date(2026, 7, 1))
    assert summer["start"][0] == pd.Timestamp("2026-07-01T05:00:00Z")


def test_many_days_and_percent_and_gzip(tmp_path: Path) -> None:
    rows = [f"d1,2026-03-{day:02d}T07:00:00Z,900,{day},{day}" for day in range(1, 29)]
    text = "detector,start,duration,count,occupancy_percent\n" + "\n".join(rows)
    records = counts_csv.read(written(tmp_path, gzip.compress(text.encode()), "counts.any"))
    assert len(records) == 28
    assert records["occupancy_share"][9] == pytest.approx(0.10)


def test_quotes_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    text = '\ufeff"detector","start","duration","count"\r\n"d1","0","300","4"\r\n'
    assert counts_csv.read(written(tmp_path, text))["count_veh"].tolist() == [4.0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("d1,2026-03-02T07:00:00,300,1,,", "no zone"),
        ("d1,2026-13-02T07:00:00Z,300,1,,", "ISO 8601"),
        ("d1,0001-01-01T00:00:00+01:00,300,1,,", "a year from"),
        ("d1,yesterday,300,1,,", "ISO 8601"),
        ("d1,-5,300,1,,", "0 or more"),
        ("d1,nan,300,1,,", "0 or more"),
        ("d1,0,300,NaN,,", "whole number"),
        ("d1,0,300,-1,,", "whole number"),
        ("d1,0,300,2.5,,", "whole number"),
        ("d1,0,300,1e9,,", "whole number"),
        ("d1,0,300,1_0,,", "whole number"),
        ("d1,0,300,inf,,", "whole number"),
        ("d1,0,0,1,,", "above 0"),
        ("d1,0,,1,,", "above 0"),
        ("d1,0,90000,1,,", "at most 86400"),
        ("d1,0,300,1,1.2,", "occupancy_percent"),
        ("d1,0,300,1,-0.1,", "a share from 0 to 1"),
        ("d1,0,300,1,,-1", "m/s"),
        ("d1,0,300,1,,fast", "m/s"),
        ("=1+1,0,300,1,,", "formula"),
        ("-1+cmd|' /C calc'!A0,0,300,1,,", "formula"),
        ("@SUM(A1),0,300,1,,", "formula"),
        ("../etc/passwd,0,300,1,,", "an id of letters"),
        (",0,300,1,,", "an id of letters"),
        ("d1,0,300", "6 cells"),
        ('d1,0,300,"1,,', "unfinished quote"),
        ("d1,0,300,=1+1,,", "whole number"),
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    first = "2026-01-01T00:00:00Z" if "T0" in row or "yesterday" in row else "1"
    with pytest.raises(InputError) as caught:
        counts_csv.read(written(tmp_path, f"{HEADER}d0,{first},300,1,,\n{row}\n"))
    assert said in str(caught.value)
    assert "line 3" in str(caught.value)


def test_all_faults_come_at_once_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = "".join(f"d1,{300 * i},300,{-i},,\n" for i in range(1, 31))
    with pytest.raises(InputError) as caught:
        counts_csv.read(written(tmp_path, HEADER + rows))
    assert len(caught.value.faults) == 21
    assert "and 10 more" in str(caught.value)


def test_mixed_clocks_duplicates_and_overlaps(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not both"):
        counts_csv.read(written(tmp_path, HEADER + "d1,0,300,1,,\nd1,2026-03-02T07:00:00Z,300,1,,\n"))
    with pytest.raises(InputError, match=r"line 3.*the same start as line 2"):
        counts_csv.read(written(tmp_path, HEADER + "d1,0,300,1,,\nd1,0,300,1,,\n"))
    with pytest.raises(InputError, match="overlap with line 2"):
        counts_csv.read(written(tmp_path, HEADER + "d1,0,300,1,,\nd1,299,300,1,,\n"))
    same_instant = "d1,2026-03-02T07:00:00+01:00,300,1,,\nd1,2026-03-02T06:00:00Z,300,1,,\n"
    with pytest.raises(InputError, match="the same start"):
        counts_csv.read(written(tmp_path, HEADER + same_instant))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("detector,start,count\nd1,0,1\n", "no column 'duration'"),
        ("detector;start;duration;count\nd1;0;300;1\n", "separated by semicolons"),
        ("detector,start,duration,count,colour\n", "unknown column 'colour'"),
        ("detector,start,duration,count,count\n", "more than once"),
        (HEADER, "a header without rows"),
        ("# nothing\n", "no header"),
        ("", "an empty file"),
        (b"detector,start,duration,count\nd\xff,0,300,1\n", "UTF-8"),
        (b"detector,start\0,duration,count\n", "binary"),
        (b"\x1f\x8b\x08\x00broken", "damaged or cut off"),
        (gzip.compress(b"detector,start,duration,count\n" + b"d1,0,300,1\n" * 9, mtime=0)[:-12], "damaged or cut off"),
        (b"d" * 5000, "line length"),
    ],
)
def test_unusable_files(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        counts_csv.read(written(tmp_path, text))


def test_files_that_are_not_there_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no such file"):
        counts_csv.read(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="not a regular file"):
        counts_csv.read(tmp_path)
    path = written(tmp_path, HEADER + "d1,0,300,1,,\nd1,300,300,1,,\n")
    monkeypatch.setattr(_table, "LARGEST_ROW_COUNT", 1)
    with pytest.raises(InputError, match="more than 1 rows"):
        counts_csv.read(path)
    monkeypatch.setattr(_open, "LARGEST_FILE_BYTES", 10)
    with pytest.raises(InputError, match="file size"):
        counts_csv.read(path)


def test_a_small_file_that_unpacks_to_a_large_one_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"d" * 3_000_000))
    with pytest.raises(InputError, match="content size"):
        list(_open.chunks(path, largest_content_bytes=1_000_000))


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    for zone in ("Middle/Earth", "../../etc/passwd", "", "\0"):
        with pytest.raises(InputError, match="time zone"):
            counts_csv.read(written(tmp_path, HEADER + "d1,0,300,1,,\n"), zone=zone)


def test_a_reading_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    """Between pieces of a file somebody may say that time is over."""
    path = tmp_path / "many.csv"
    path.write_text("detector,start,duration,count\n" + "".join(f"d,{60 * i},60,1\n" for i in range(40_000)))
    asked = []

    def check() -> None:
        asked.append(len(asked))
        if len(asked) > 1:
            raise OutOfTime

    with pytest.raises(OutOfTime):
        counts_csv.read(path, check=check)
    assert len(asked) == 2
