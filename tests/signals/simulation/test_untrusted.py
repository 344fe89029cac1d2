"""Files, numbers, times and ids of others."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from networks.faults import InputError
from signals.simulation.untrusted import Bounds, elements_of, finite, is_id, seconds, shown


@pytest.mark.parametrize(("text", "value"), [("1", 1.0), ("-2.5", -2.5), (".5", 0.5), ("1e3", 1000.0), ("3.", 3.0)])
def test_numbers(text: str, value: float) -> None:
    assert finite(text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "-inf", "1e999", "1_000", "0x10", "1,5", " 1", "١", "--1", "1e10"])
def test_no_numbers(text: str) -> None:
    assert finite(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5.0), ("0.25", 0.25), ("01:00:00", 3600.0), ("1:02:03.5", 3723.5), ("1:00:00:01", 86401.0)],
)
def test_times(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "-1", "nan", "1:2", "1:2:3:4:5", "::", "1e9", "now"])
def test_no_times(text: str) -> None:
    assert seconds(text) is None


@pytest.mark.parametrize("text", ["a", ":J_0", "-123#1", "veh.1", "h22689c1:3", "Straße", "cluster_1_2", "a[1]"])
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "a\\b", "a b", "a;b", "a,b", 'a"b', "a\nb", "x" * 300, "a'b"])
def test_no_ids(text: str) -> None:
    assert not is_id(text)


@given(some.text())
def test_what_is_shown_is_short_and_printable(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) <= 80


@given(some.text(max_size=20))
def test_no_text_breaks_the_readers(text: str) -> None:
    number, time = finite(text), seconds(text)
    assert number is None or -1e9 <= number <= 1e9
    assert time is None or 0 <= time < 1e7


def test_a_small_file_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml.gz"
    path.write_bytes(gzip.compress(b"<routes>" + b" " * 3_000_000 + b"</routes>"))
    with pytest.raises(InputError, match="200 times"):
        list(elements_of(path, frozenset({"routes"}), Bounds(free_bytes=1_000_000)))


def test_text_between_elements_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "text.xml"
    path.write_text('<routes>much<trip id="a">more</trip>text</routes>')
    assert [(found.tag, found.text, found.tail) for found in elements_of(path, frozenset({"routes"}))] == [
        ("routes", None, None),
        ("trip", None, None),
    ]
