"""Induction loop output: what is read, and what is refused."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from networks.faults import InputError
from signals.detectors import sumo_e1
from signals.flows import check_records

ROW = (
    '<interval begin="{begin}" end="{end}" id="{id}" nVehContrib="{count}" flow="1" occupancy="{occ}" speed="{speed}"/>'
)


def row(
    id: str = "d1", begin: object = 0, end: object = 300, count: object = 5, occ: object = 10.0, speed: object = 9.5
) -> str:
    return ROW.format(id=id, begin=begin, end=end, count=count, occ=occ, speed=speed)


def written(
    folder: Path, *rows: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n', root: str = "detector"
) -> Path:
    path = folder / "e1.xml"
    path.write_text(f"{head}<{root}>\n" + "\n".join(rows) + f"\n</{root}>\n", encoding="utf-8")
    return path


def test_reads_intervals(tmp_path: Path) -> None:
    path = written(tmp_path, row(begin=300, end=600, count=0, occ=0, speed=-1), row(), row("a"))
    records = sumo_e1.read(path)
    check_records(records)
    assert records["detector_id"].tolist() == ["a", "d1", "d1"]
    assert records["start"][2] == pd.Timestamp("2000-01-03T00:05:00Z")
    assert records["occupancy_share"].tolist() == pytest.approx([0.1, 0.1, 0.0])
    assert records["speed_m_per_s"].isna().tolist() == [False, False, True]
    packed = tmp_path / "e1.anything"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    pd.testing.assert_frame_equal(sumo_e1.read(packed), records)


def test_seconds_count_from_local_midnight(tmp_path: Path) -> None:
    records = sumo_e1.read(written(tmp_path, row(begin=57600, end=57900)), zone="Europe/Berlin", day=date(2026, 1, 15))
    assert records["start"][0] == pd.Timestamp("2026-01-15T15:00:00Z")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (row(count=-1), "nVehContrib"),
        (row(count="nan"), "nVehContrib"),
        (row(count="2.5"), "a whole number"),
        (row(occ=101), "occupancy"),
        (row(speed=-0.5), "or -1 for none"),
        (row(speed="inf"), "speed"),
        (row(begin=300), "an end after its begin"),
        (row(begin="x"), "begin"),
        (row("../x"), "an id of letters"),
        (row("d0"), "the same start as line 3"),
        (row("d0", begin=299, end=500), "overlap with line 3"),
        ('<interval begin="0" end="300" id="d1"/>', "no such attribute"),
        ("<include href='x.xml'/>", "<include>"),
        ("<interval><interval/></interval>", "<interval>"),
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, bad: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        sumo_e1.read(written(tmp_path, row("d0"), bad))
    assert said in str(caught.value)
    assert "line 4" in str(caught.value)


def test_hostile_and_broken_files(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE detector [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'
    external = '<!DOCTYPE detector SYSTEM "http://localhost/x.dtd">\n'
    for head in (bomb, external):
        with pytest.raises(InputError, match="document type or entity"):
            sumo_e1.read(written(tmp_path, row(), head=head))
    with pytest.raises(InputError, match="<additional>"):
        sumo_e1.read(written(tmp_path, row(), root="additional"))
    with pytest.raises(InputError, match="no usable interval"):
        sumo_e1.read(written(tmp_path))
    with pytest.raises(InputError, match="unknown encoding: KLINGON"):
        sumo_e1.read(written(tmp_path, row(), head='<?xml version="1.0" encoding="KLINGON"?>'))
    path = written(tmp_path, row())
    whole = path.read_bytes()
    for broken in (whole[:-14], whole.replace(b"/>", b">"), b"<detector>\xff\xfe</detector>", b"\0\1\2", b"<a" * 10):
        path.write_bytes(broken)
        with pytest.raises(InputError):
            sumo_e1.read(path)
    path.write_bytes(gzip.compress(whole * 50)[:-20])
    with pytest.raises(InputError):
        sumo_e1.read(path)
